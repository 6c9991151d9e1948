"""Tables of a release as its pages show them: every cell as text with what to know of it. In the active language."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from stats.charts.shapes import Chart, months_chart, months_chart_narrow, parts_chart
from stats.coverage import Status
from stats.exports.pdf_growth import headline_growth, trend_growth
from stats.exports.pdf_words import column_label, row_label
from stats.figures import BREAKDOWNS
from stats.publication import TREND, Publication
from stats.tables import Cell, Part, Shape, Table
from stats.words.presenters import cell_text, coverage_note, notes, table_note

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# A table with more columns than these is drawn as wide as it is, and scrolls.
COLUMNS_THAT_FIT = 4
Added = Callable[[int, int], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A number, or a word for why there is none; ``note`` '' when there is nothing more to know."""

    text: str
    has_number: bool
    note: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row; ``look`` is its CSS class, '' for an ordinary one."""

    label: str
    look: str
    cells: list[ShownCell]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTable:
    """A table; ``axis`` says what the columns are where they are parts, else ''."""

    key: str
    title: str
    stub: str
    axis: str
    columns: list[str]
    rows: list[ShownRow]
    is_wide: bool


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A table with its chart, and what holds for the whole table.

    ``wide``: the same chart for a wide screen, where it has another shape. ``drawn`` names the one figure that is
    drawn of several, '' where all are.
    """

    table: ShownTable
    chart: Chart | None
    wide: Chart | None
    drawn: str
    note: str


def is_internal_only(cell: Cell) -> bool:
    """Whether a number is shown that does not leave the house."""
    return cell.is_suppressed and cell.status is not Status.SUPPRESSED


def shown_section(publication: Publication, table: Table) -> ShownSection:
    """A table of a publication, ready to be drawn."""
    by_period = table.shape in {Shape.MONTHS, Shape.YEARS}
    added = _growth(publication, table)
    return ShownSection(
        table=shown_table(table, added=added),
        chart=_chart(table),
        wide=_wide_chart(table),
        drawn=str(table.columns[0].label) if table.shape is not Shape.CROSSED and len(table.columns) > 1 else "",
        note="" if by_period else table_note(table),
    )


def _growth(publication: Publication, table: Table) -> Added | None:
    if table.shape is Shape.FIGURES:
        return headline_growth(publication, table)
    return trend_growth(publication, table) if table.key == TREND else None


def shown_table(table: Table, *, added: Added | None = None) -> ShownTable:
    """A table as text; ``added`` tells of a row and column what stands beneath its number: growth, or why none."""
    by_period = table.shape in {Shape.MONTHS, Shape.YEARS}
    return ShownTable(
        key=table.key,
        title=str(table.title),
        stub=str(table.stub),
        axis=_axis(table),
        columns=[column_label(table, column) for column in table.columns],
        rows=[
            ShownRow(
                row_label(table, row),
                _look(row.part),
                [
                    _shown(cell, by_period=by_period, more=notes(*added(down, across)) if added else "")
                    for across, cell in enumerate(row.cells)
                ],
            )
            for down, row in enumerate(table.rows)
        ],
        is_wide=len(table.columns) > COLUMNS_THAT_FIT,
    )


def _shown(cell: Cell, *, by_period: bool, more: str) -> ShownCell:
    has_number = cell.value is not None or cell.bounds is not None
    standing = (
        coverage_note(cell.coverage) if by_period and has_number and not cell.source else "",
        _("break in series") if _is_break(cell) else "",
        internal_note(cell),
        more,
    )
    return ShownCell(cell_text(cell), has_number, notes(*standing))


def internal_note(cell: Cell) -> str:
    """The mark of a number that does not leave the house: what leaves has the code Q in its place."""
    return _("not published (Q)") if is_internal_only(cell) else ""


def _is_break(cell: Cell) -> bool:
    """A break that is not told by how much was recorded."""
    return cell.status is Status.BREAK and cell.coverage.status == "full"


def _look(part: Part) -> str:
    if part is Part.TOTAL:
        return "total"
    return "" if part is Part.CODE else "part--quiet"


def _axis(table: Table) -> str:
    if table.shape is not Shape.CROSSED:
        return ""
    if table.key in BREAKDOWNS:
        return str(BREAKDOWNS[table.key].axes[0].label)
    return _("parts")


def _chart(table: Table) -> Chart | None:
    """A chart of the table's first figure, or of all parts where columns are parts; None where nothing is to draw."""
    key = f"chart-{table.key}"
    if not table.columns or all(row.part is Part.TOTAL for row in table.rows):
        return None
    if table.shape is Shape.MONTHS:
        return months_chart_narrow(_first_column(table), key=key)
    if table.shape is Shape.CROSSED:
        return parts_chart(table, key=key, stacked=True)
    return parts_chart(replace(table, title=_titled(table)), key=key)


def _wide_chart(table: Table) -> Chart | None:
    """Months beside each other."""
    return months_chart(_first_column(table), key=f"wide-{table.key}") if table.shape is Shape.MONTHS else None


def _first_column(table: Table) -> Table:
    """The table's parts with its first figure alone, as a whole and not as a part of anything."""
    first = replace(table.columns[0], part=Part.TOTAL)
    rows = tuple(replace(row, cells=row.cells[:1]) for row in table.rows if row.part is not Part.TOTAL)
    return replace(table, title=_titled(table), columns=(first,), rows=rows)


def _titled(table: Table) -> "StrOrPromise":
    """The table's title, and which figure of it is drawn where there are several."""
    if len(table.columns) == 1:
        return table.title
    return f"{table.title}: {table.columns[0].label}"
