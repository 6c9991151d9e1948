"""What the pages of exports show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from cases.sentences import GONE
from hotline.accounts.models import User
from stats.jobs.queue import LISTED, failure_text, jobs_of
from stats.models import ExportJob, JobState, Kind, Step
from stats.pages.releases import line_of
from stats.periods import Month, Period
from stats.publication import Document, ReleaseStatus
from stats.releases.reading import facts_of
from stats.words.presenters import period_label

LANGUAGES = {"nl": "Nederlands", "en": "English"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownJob:
    """A job in words. ``who`` is '' for one's own. ``about``: form and language of a document, '' of a release."""

    job: ExportJob
    title: str
    about: str
    who: str
    step: str
    failure: str
    can_take: bool
    can_cancel: bool
    can_try_again: bool
    has_expired: bool


@dataclass(frozen=True, slots=True)
class ExportsPage:
    """The last jobs; ``is_busy``: one of them is not finished, so the page asks again."""

    jobs: list[ShownJob]
    is_busy: bool


def exports_page(user: User, *, now: datetime) -> ExportsPage:
    """The last jobs that a person may see, the newest first."""
    found = list(jobs_of(user)[:LISTED])
    names = _names()
    shown = [_shown(job, "" if job.requested_by == user.reference else names(job.requested_by), now) for job in found]
    return ExportsPage(shown, any(job.is_unfinished for job in found))


def shown_job(job: ExportJob, user: User, *, now: datetime) -> ShownJob:
    """One job."""
    return _shown(job, "" if job.requested_by == user.reference else _names()(job.requested_by), now)


class _Names:
    def __init__(self, known: Mapping[UUID, str]) -> None:
        self._known = known

    def __call__(self, reference: UUID) -> str:
        return self._known.get(reference, str(GONE))


def _names() -> _Names:
    return _Names(User.objects.shown_names())


def _shown(job: ExportJob, who: str, now: datetime) -> ShownJob:
    return ShownJob(
        job=job,
        title=_title(job),
        about=f"{job.form.upper()} · {LANGUAGES[job.language]}" if job.kind == Kind.EXPORT else "",
        who=who,
        step=str(Step(job.step).label) if job.step else "",
        failure=failure_text(job) if job.state == JobState.FAILED else "",
        can_take=job.kind == Kind.EXPORT and job.has_file(now),
        can_cancel=job.is_unfinished,
        can_try_again=job.state in {JobState.FAILED, JobState.CANCELLED},
        has_expired=job.state == JobState.DONE and job.kind == Kind.EXPORT and not job.has_file(now),
    )


def _title(job: ExportJob) -> str:
    if job.kind == Kind.FREEZE:
        assert job.first_month is not None  # noqa: S101 - a constraint says so
        period = Period(Month.containing(job.first_month), job.months or 0)
        status = ReleaseStatus(job.status).label
        return _("Release: %(period)s, %(status)s") % {"period": period_label(period), "status": status}
    assert job.release is not None  # noqa: S101 - a constraint says so
    line = line_of(facts_of(job.release))
    titles = {
        Document.TABLES: _("Tables: %(period)s, %(status)s"),
        Document.ANNUAL_REPORT: _("Annual report: %(period)s, %(status)s"),
        Document.PRESS_SHEET: _("Press sheet: %(period)s, %(status)s"),
    }
    return titles[Document(job.document)] % {"period": line.period, "status": line.status}
