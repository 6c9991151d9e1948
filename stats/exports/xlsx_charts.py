"""Native charts beside their tables: months and years as lines and columns, parts as bars.

A chart refers to the cells of its table. An empty cell is a gap; bars that rest on less than the others carry the
letter of their status; totals that others published are hatched.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from xlsxwriter.chart import Chart

from stats.coverage import Status
from stats.declarations import Unit
from stats.exports.observations import column_label, row_label
from stats.exports.wording import unit_words
from stats.exports.xlsx_book import INK, LINE, SOFT, Book
from stats.exports.xlsx_tables import FIRST_ROW, HEAD_ROW, Layout
from stats.tables import Part, Row, Shape, Table
from stats.words.presenters import cell_text

# Series 1 to 5 of hotline/static/hotline/css/tokens.css, on white.
COLOURS = ("#0f6287", "#b4690e", "#5d4fa2", "#2f7d4f", "#65707b")
MOST_SERIES, MOST_PARTS = 5, 15
_WIDE = 100  # letters
_WIDTH, _HEIGHT, _BAR, _HEAD = 640, 330, 22, 130
_FONT = {"name": "Calibri", "size": 10, "color": INK}
_MARKED = {Status.BREAK, Status.PROVISIONAL}


class Drawing(NamedTuple):
    """One chart of a table: which columns, over how many rows, and as what."""

    places: list[int]
    rows: int
    kind: str
    unit: Unit


def add_charts(book: Book, layout: Layout, below: int) -> None:
    """The charts of a table to its right, under each other; two by two below one that is as wide as a page."""
    wide = sum(layout.letters) > _WIDE
    at = (below + 1, 0) if wide else (HEAD_ROW, layout.width)
    found = list(drawings(layout.table))
    beside = 2 if wide and layout.pages[0] == 1 else 1
    y = 0
    for first in range(0, len(found), beside):
        line = found[first : first + beside]
        for number, drawing in enumerate(line):
            _insert(book, layout, drawing, at, (16 + number * (_WIDTH + 16), y))
        y += max(_height(drawing) for drawing in line) + 16


def _insert(book: Book, layout: Layout, drawing: Drawing, at: tuple[int, int], offset: tuple[int, int]) -> None:
    """A chart at so many pixels from a cell, with what it shows in words."""
    chart = _chart(book, layout, drawing)
    chart.set_size({"width": _WIDTH, "height": _height(drawing)})
    words = _describe(layout.table, drawing)
    place = {"x_offset": offset[0], "y_offset": offset[1], "object_position": 2, "description": words}
    book.sheet(layout.table.key).insert_chart(*at, chart, place)


def drawings(table: Table) -> Iterator[Drawing]:
    """What of a table can be drawn: counts, each unit apart; none where a number is known within bounds only."""
    kind = {Shape.MONTHS: "line", Shape.YEARS: "column", Shape.PARTS: "bar"}.get(table.shape)
    rows = _drawn_rows(table)
    units = dict.fromkeys(column.unit for column in table.columns if not column.figure)
    if kind is None or rows < 2:  # noqa: PLR2004 - of one bar nothing can be compared
        return
    for unit in units:
        places = [place for place, column in enumerate(table.columns) if column.unit is unit and not column.figure]
        drawn = [place for place in places if _can_be_drawn(table.rows[:rows], place)][:MOST_SERIES]
        if drawn and unit is not None and unit is not Unit.PERCENT:
            yield Drawing(drawn, rows, kind, unit)


def _drawn_rows(table: Table) -> int:
    """Of parts only the first, and never the whole beside them: it stands last."""
    rows = len([row for row in table.rows if row.part is not Part.TOTAL])
    return min(rows, MOST_PARTS) if table.shape is Shape.PARTS else rows


def _can_be_drawn(rows: Sequence[Row], place: int) -> bool:
    cells = [row.cells[place] for row in rows]
    return not any(cell.bounds for cell in cells) and any(cell.value is not None for cell in cells)


def _height(drawing: Drawing) -> int:
    if drawing.kind != "bar":
        return _HEIGHT
    return max(_HEIGHT - 60, _HEAD + drawing.rows * _BAR * max(1, len(drawing.places)))


def _chart(book: Book, layout: Layout, drawing: Drawing) -> Chart:
    table = layout.table
    chart: Chart = book.workbook.add_chart({"type": drawing.kind})
    for number, place in enumerate(drawing.places):
        chart.add_series(_series(book, layout, drawing, place, COLOURS[number]))
    chart.set_title(
        {"name": _title(table, drawing), "name_font": {**_FONT, "size": 12, "bold": True}, "overlay": False}
    )
    chart.set_legend({"position": "bottom", "font": _FONT} if len(drawing.places) > 1 else {"none": True})
    chart.set_chartarea({"border": {"color": LINE}})
    values = {
        "num_font": _FONT, "num_format": "#,##0", "min": 0, "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": LINE}},
        "name": unit_words(drawing.unit), "name_font": {**_FONT, "bold": False, "color": SOFT},
    }  # fmt: skip
    names = {"num_font": _FONT, "line": {"color": SOFT}, "label_position": "low"}
    if drawing.kind == "bar":
        # The first part on top, as in the table; what crosses at the last one then stands below.
        chart.set_y_axis({**names, "reverse": True, "crossing": "max", "interval_unit": 1})
        chart.set_x_axis(values)
    else:
        chart.set_x_axis(names)
        chart.set_y_axis(values)
    return chart


def _title(table: Table, drawing: Drawing) -> str:
    title = str(table.title)
    if len(drawing.places) == 1:
        title = f"{title}: {column_label(table, table.columns[drawing.places[0]])}"
    whole = len([row for row in table.rows if row.part is not Part.TOTAL])
    if drawing.rows < whole:
        title += " " + _("(the first %(shown)s of %(whole)s)") % {"shown": drawing.rows, "whole": whole}
    return title


def _series(book: Book, layout: Layout, drawing: Drawing, place: int, colour: str) -> dict[str, Any]:
    name, column = book.names[layout.table.key], layout.value_column(place)
    last = FIRST_ROW + drawing.rows - 1
    series: dict[str, Any] = {
        "name": [name, HEAD_ROW, column],
        "categories": [name, FIRST_ROW, 0, last, 0],
        "values": [name, FIRST_ROW, column, last, column],
    }
    if drawing.kind == "line":
        marker = {"type": "circle", "size": 5, "fill": {"color": colour}, "border": {"color": colour}}
        series |= {"line": {"color": colour, "width": 2}, "marker": marker}
    else:
        series |= {"fill": {"color": colour}, "gap": 60, "points": _points(layout.table, place, drawing.rows, colour)}
    return series | _labels(layout.table, place, drawing)


def _points(table: Table, place: int, rows: int, colour: str) -> list[dict[str, Any] | None] | None:
    """Hatched where the number is another's, or of a part that answers nothing."""
    hatched = {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": colour, "bg_color": "#ffffff"}}
    drawn = table.rows[:rows]
    points = [hatched if row.cells[place].source or row.part is Part.NOT_RECORDED else None for row in drawn]
    return points if any(points) else None


def _labels(table: Table, place: int, drawing: Drawing) -> dict[str, Any]:
    """The status at what is provisional or breaks the series; nothing elsewhere."""
    statuses = [row.cells[place].status for row in table.rows[: drawing.rows]]
    if not any(status in _MARKED for status in statuses):
        return {}
    font = {**_FONT, "bold": True}
    custom = [{"value": status.value, "font": font} if status in _MARKED else {"delete": True} for status in statuses]
    return {
        "data_labels": {
            "value": True,
            "custom": custom,
            "position": "above" if drawing.kind == "line" else "outside_end",
        }
    }


def _describe(table: Table, drawing: Drawing) -> str:
    """The chart in words, for who can not see it: every number that is drawn."""
    told = []
    for row in table.rows[: drawing.rows]:
        numbers = (
            f"{column_label(table, table.columns[place])} {cell_text(row.cells[place])}" for place in drawing.places
        )
        told.append(f"{row_label(table, row)}: {', '.join(numbers)}")
    return f"{_title(table, drawing)}. {'; '.join(told)}."
