"""Months whose records were removed at the end of their time: which they are, and the lock they are removed under."""

from collections.abc import Iterable
from datetime import date

from django.db import connection

from cases.closed_months import CalendarMonth
from cases.models import RetiredMonth

# The first half of the advisory lock's key, as in the migration that refuses marks; the second is the month's number.
LOCK = 0x52455449
_MONTHS = 12


def retired_among(days: Iterable[date]) -> list[CalendarMonth]:
    """The months of these days whose records were removed, in order. One indexed query."""
    firsts = {day.replace(day=1) for day in days}
    return [
        CalendarMonth.containing(first)
        for first in RetiredMonth.objects.filter(month__in=firsts).values_list("month", flat=True)
    ]


def retired_months() -> frozenset[CalendarMonth]:
    """All months whose records were removed."""
    return frozenset(CalendarMonth.containing(first) for first in RetiredMonth.objects.values_list("month", flat=True))


def lock_month(month: CalendarMonth, *, wait_seconds: int) -> None:
    """Hold up all who write in this month, or count it, until the caller's transaction ends.

    Raises ``OperationalError`` when those who are at it do not end in time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{wait_seconds}s"])
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, _number(month)])
        cursor.execute("SELECT set_config('lock_timeout', '0', true)")


def hold_open(month: CalendarMonth) -> bool:
    """Keep this month's records from being removed until the caller's transaction ends; False: they are gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [LOCK, _number(month)])
    # A statement after the lock, so a new snapshot.
    return not RetiredMonth.objects.filter(month=month.first).exists()


def _number(month: CalendarMonth) -> int:
    return month.year * _MONTHS + month.month - 1
