"""A table on a sheet: numbers as numbers, a narrow column beside each for its status, notes below.

A value that is not known is an empty cell, shaded, with its status beside it: never 0, and a gap in a chart.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext as _
from xlsxwriter.format import Format

from stats.coverage import Status
from stats.declarations import Unit
from stats.exports.observations import column_label, row_label
from stats.exports.wording import status_explained, unit_words
from stats.exports.xlsx_book import GAP, HEAD, LINE, LINE_HEIGHT, SOFT, Book, lines, number_format, write_text
from stats.tables import Cell, Part, Row, Shape, Table
from stats.words.presenters import cell_text, coverage_note, number

HEAD_ROW, UNIT_ROW, FIRST_ROW = 4, 5, 6
STUB_WIDTHS, VALUE_WIDTHS, MARK_WIDTHS, UNIT_WIDTH = (16, 44), (10, 24), (2, 4), 15
PAGE_LETTERS = 190  # that are still read on one A4 on its side; a wider table is printed over several
PAGE_ROWS = 40


@dataclass(frozen=True)
class Layout:
    """Where the parts of a table stand on its sheet, counted from 0."""

    table: Table

    @property
    def stubs(self) -> int:
        """How many columns come before the first value: the label, and the unit where each row has its own."""
        return 2 if self.table.shape is Shape.FIGURES else 1

    @property
    def width(self) -> int:
        """How many columns there are."""
        return self.stubs + 2 * len(self.table.columns)

    @property
    def last_row(self) -> int:
        """The last row with values."""
        return FIRST_ROW + len(self.table.rows) - 1

    def value_column(self, place: int) -> int:
        """Where the values of a column stand; its statuses are in the next."""
        return self.stubs + 2 * place

    @cached_property
    def letters(self) -> list[int]:
        """How wide each column is, in letters. Worked out once: it goes through every cell, and every row asks."""
        stub = max([len(str(self.table.stub)), *(len(row_label(self.table, row)) for row in self.table.rows)])
        before = [_within(stub + 2, STUB_WIDTHS), UNIT_WIDTH][: self.stubs]
        values = [_value_width(self.table, place) for place in range(len(self.table.columns))]
        marks = [MARK_WIDTHS[_is_marked(self.table, place)] for place in range(len(self.table.columns))]
        return [*before, *(width for pair in zip(values, marks, strict=True) for width in pair)]

    @property
    def pages(self) -> tuple[int, int]:
        """How many pages it takes across and down; 0 is any number."""
        across = -(-sum(self.letters) // PAGE_LETTERS)
        return across, 1 if across == 1 and len(self.table.rows) <= PAGE_ROWS else 0


def _is_marked(table: Table, place: int) -> bool:
    return any(row.cells[place].status is not Status.NORMAL for row in table.rows)


def _within(width: int, limits: tuple[int, int]) -> int:
    return min(max(width, limits[0]), limits[1])


def _value_width(table: Table, place: int) -> int:
    """What its longest number, the longest word of its head and a head of at most three lines need."""
    head = column_label(table, table.columns[place])
    longest = max((len(cell_text(row.cells[place])) for row in table.rows if _has_number(row.cells[place])), default=0)
    return _within(max(longest, *(len(word) for word in head.split() or [""]), len(head) // 3) + 3, VALUE_WIDTHS)


def _has_number(cell: Cell) -> bool:
    return cell.value is not None or cell.bounds is not None


def write_table(book: Book, table: Table) -> tuple[Layout, int]:
    """The table on its sheet, with notes; the first row below them.

    What it rests on besides is on the sheets of shares and coverage.
    """
    layout = Layout(table)
    sheet = book.sheet(table.key)
    book.heading(table.key, str(table.title))
    for column, letters in enumerate(layout.letters):
        sheet.set_column(column, column, letters, book.style())
    _head(book, layout)
    for place, row in enumerate(table.rows):
        _row(book, layout, row, FIRST_ROW + place)
    _shade_gaps(book, layout)
    sheet.freeze_panes(FIRST_ROW, layout.stubs)
    book.paper(table.key, repeat=(HEAD_ROW, UNIT_ROW), pages=layout.pages)
    sheet.repeat_columns(0, layout.stubs - 1)
    below = layout.last_row + 2
    for note in table_notes(book, table):
        below = book.hint(table.key, below, note, across=layout.width, width=sum(layout.letters))
    return layout, below


def _head(book: Book, layout: Layout) -> None:
    table, sheet = layout.table, book.sheet(layout.table.key)
    left = book.style(bold=True, bg_color=HEAD, text_wrap=True, valign="bottom")
    right = book.style(bold=True, bg_color=HEAD, text_wrap=True, align="right", valign="bottom")
    units = book.style(bg_color=HEAD, align="right", font_color=SOFT, bottom=1, bottom_color=SOFT)
    write_text(sheet, HEAD_ROW, 0, str(table.stub), left)
    if layout.stubs > 1:
        write_text(sheet, HEAD_ROW, 1, _("unit"), left)
    for stub in range(layout.stubs):
        sheet.write_blank(UNIT_ROW, stub, None, units)
    heads = [column_label(table, column) for column in table.columns]
    for place, (head, column) in enumerate(zip(heads, table.columns, strict=True)):
        at = layout.value_column(place)
        write_text(sheet, HEAD_ROW, at, head, right)
        sheet.write_blank(HEAD_ROW, at + 1, None, right)
        write_text(sheet, UNIT_ROW, at, unit_words(column.unit), units)
        sheet.write_blank(UNIT_ROW, at + 1, None, units)
    letters = layout.letters
    fits = [(head, letters[layout.value_column(place)]) for place, head in enumerate(heads)]
    sheet.set_row(HEAD_ROW, LINE_HEIGHT * lines([(str(table.stub), letters[0]), *fits]))


def _row(book: Book, layout: Layout, row: Row, at: int) -> None:
    sheet, label = book.sheet(layout.table.key), row_label(layout.table, row)
    look = _row_look(row)
    write_text(sheet, at, 0, label, book.style(text_wrap=True, **look))
    if layout.stubs > 1:
        write_text(sheet, at, 1, unit_words(row.unit), book.style(**{**look, "font_color": SOFT}))
    for place, cell in enumerate(row.cells):
        column = layout.value_column(place)
        unit = layout.table.columns[place].unit or row.unit
        _value(book, layout, (at, column), cell, _number_look(book, row, cell, unit))
        # A normal number needs no mark: the others stand out.
        mark = "" if cell.status is Status.NORMAL else cell.status.value
        write_text(sheet, at, column + 1, mark, book.style(**{**look, "font_color": SOFT}))
    sheet.set_row(at, LINE_HEIGHT * lines([(label, layout.letters[0])]))


def _row_look(row: Row) -> dict[str, object]:
    line: dict[str, object] = {"bottom": 4, "bottom_color": LINE}
    return line | {"bold": True, "top": 1, "top_color": SOFT} if row.part is Part.TOTAL else line


def _number_look(book: Book, row: Row, cell: Cell, unit: Unit | None) -> Format:
    shown = number_format(cell.value, unit)
    return book.style(num_format=shown, align="right", italic=cell.is_suppressed, **_row_look(row))


def _value(book: Book, layout: Layout, at: tuple[int, int], cell: Cell, look: Format) -> None:
    """A number; bounds in words; or nothing at all, for a chart draws a text as 0."""
    sheet = book.sheet(layout.table.key)
    if cell.status is Status.SUPPRESSED:
        return
    if cell.value is not None:
        sheet.write_number(*at, float(cell.value) if isinstance(cell.value, Decimal) else cell.value, look)
    elif cell.bounds:
        write_text(sheet, *at, cell_text(cell), look)


def _shade_gaps(book: Book, layout: Layout) -> None:
    """What is empty is shaded by a rule, so that the cell itself stays without content."""
    shade = book.workbook.add_format({"bg_color": GAP, "pattern": 1})
    for place in range(len(layout.table.columns)):
        column = layout.value_column(place)
        if any(not _has_number(row.cells[place]) for row in layout.table.rows):
            area = (FIRST_ROW, column, layout.last_row, column)
            book.sheet(layout.table.key).conditional_format(*area, {"type": "blanks", "format": shade})


def table_notes(book: Book, table: Table) -> Iterator[str]:
    """What the letters mean that occur, what was recorded in part, where numbers of others come from."""
    cells = [cell for row in table.rows for cell in row.cells]
    occurring = {cell.status for cell in cells}
    for status in Status:
        if status in occurring and status is not Status.NORMAL:
            yield f"{status.value}: {status_explained(status, threshold=number(book.publication.facts.threshold))}"
    if any(cell.is_suppressed and cell.status is not Status.SUPPRESSED for cell in cells):
        yield _("In italics: suppressed in what is published.")
    if any(cell.bounds for cell in cells):
        yield _("Where two numbers stand, the value lies between them: an age band reaches over the edge.")
    if any(cell.value is None and cell.denominator == 0 for cell in cells):
        yield _("A share of nothing has no value.")
    yield from _coverage_notes(table)
    yield from _sources(table)


def _coverage_notes(table: Table) -> Iterator[str]:
    """Column by column, which rows were recorded in part; the rows are named where they are not all."""
    for place, column in enumerate(table.columns):
        found: dict[str, list[str]] = {}
        for row in table.rows:
            if row.cells[place].is_partial:
                found.setdefault(coverage_note(row.cells[place].coverage), []).append(row_label(table, row))
        for note, labels in found.items():
            named = [] if len(labels) == len(table.rows) else [", ".join(labels)]
            yield f"{'; '.join([column_label(table, column), *named])}: {note}"


def _sources(table: Table) -> Iterator[str]:
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            if cell.source:
                yield _("%(row)s, %(column)s: a published total, not counted here. Source: %(source)s") % {
                    "row": row_label(table, row),
                    "column": column_label(table, column),
                    "source": cell.source,
                }
