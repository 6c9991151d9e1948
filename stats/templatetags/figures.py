"""Cells, months and charts in templates."""

from typing import Any

from django import template

from stats.charts.shapes import Chart
from stats.figures import BREAKDOWNS
from stats.periods import Month
from stats.tables import Cell, Part, Row, Table
from stats.words import presenters

register = template.Library()


@register.filter
def month_name(month: Month | str) -> str:
    """'March 2024'."""
    return presenters.month_label(month if isinstance(month, Month) else Month.parse(month))


@register.inclusion_tag("stats/_cell.html")
def figure_cell(cell: Cell, *, plain: bool = False) -> dict[str, Any]:
    """A cell of a table. ``plain``: its coverage is said elsewhere."""
    return {
        "text": presenters.cell_text(cell),
        "has_number": cell.value is not None or cell.bounds is not None,
        "note": "" if plain else _note(cell),
    }


def _note(cell: Cell) -> str:
    coverage = presenters.coverage_note(cell.coverage) if cell.value is not None else ""
    return presenters.notes(presenters.rule_note(cell), coverage, presenters.status_note(cell))


@register.inclusion_tag("stats/_chart.html")
def figure_chart(chart: Chart) -> dict[str, Any]:
    """A chart as inline SVG."""
    return {"chart": chart}


@register.filter
def is_whole(part: Row) -> bool:
    """Whether a row is the total."""
    return part.part is Part.TOTAL


@register.filter
def is_crossed(table: Table) -> bool:
    """Whether a table's columns are parts, too."""
    return table.key in BREAKDOWNS and len(BREAKDOWNS[table.key].axes) > 1


@register.filter
def axis_label(table: Table) -> str:
    """What the columns of a crossed table are."""
    return str(BREAKDOWNS[table.key].axes[0].label)
