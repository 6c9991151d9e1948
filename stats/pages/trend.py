"""The page of years side by side, from one call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from hotline.days import hotline_day
from stats.building.growth import REASONS, Refusal
from stats.charts.shapes import Chart
from stats.charts.trend import trend_chart, trend_chart_narrow
from stats.figures import FIGURES, as_counted
from stats.pages.counts import year_of
from stats.periods import Year
from stats.published_figures import PUBLISHED
from stats.tables import Cell, Table
from stats.trend.reading import other_starts, read_trend
from stats.trend.years import RULE, breaks, trend_growth, year_of_row
from stats.words.presenters import (
    coverage_note,
    growth_text,
    notes,
    passport_facts,
    rule_note,
    status_note,
    unit_label,
    year_label,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class TrendLine:
    """One year of one source: its number, what to know of it, and its growth or why there is none."""

    key: str
    year: Year
    label: str
    source: str
    cell: Cell
    note: str
    growth: str
    follows_break: bool


@dataclass(frozen=True, slots=True)
class TrendPage:
    """One figure over the years, the last first, and all figures in ``table``. ``breaks``: before which year, and why.

    ``charts``: for a wide screen and for a narrow one; None where no year has a number.
    """

    label: "StrOrPromise"
    unit: str
    lines: list[TrendLine]
    charts: tuple[Chart, Chart] | None
    breaks: list[tuple[str, "StrOrPromise"]]
    passport: "list[tuple[str, StrOrPromise]]"
    table: Table
    other_starts: int


def trend_page(figure: str, *, start_month: int, now: datetime) -> TrendPage:
    """Every year of one figure, up to the one that is running."""
    today = hotline_day(now)
    table = read_trend(year_of(now, start_month), today=today)
    published = PUBLISHED[figure]
    broken = breaks(table, figure, today=today)
    changes = {row: growth for (row, column), growth in trend_growth(table, today=today).items() if column == figure}
    growths = {row: growth_text(change, year_label(year_of_row(row).shift(-1))) for row, change in changes.items()}
    lines = _lines(table, figure, growths, broken)
    return TrendPage(
        label=published.label,
        unit=unit_label(published.unit),
        lines=lines,
        charts=_charts(table, figure, broken) if lines else None,
        breaks=[(year_label(year), REASONS[refusal]) for year, refusal in broken.items()],
        passport=passport_facts(as_counted(FIGURES[figure], _rule(lines))) if figure in FIGURES else [],
        table=replace(table, rows=tuple(sorted(table.rows, key=lambda row: -year_of_row(row.key).year))),
        other_starts=other_starts(start_month),
    )


def _lines(table: Table, figure: str, growths: Mapping[str, str], broken: Mapping[Year, Refusal]) -> list[TrendLine]:
    place = next((place for place, column in enumerate(table.columns) if column.key == figure), None)
    if place is None:  # known from publications only, and there is no total of it
        return []
    last_first = sorted(table.rows, key=lambda row: -year_of_row(row.key).year)
    return [
        TrendLine(
            key=row.key,
            year=year_of_row(row.key),
            label=year_label(year_of_row(row.key)),
            source=row.cells[place].source,
            cell=row.cells[place],
            note=_note(row.cells[place], is_other=RULE in row.key),
            growth=growths.get(row.key, ""),
            follows_break=year_of_row(row.key) in broken,
        )
        for row in last_first
        if row.cells[place].value is not None
    ]


def _rule(lines: Sequence[TrendLine]) -> str:
    """The counting rule of the last year that was counted here."""
    return next((line.cell.rule for line in lines if line.cell.rule and RULE not in line.key), "")


def _note(cell: Cell, *, is_other: bool) -> str:
    if cell.source:
        return _("published by %(source)s, not counted here") % {"source": cell.source}
    return notes(rule_note(cell, always=is_other), coverage_note(cell.coverage), status_note(cell))


def _charts(table: Table, figure: str, broken: Mapping[Year, Refusal]) -> tuple[Chart, Chart]:
    return (
        trend_chart(table, figure, broken, key="trend-wide"),
        trend_chart_narrow(table, figure, broken, key="trend-narrow"),
    )
