"""What would be frozen: every table of a period, as it is counted at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from stats.building import all_breakdowns, figures_months_table, headline_table
from stats.code_labels import CodeLabels
from stats.periods import Period
from stats.queries import read
from stats.reading import Counts
from stats.tables import Table


@dataclass(frozen=True, slots=True)
class Draft:
    """A period's tables, exact. ``is_settled``: every change made so far is in them."""

    period: Period
    tables: tuple[Table, ...]
    is_settled: bool


def draft(period: Period, *, today: date) -> Draft:
    """The tables of a period as they are counted now, in the order of every form."""
    months, before = period.months, period.before.months
    counts, labels = read((*before, *months), today=today)
    return Draft(
        period=period,
        tables=tuple(_tables(counts, labels, period)),
        is_settled=counts.waiting.isdisjoint(months),
    )


def _tables(counts: Counts, labels: CodeLabels, period: Period) -> Sequence[Table]:
    months = period.months
    headline = headline_table(counts, {str(period): months, str(period.before): period.before.months})
    by_month = [figures_months_table(counts, months)] if period.length > 1 else []
    return [headline, *by_month, *all_breakdowns(counts, labels, months)]
