"""Removing what is past its time: the reports of months that were published as final, and audit events.

A month is first retired: from then on nothing is written in it, it is not counted again, and what was counted stays.
Then its reports go, some at a time; a run that is killed goes on the next time. The database refuses what is written
in a retired month all the same (stats/migrations/0014).
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from cases.actions import audit
from cases.closed_months import CalendarMonth
from cases.codes import OPEN_STATES
from cases.models import Finding, Referral, Report, RetiredMonth
from cases.retired import lock_month
from cases.seal.state import pruned_through

BATCH = 1_000
AUDIT_BATCH = 50_000
LOCK_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Removed:
    """How many rows were removed."""

    reports: int = 0
    findings: int = 0
    referrals: int = 0


def open_reports(month: CalendarMonth, until: CalendarMonth) -> int:
    """How many reports received in a month wait for something still; ``until`` is the month after."""
    return Report.objects.received_from(month.first, until.first).filter(state__in=OPEN_STATES).count()


def begin_retiring(month: CalendarMonth) -> None:
    """Hold up who writes in this month or counts it. Within the transaction that then looks, and retires it.

    Raises ``OperationalError`` when somebody is at it for long.
    """
    lock_month(month, wait_seconds=LOCK_SECONDS)


@transaction.atomic
def retire(*, now: datetime, month: CalendarMonth, release: int) -> bool:
    """Note that a month's records are removed from now on; False when that was noted before.

    The caller has begun (:func:`begin_retiring`) and seen that the month is published as final, counted and verified,
    and that nothing in it is open.
    """
    _row, is_new = RetiredMonth.objects.get_or_create(
        month=month.first, defaults={"retired_at": now, "release": release}
    )
    if is_new:
        changes: audit.Changes = {"release": [None, str(release)]}
        audit.record(
            audit.Event(verb="retire", subject="month", subject_key=str(month), changes=changes), by=None, now=now
        )
    return is_new


# Of one month: the reports all whose months are retired, those of its own receipt and those its referrals were sent in.
REMOVABLE = """
SELECT r.id FROM cases_report r
WHERE r.received_date >= %(first)s AND r.received_date < %(first)s::date + interval '1 month' AND NOT EXISTS (
  SELECT FROM cases_referral p WHERE p.report_id = r.id AND NOT EXISTS (
    SELECT FROM cases_retiredmonth m WHERE m.month = date_trunc('month', p.sent_date)::date
  )
)
ORDER BY r.id LIMIT %(most)s FOR UPDATE OF r SKIP LOCKED
"""


@transaction.atomic
def remove_some(*, now: datetime, month: CalendarMonth, most: int = BATCH) -> Removed:
    """Remove some reports of a retired month with all that hangs on them; nothing when there are none (left).

    The month's own row counts what is gone, in the same transaction.
    """
    if not RetiredMonth.objects.select_for_update().filter(month=month.first).exists():
        return Removed()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hotline.retiring', 'on', true)")
        cursor.execute(REMOVABLE, {"first": month.first, "most": most})
        keys = [key for (key,) in cursor.fetchall()]
        if not keys:
            return Removed()
        _total, gone = Report.objects.filter(pk__in=keys).delete()
        cursor.execute("SELECT set_config('hotline.retiring', 'off', true)")
    removed = Removed(*(gone.get(model._meta.label, 0) for model in (Report, Finding, Referral)))  # noqa: SLF001 - documented API
    _note(month, removed, now=now)
    return removed


def _note(month: CalendarMonth, removed: Removed, *, now: datetime) -> None:
    RetiredMonth.objects.filter(month=month.first).update(
        reports=F("reports") + removed.reports,
        findings=F("findings") + removed.findings,
        referrals=F("referrals") + removed.referrals,
    )
    changes: audit.Changes = {"reports": [str(removed.reports), None]}
    audit.record(
        audit.Event(verb="retention", subject="month", subject_key=str(month), changes=changes), by=None, now=now
    )


def removable_audit_events() -> int:
    """How many audit events are past the time that the owner of the schema has set."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(events), 0) FROM cases_auditblock"
            " WHERE number <= cases_prunable_block() AND number > %s",
            [pruned_through()],
        )
        (events,) = cursor.fetchone() or (0,)
    return int(events)


@transaction.atomic
def prune_audit(*, most: int = AUDIT_BATCH) -> int:
    """Remove the events of the oldest sealed blocks that are past their time; how many, 0 when there are none (left).

    With the owner's rights, by a function that takes no limit from its caller and leaves an event itself
    (cases/migrations/0011). Blocks stay, so that the chain can be checked.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_prune_audit(%s)", [most])
        (removed,) = cursor.fetchone() or (0,)
    return int(removed)
