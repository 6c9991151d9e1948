"""Reads for the trend: the rollup's years, and the published totals beside them."""

from datetime import date

from stats.counting.queries import read, read_ledger
from stats.counting.snapshot import one_snapshot
from stats.coverage import Ledger
from stats.declarations import TOTAL
from stats.models import PublishedTotal
from stats.periods import Month, Year
from stats.published_figures import Total
from stats.tables import Table
from stats.trend.years import trend_table

# More years than these are not counted here: a ledger that begins long ago must not make the reading slow.
YEARS_SHOWN = 15


def read_trend(last: Year, *, today: date) -> Table:
    """Every year up to one, of those that start in the same month; totals of other years are left out."""
    with one_snapshot():
        ledger = read_ledger(today=today)
        years = _years(ledger, last)
        counts, _labels = read([month for year in years for month in year.months], today=today, breakdowns=[TOTAL])
        return trend_table(counts, [total for total in read_totals(last.start_month) if total.year <= last], years)


def _years(ledger: Ledger, last: Year) -> list[Year]:
    starts = [span.first for spans in ledger.spans.values() for span in spans]
    first = Year.containing(min(starts, default=last.first), last.start_month)
    back = min(YEARS_SHOWN, max(0, last.year - first.year) + 1)
    return [last.shift(step + 1 - back) for step in range(back)]


def read_totals(start_month: int) -> list[Total]:
    """The published totals of years that start in a month, in the order of years, figures and sources."""
    return [
        Total(year=row.year, figure=row.figure, value=row.value, source=row.source)
        for row in PublishedTotal.objects.all()
        if row.year.start_month == start_month
    ]


def other_starts(start_month: int) -> int:
    """How many published totals are of years that start in another month: they can not stand beside these."""
    firsts = PublishedTotal.objects.values_list("first_month", flat=True)
    return sum(Month.containing(first).month != start_month for first in firsts)
