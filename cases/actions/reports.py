"""Writes to a report: log, take, put back, amend, finish, close, reopen, void, restore.

Each is one transaction, takes who does it and when, and returns the report or raises an ``ActionError``. What changes
a month's counts takes the months that are ``confirmed``, and raises ``ClosedMonthError`` for one that is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from cases.actions.closing import NOTHING_CONFIRMED, Confirmed, ask_first, contribution_of
from cases.actions.door import check, pass_through
from cases.actions.errors import ActionError, NotAllowedError
from cases.actions.findings import Tally, check_tallies, finding_row
from cases.actions.standing import standing_of
from cases.actions.writing import ReportRow, insert_reports, one_transaction
from cases.closed_months import Assessed, Contribution
from cases.codes import ReferralStatus
from cases.models import Report, Source
from cases.models.report import EARLIEST_DATE
from cases.signals import announce
from cases.transitions import Verb
from hotline.accounts.permissions import Permission
from hotline.days import hotline_day
from hotline.metadata_only import MAX_COUNT

if TYPE_CHECKING:
    from hotline.accounts.models import User


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What is known of a report when it comes in."""

    received_date: date
    source: Source
    url_count: int


def log(
    *,
    by: "User",
    now: datetime,
    intake: Intake,
    tallies: Sequence[Tally] = (),
    confirmed: Confirmed = NOTHING_CONFIRMED,
) -> Report:
    """Write a report with what triage has decided of it so far, in one transaction.

    Without tallies it is received; with some it is in triage with whoever logged it; with all URLs assessed it is
    assessed.

    Raises ``ActionError`` for a field that breaks a rule, ``ClosedMonthError`` for a closed month not confirmed.
    """
    if not by.may(Permission.REPORT_LOG):
        raise NotAllowedError
    check_intake(intake, today=hotline_day(now))
    check_tallies(tallies, url_count=intake.url_count)
    with one_transaction():
        after = _contribution(intake, tallies)
        ask_first([intake.received_date], before=None, after=after, confirmed=confirmed)
        row = report_row(intake, tallies, by=by)
        (pk,) = insert_reports([row], actor=by.reference, now=now)
        announce()
    return _as_logged(pk, row, intake=intake, by=by, now=now)


def report_row(intake: Intake, tallies: Sequence[Tally], *, by: "User") -> ReportRow:
    """A new report as it is stored, with what follows from its tallies."""
    standing = standing_of(tallies, url_count=intake.url_count)
    return ReportRow(
        received_date=intake.received_date,
        source=intake.source.pk,
        url_count=intake.url_count,
        state=standing["state"],
        outcome=standing["outcome_id"],
        referral_status=standing["referral_status"],
        assignee=by.pk if tallies else None,
        findings=tuple(finding_row(tally) for tally in tallies),
    )


def _as_logged(pk: int, row: ReportRow, *, intake: Intake, by: "User", now: datetime) -> Report:
    """The report as it stands in the database: nothing has to be read again."""
    stored = {
        "id": pk,
        "received_date": row.received_date,
        "source_id": row.source,
        "url_count": row.url_count,
        "state": row.state,
        "outcome_id": row.outcome,
        "referral_status": row.referral_status,
        "assignee_id": row.assignee,
        "reference_year": row.received_date.year,
        "version": 1,
        "entered_at": now,
        "import_batch_id": None,
    }
    report = Report.from_db(connection.alias, list(stored), list(stored.values()))
    report.source = intake.source
    if row.assignee:
        report.assignee = by
    return report


def _contribution(intake: Intake, tallies: Sequence[Tally]) -> Contribution:
    return Contribution(
        received_date=intake.received_date,
        url_count=intake.url_count,
        assessed=tuple(Assessed(tally.counts_as, tally.url_count) for tally in tallies),
    )


def check_intake(intake: Intake, *, today: date) -> None:
    """Refuse a date that is not past or present, or a count out of range.

    Raises ``ActionError`` naming field and rule.
    """
    if intake.received_date > today:
        field = "received_date"
        raise ActionError(field, "in_the_future", _("A report can not have come in after today."))
    if intake.received_date < EARLIEST_DATE:
        field = "received_date"
        raise ActionError(field, "too_early", _("Give a date from 1990 on."))
    if not 0 <= intake.url_count <= MAX_COUNT:
        field = "url_count"
        raise ActionError(field, "out_of_range", _("Give a whole number from 0 to 1,000,000."))


