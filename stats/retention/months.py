"""Which months' records may be removed: old enough, published as final, counted, verified, and nothing open in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db import OperationalError, transaction

from cases.actions import retention
from cases.closed_months import CalendarMonth, closings_of
from cases.models import Referral, Report, RetiredMonth
from hotline.days import hotline_day
from stats.counting.rollups import KEPT
from stats.counting.verify import verify_months
from stats.models import CountedMonth
from stats.periods import MONTHS_IN_YEAR, Month


class Waits(StrEnum):
    """Why a month that is old enough is not retired yet."""

    NOT_FINAL = "not_final"
    OPEN = "open"
    DIFFERS = "differs"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A month that is old enough; ``waits`` None: it can be retired. ``release``: the final one that holds it."""

    month: Month
    release: int | None
    reports: int
    waits: Waits | None


def candidates(*, now: datetime) -> list[Candidate]:
    """The months that are old enough and not retired, in order; none when there is no policy."""
    return [_candidate(month) for month in _old_months(now=now)]


def _old_months(*, now: datetime) -> list[Month]:
    years = settings.RETENTION_YEARS
    if years is None:
        return []
    # The first month that is too young: those before it ended at least so many years ago.
    young = Month.containing(hotline_day(now)).shift(-years * MONTHS_IN_YEAR)
    firsts = {
        *Report.objects.filter(received_date__lt=young.first).order_by().dates("received_date", "month"),
        *Referral.objects.filter(sent_date__lt=young.first).order_by().dates("sent_date", "month"),
    } - set(RetiredMonth.objects.values_list("month", flat=True))
    return sorted(Month.containing(first) for first in firsts)


def _candidate(month: Month) -> Candidate:
    own = _calendar(month)
    release = max((closing.number for closing in closings_of([own])), default=None)
    reports = Report.objects.received_from(month.first, month.until).count()
    waits = None
    if release is None:
        waits = Waits.NOT_FINAL
    elif retention.open_reports(own, _calendar(month.shift(1))):
        waits = Waits.OPEN
    return Candidate(month, release, reports, waits)


def retire_old_months(*, now: datetime) -> Iterator[Candidate]:
    """Retire every month that can be, the oldest first, each in a transaction of its own; what came of each."""
    for month in _old_months(now=now):
        try:
            yield _retire(month, now=now)
        except OperationalError:
            # Somebody writes in it or counts it for long. The next run comes tomorrow.
            yield Candidate(month, None, 0, Waits.BUSY)


@transaction.atomic
def _retire(month: Month, *, now: datetime) -> Candidate:
    retention.begin_retiring(_calendar(month))
    # Nobody writes in it now: what is looked at is what is retired.
    found = _candidate(month)
    if found.waits or found.release is None:
        return found
    if not verify_months([month], now=now).agrees:
        return Candidate(month, found.release, found.reports, Waits.DIFFERS)
    retention.retire(now=now, month=_calendar(month), release=found.release)
    CountedMonth.objects.update_or_create(
        month=month.first, defaults={"definitions": KEPT}, create_defaults={"definitions": KEPT, "counted_at": now}
    )
    return found


def remove_records(*, now: datetime, batch: int = retention.BATCH) -> Iterator[int]:
    """Remove the reports of retired months, some in each transaction; how many rows each removed."""
    for first in list(RetiredMonth.objects.values_list("month", flat=True)):
        month = _calendar(Month.containing(first))
        while (removed := retention.remove_some(now=now, month=month, most=batch)).reports:
            yield removed.reports + removed.findings + removed.referrals


def _calendar(month: Month) -> CalendarMonth:
    return CalendarMonth(month.year, month.month)
