"""A year's figures, as tables, counted to the last change."""

from dataclasses import dataclass
from datetime import date, datetime

from hotline.days import hotline_day
from stats.building.breakdowns import all_breakdowns, headline_table
from stats.counting.queries import read
from stats.counting.rollups import settle
from stats.periods import Year
from stats.tables import Table

# How often to begin again when records change between the recount and the reading. What still waits then is said:
# its figures have status P.
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class AnnualTables:
    """A year: every declared figure (one column, named after the year), and every breakdown."""

    year: Year
    headline: Table
    breakdowns: tuple[Table, ...]
    is_settled: bool


def annual_tables(year: Year, *, today: date) -> AnnualTables:
    """A year as it is counted now."""
    counts, labels = read(year.months, today=today)
    return AnnualTables(
        year=year,
        headline=headline_table(counts, {str(year): year.months}),
        breakdowns=all_breakdowns(counts, labels, year.months),
        is_settled=not counts.waiting,
    )


def exact_annual_tables(year: Year, *, now: datetime) -> AnnualTables:
    """A year after a recount of all that is marked in it.

    Counts and marks are read at one moment, so no mark means: exactly what the records held at that moment.
    """
    today = hotline_day(now)
    for _attempt in range(ATTEMPTS):
        settle(year.months, now=now)
        tables = annual_tables(year, today=today)
        if tables.is_settled:
            break
    return tables