@transaction.atomic
def take(*, by: "User", now: datetime, report: Report) -> Report:
    """Take a report into triage, from the queue or over from a colleague."""
    return pass_through(report, Verb.TAKE, by=by, now=now, set_fields={"assignee": by})


@transaction.atomic
def put_back(*, by: "User", now: datetime, report: Report) -> Report:
    """Give a report back to the queue."""
    return pass_through(report, Verb.PUT_BACK, by=by, now=now, set_fields={"assignee": None})


@transaction.atomic
def take_next(*, by: "User", now: datetime) -> Report | None:
    """Take the oldest report that no one has, or return None when there is none.

    Rows another analyst is taking at this moment are skipped, so that many can ask at once without waiting.
    """
    report = (
        Report.objects.to_triage().unassigned().oldest_first().select_for_update(skip_locked=True, of=("self",)).first()
    )
    return report and pass_through(report, Verb.TAKE, by=by, now=now, set_fields={"assignee": by})


@transaction.atomic
def amend(
    *, by: "User", now: datetime, report: Report, intake: Intake, confirmed: Confirmed = NOTHING_CONFIRMED
) -> Report:
    """Put right the date, source or number of URLs.

    Raises ``ActionError`` also when findings or a referral speak of more URLs than would be left.
    """
    check(report, Verb.AMEND, by)
    check_intake(intake, today=hotline_day(now))
    _check_room(report, intake.url_count)
    stored = (report.received_date, report.source_id, report.url_count)
    if stored != (intake.received_date, intake.source.pk, intake.url_count):
        before = contribution_of(report)
        after = replace(before, received_date=intake.received_date, url_count=intake.url_count)
        ask_first([report.received_date, intake.received_date], before=before, after=after, confirmed=confirmed)
    fields = {"received_date": intake.received_date, "source": intake.source, "url_count": intake.url_count}
    return pass_through(report, Verb.AMEND, by=by, now=now, set_fields=fields)


def _check_room(report: Report, url_count: int) -> None:
    # The row is locked first: findings that are being written at this moment are waited for, and counted.
    Report.objects.select_for_update().get(pk=report.pk)
    assessed = sum(finding.url_count for finding in report.findings.all())
    referred = max((referral.url_count for referral in report.referrals.all()), default=0)
    if url_count < max(assessed, referred):
        field = "url_count"
        raise ActionError(
            field, "below_findings", _("Findings or a referral speak of more URLs than that. Change those first.")
        )


@transaction.atomic
def finish(*, by: "User", now: datetime, report: Report) -> Report:
    """End the triage of a report all of whose URLs have been assessed.

    Raises ``ActionError`` while some are left or nothing has been found at all.
    """
    findings = list(report.findings.all())
    if not findings or sum(finding.url_count for finding in findings) < report.url_count:
        field = "findings"
        raise ActionError(field, "urls_left", _("Not all URLs have been assessed yet."))
    return pass_through(report, Verb.FINISH, by=by, now=now)


@transaction.atomic
def close(*, by: "User", now: datetime, report: Report) -> Report:
    """End the work on a report.

    Raises ``ActionError`` while confirmed URLs have been referred to no one.
    """
    if report.referral_status == ReferralStatus.TO_REFER:
        field = "referrals"
        raise ActionError(field, "to_refer", _("Confirmed URLs have not been referred yet."))
    return pass_through(report, Verb.CLOSE, by=by, now=now, set_fields={"assignee": None})


@transaction.atomic
def reopen(*, by: "User", now: datetime, report: Report) -> Report:
    """Take a report back into triage, with whoever reopens it."""
    return pass_through(report, Verb.REOPEN, by=by, now=now, set_fields={"assignee": by})


@transaction.atomic
def void(*, by: "User", now: datetime, report: Report, confirmed: Confirmed = NOTHING_CONFIRMED) -> Report:
    """Take a report out of every count: it was entered in error or as a test. The audit log keeps it."""
    check(report, Verb.VOID, by)
    before = contribution_of(report)
    ask_first(before.days, before=before, after=None, confirmed=confirmed)
    return pass_through(report, Verb.VOID, by=by, now=now, set_fields={"assignee": None})


@transaction.atomic
def restore(*, by: "User", now: datetime, report: Report, confirmed: Confirmed = NOTHING_CONFIRMED) -> Report:
    """Bring a void report back, into triage."""
    check(report, Verb.RESTORE, by)
    after = contribution_of(report)
    ask_first(after.days, before=None, after=after, confirmed=confirmed)
    return pass_through(report, Verb.RESTORE, by=by, now=now)
