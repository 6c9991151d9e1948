"""What people do with jobs: ask for one, look, cancel, try again, take its file. And what the clock does.

Each change of state is a compare-and-swap in the database. A message is a hint: one that is lost is sent again. How a
worker makes what was asked for is in :mod:`stats.jobs.runs`.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from hotline.accounts.models import User
from hotline.accounts.permissions import Permission
from stats.hints import hint
from stats.jobs.documents import document_bytes, document_name, refuse_unknown, takes_long
from stats.models import ExportJob, JobState, Kind
from stats.models.jobs import UNFINISHED, JobQuerySet
from stats.periods import Period
from stats.publication import Document, Form, Reason, ReleaseStatus
from stats.releases.exporting import record_export, record_export_of
from stats.releases.freeze import MESSAGES, FreezeError, Rule, Wish, check
from stats.releases.reading import all_facts, facts_of, publication_of, release_numbered

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# A message nobody took by then is sent again, and expires: messages never pile up behind workers that are busy.
RESEND = timedelta(seconds=20)
LISTED = 50
ERROR, WORKER = "error", "worker"
# The rules of a freeze say the rest.
FAILURES: "dict[str, StrOrPromise]" = {
    ERROR: _("Something went wrong here. The log of the worker says what kind of error it was."),
    WORKER: _("The worker stopped before it was finished, several times."),
    **{rule.value: text for rule, text in MESSAGES.items()},
}


class UnknownJobError(LookupError):
    """There is no such job, or none that this person may see."""


class NoFileError(LookupError):
    """This job has no file: it is not finished, or its file has expired."""


@dataclass(frozen=True, slots=True)
class File:
    """A finished export."""

    name: str
    form: Form
    content: bytes


def ask_for_document(
    number: int, document: Document, form: Form, language: str, *, by: User, now: datetime
) -> ExportJob:
    """Have a document of a release made; the job that makes it, or has made it for the same person.

    Raises ``UnknownReleaseError`` and ``NoSuchDocumentError``.
    """
    refuse_unknown(document, form, language)
    release = release_numbered(number)
    wanted = {"release": release, "document": document, "form": form.value, "language": language}
    same = ExportJob.objects.listed().asked_by(by).filter(kind=Kind.EXPORT, **wanted)
    known = next((job for job in same if job.is_unfinished or job.has_file(now)), None)
    return known or _add(by=by, now=now, kind=Kind.EXPORT, **wanted)


def document_now_or_later(
    number: int, document: Document, form: Form, language: str, *, by: User, now: datetime
) -> File | ExportJob:
    """A document that is made in no time, noted in the audit log; or the job that makes it.

    Raises ``UnknownReleaseError`` and ``NoSuchDocumentError``.
    """
    if takes_long(form):
        return ask_for_document(number, document, form, language, by=by, now=now)
    publication = publication_of(number)
    content = document_bytes(publication, document, form, language)
    record_export(publication, form, language, by=by, now=now, document=document)
    return File(document_name(publication.facts, document, form, language), form, content)


def ask_for_freeze(
    period: Period, status: ReleaseStatus, reason: Reason | None, *, by: User, now: datetime
) -> ExportJob:
    """Have a period frozen; the job that does it. One that is at it already is not joined by another.

    Raises ``FreezeError`` for what does not follow on the releases there are.
    """
    if not by.may(Permission.RELEASES_FREEZE):
        raise FreezeError(Rule.NOT_ALLOWED)
    check(Wish(period=period, status=status, reason=reason), all_facts(), now=now)
    of_period = {"first_month": period.first, "months": period.length}
    try:
        with transaction.atomic():
            wish = {"status": status.value, "reason": reason.value if reason else ""}
            return _add(by=by, now=now, kind=Kind.FREEZE, **of_period, **wish)
    except IntegrityError:
        return ExportJob.objects.listed().unfinished().get(kind=Kind.FREEZE, **of_period)


def _add(*, by: User, now: datetime, **fields: Any) -> ExportJob:
    job = ExportJob.objects.create(requested_by=by.reference, requested_at=now, sent_at=now, **fields)
    _send_on_commit(job)
    return job


def _send_on_commit(job: ExportJob) -> None:
    transaction.on_commit(lambda: send(job.key))


def send(key: uuid.UUID) -> None:
    """Tell the workers of a job. A hint: it may be lost."""
    hint("stats.tasks.run_job", expires=RESEND.total_seconds(), key=str(key))


def jobs_of(user: User) -> JobQuerySet:
    """The jobs this person may see: an administrator everybody's, others their own exports."""
    listed = ExportJob.objects.listed()
    # A freeze that somebody asked for as an administrator would tell of a draft.
    return listed if user.may(Permission.RELEASES_FREEZE) else listed.asked_by(user).filter(kind=Kind.EXPORT)


