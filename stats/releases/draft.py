"""What would be frozen: every table of a period, as it is counted at this moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from stats.building.breakdowns import all_breakdowns, figures_months_table, headline_table
from stats.building.by_age import age_groups_table
from stats.building.referrals import dsa_table, removal_table
from stats.counting.code_labels import CodeLabels
from stats.counting.queries import read
from stats.counting.reading import Counts
from stats.counting.snapshot import one_snapshot
from stats.periods import MONTHS_IN_YEAR, Period, Year
from stats.tables import Table
from stats.trend.reading import read_trend


@dataclass(frozen=True, slots=True)
class Draft:
    """A period's tables, exact. ``is_settled``: every change made so far is in them."""

    period: Period
    tables: tuple[Table, ...]
    is_settled: bool


def draft(period: Period, *, today: date) -> Draft:
    """The tables of a period as they are counted now, in the order of every form."""
    months, before = period.months, period.before.months
    with one_snapshot():
        counts, labels = read((*before, *months), today=today)
        tables = tuple(_tables(counts, labels, period, today=today))
    return Draft(period=period, tables=tables, is_settled=counts.waiting.isdisjoint(months))


def _tables(counts: Counts, labels: CodeLabels, period: Period, *, today: date) -> Iterator[Table]:
    months = period.months
    yield headline_table(counts, {str(period): months, str(period.before): period.before.months})
    if period.length > 1:
        yield figures_months_table(counts, months)
    yield from all_breakdowns(counts, labels, months)
    yield age_groups_table(counts, labels, months)
    yield removal_table(counts, labels, months)
    yield dsa_table(counts, labels, months)
    if period.length == MONTHS_IN_YEAR:
        yield read_trend(Year(period.start.year, period.start.month), today=today)
