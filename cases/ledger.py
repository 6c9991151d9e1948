"""The coverage ledger as people read it: full, partly or not, month by month. Pure.

Months of a calendar here; what follows for a figure of any year is worked out in :mod:`stats.coverage`.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

MONTHS = range(1, 13)


@dataclass(frozen=True)
class YearRow:
    """One dimension in one year: for each month 'full', 'partly', 'not', or '' when it has not begun."""

    year: int
    months: tuple[str, ...]


def year_row(year: int, periods: Iterable[tuple[date, date | None]], *, today: date) -> YearRow:
    """Twelve months of a year, from periods whose last day is included (None: until further notice)."""
    kept = list(periods)
    return YearRow(year, tuple(_month(date(year, month, 1), kept, today) for month in MONTHS))


def years_of(periods: Iterable[tuple[date, date | None]], *, today: date) -> range:
    """From the first year anything was recorded in to this one; this year alone when nothing was."""
    first = min((from_date.year for from_date, _to_date in periods), default=today.year)
    return range(min(first, today.year), today.year + 1)


def _month(first: date, periods: list[tuple[date, date | None]], today: date) -> str:
    if first > today:
        return ""
    last = first.replace(day=monthrange(first.year, first.month)[1])
    days = sum(max(0, (min(last, to_date or last) - max(first, from_date)).days + 1) for from_date, to_date in periods)
    if days == last.day:
        return "full"
    return "partly" if days else "not"
