"""Releases for tests of what a release does to others: its row alone, without the tables that it froze."""

from datetime import date, datetime

from stats.models import Release
from stats.periods import Period
from tests.make import AMSTERDAM


def release(period: str, status: str = "final", *, revision: int = 0, on: date = date(2026, 3, 5)) -> Release:
    """A release of a period, made on a day."""
    number, found = Release.objects.count() + 1, Period.parse(period)
    return Release.objects.create(
        number=number,
        first_month=found.first,
        months=found.length,
        status=status,
        revision=revision,
        reason="late_entry" if revision else "",
        released_at=datetime(on.year, on.month, on.day, 9, tzinfo=AMSTERDAM),
        released_date=on,
        definitions="0" * 16,
        threshold=5,
        is_synthetic=False,
        digest=f"{number:064x}",
    )