def job_of(key: uuid.UUID, user: User) -> ExportJob:
    """One of them. Raises ``UnknownJobError``."""
    try:
        return jobs_of(user).get(key=key)
    except ExportJob.DoesNotExist as error:
        raise UnknownJobError from error


def cancel(key: uuid.UUID, *, by: User, now: datetime) -> bool:
    """Stop a job that is not finished; whether it was in time. The worker notices at its next step.

    Raises ``UnknownJobError``.
    """
    job = job_of(key, by)
    open_still = ExportJob.objects.filter(key=job.key, state__in=UNFINISHED)
    return bool(open_still.update(state=JobState.CANCELLED, claim=None, finished_at=now))


def try_again(key: uuid.UUID, *, by: User, now: datetime) -> ExportJob:
    """Put a job that failed or was cancelled back; the job that is then at it.

    Raises ``UnknownJobError``.
    """
    job = job_of(key, by)
    ended = ExportJob.objects.filter(key=job.key, state__in=[JobState.FAILED, JobState.CANCELLED])
    fresh = {"state": JobState.QUEUED, "progress": 0, "step": "", "failure": "", "attempts": 0, "claim": None}
    try:
        with transaction.atomic():
            if ended.update(**fresh, sent_at=now, started_at=None, heartbeat_at=None, finished_at=None):
                _send_on_commit(job)
    except IntegrityError:
        same = ExportJob.objects.listed().unfinished().filter(kind=Kind.FREEZE)
        return same.get(first_month=job.first_month, months=job.months)
    return job_of(key, by)


def take(key: uuid.UUID, *, by: User, now: datetime) -> File:
    """A finished export's file, as it was made; that it was taken is in the audit log.

    Raises ``UnknownJobError`` and ``NoFileError``.
    """
    job = job_of(key, by)
    if job.kind != Kind.EXPORT or not job.has_file(now) or job.release is None:
        raise NoFileError
    content = ExportJob.objects.filter(key=job.key).values_list("content", flat=True).get()
    if content is None:
        raise NoFileError
    document, form = Document(job.document), Form(job.form)
    record_export_of(job.release.number, document, form, job.language, by=by, now=now)
    name = document_name(facts_of(job.release), document, form, job.language)
    return File(name, form, bytes(content))


def resend(*, now: datetime) -> int:
    """Send what nobody works on again: a message that was lost, a worker that was killed. How many were sent."""
    idle = ExportJob.objects.filter(state=JobState.QUEUED) | ExportJob.objects.stalled(now)
    sent = 0
    for key in idle.filter(sent_at__lte=now - RESEND).order_by("sent_at").values_list("key", flat=True):
        # Of two ticks at once, one sends.
        if ExportJob.objects.filter(key=key, sent_at__lte=now - RESEND).update(sent_at=now):
            send(key)
            sent += 1
    return sent


def forget_expired(*, now: datetime) -> int:
    """Remove the files of exports that have expired. That they were made, and when, is kept. How many were removed."""
    return ExportJob.objects.expired(now).filter(content__isnull=False).update(content=None)


def expiry(now: datetime) -> datetime:
    """Until when a file that is finished now is kept."""
    return now + timedelta(days=settings.EXPORT_DAYS)


def failure_text(job: ExportJob) -> str:
    """Why it was not finished, in words; '' where it was not so."""
    return str(FAILURES.get(job.failure, FAILURES[ERROR])) if job.failure else ""
