"""Tables as blocks for typesetting: texts, marks and the notes they stand for. In the active language.

A block is plain data; how it looks is decided in typst/. A table too wide for a page is divided by its columns, each
division with its stub.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from string import ascii_lowercase
from typing import Any

from django.utils.translation import gettext as _

from stats.coverage import Status
from stats.exports.pdf_words import column_label, row_label
from stats.tables import Cell, Column, Part, Row, Shape, Table
from stats.words.presenters import cell_text, coverage_note, fraction_note, number, unit_label

Block = dict[str, Any]

TEXT_WIDTH = 440  # points; typst/hotline.typ has the same
KEPT_ROWS = 24  # a table of at most so many rows is not broken over pages
# Points: of a letter on the average, of the space about a cell's text, of a narrow column and of an ample one, of the
# widest stub, of the column of units. And the size of small print.
_LETTER, _PADDING, _LEAST, _AMPLE, _MOST_STUB, _UNITS = 4.3, 16, 44, 62, 190, 55
_SMALL = 0.8


@dataclass(slots=True)
class Notes:
    """Notes under one table: each said once, in the order they were met, with a letter to find it by."""

    texts: list[str] = field(default_factory=list)

    def mark(self, text: str) -> str:
        """The letter of a note."""
        if text not in self.texts:
            self.texts.append(text)
        place = self.texts.index(text)
        letters = len(ascii_lowercase)
        return ascii_lowercase[place % letters] * (place // letters + 1)

    def pairs(self) -> list[tuple[str, str]]:
        """Letters with texts."""
        return [(self.mark(text), text) for text in self.texts]


# More to say of a cell than the cell says itself, by row and column: a text below it, and a note.
Added = Callable[[int, int], tuple[str, str]]


def table_blocks(table: Table, *, threshold: int, added: Added | None = None) -> list[Block]:
    """A table as one block, or as several where it is wider than a page."""
    plan = _Plan(table, threshold, added or _nothing)
    groups = _groups(plan)
    return [
        _block(
            plan, places, _("part %(number)s of %(of)s") % {"number": number, "of": len(groups)} if groups[1:] else ""
        )
        for number, places in enumerate(groups, 1)
    ]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A table, and what else is said in it."""

    table: Table
    threshold: int
    added: Added


def _nothing(_row: int, _column: int) -> tuple[str, str]:
    return "", ""


def _block(plan: _Plan, places: Sequence[int], part: str) -> Block:
    table, notes = plan.table, Notes()
    rows = [
        _row(table, row, [_cell(row, place, notes, plan.added(number, place)) for place in places])
        for number, row in enumerate(table.rows)
    ]
    shown = chain.from_iterable((row.cells[place] for place in places) for row in table.rows)
    family = _family_label(table, places)
    return {
        "is": "table",
        "stub": str(table.stub),
        "part": ": ".join(text for text in (part, family) if text),
        "has_units": table.shape is Shape.FIGURES,
        "unit_label": _("unit"),
        "columns": [_column(table, table.columns[place], family) for place in places],
        "widths": _widths(plan, places),
        "rows": rows,
        "notes": [*notes.pairs(), *(("", text) for text in _table_notes(shown, plan.threshold))],
        "keep": len(table.rows) <= KEPT_ROWS,
    }


def _column(table: Table, column: Column, family: str) -> dict[str, str]:
    label = column_label(table, column).removeprefix(f"{family}: ")
    unit = unit_label(column.unit) if column.unit else ""
    return {"label": label, "unit": unit if unit.lower() not in label.lower() else ""}


def _family(column: Column) -> str:
    """Of a column that stands for two codes, 'content.action', the first; its family stands together."""
    first, dot, _second = column.key.partition(".")
    return first if dot else ""


def _family_label(table: Table, places: Sequence[int]) -> str:
    """What the columns of a family have in common, as their labels begin: 'content: action'."""
    first = table.columns[places[0]] if places else None
    return str(first.label).rpartition(": ")[0] if first and _family(first) else ""


def _row(table: Table, row: Row, cells: list[Block]) -> Block:
    return {
        "label": row_label(table, row),
        "unit": unit_label(row.unit) if row.unit else "",
        "whole": row.part is Part.TOTAL,
        "quiet": row.part in {Part.UNDETERMINED, Part.NOT_RECORDED},
        "cells": cells,
    }


def _cell(row: Row, place: int, notes: Notes, added: tuple[str, str]) -> Block:
    """A cell's text, the letters of its notes, and in small print below it its fraction or what is added."""
    cell = row.cells[place]
    below, note = added
    told = [*cell_notes(cell), *([note] if note else [])]
    return {
        "text": cell_text(cell),
        "word": cell.value is None and cell.bounds is None,
        "marks": ",".join(notes.mark(text) for text in told),
        "below": [text for text in (fraction_note(cell), below) if text],
    }


def cell_notes(cell: Cell) -> list[str]:
    """What a reader must know of a number besides itself. A cell without one says why in its place."""
    if cell.value is None and cell.bounds is None:
        return []
    return [text for text in (*_standing(cell), *_origin(cell)) if text]


def _standing(cell: Cell) -> Iterable[str]:
    """How firm the number is."""
    yield coverage_note(cell.coverage)
    if cell.is_provisional:
        yield _("provisional: it may still change")
    if cell.status is Status.BREAK and cell.coverage.status == "full":
        yield _("break in the series: counted otherwise than before")
    if cell.bounds and (cell.scheme or cell.numerator_bounds):
        yield _("known only to lie within these bounds: an age band reaches over the edge")
    elif cell.bounds:
        yield _("known only to lie within these bounds")


def _origin(cell: Cell) -> Iterable[str]:
    """Where the number comes from, and where it may go."""
    if cell.source:
        yield _("published total, not counted here; source: %(source)s") % {"source": cell.source}
    if "+" in cell.scheme:
        yield _("recorded in more than one age scheme: %(scheme)s") % {"scheme": cell.scheme.replace("+", ", ")}
    if cell.is_suppressed and cell.status is not Status.SUPPRESSED:
        yield _("not to leave the house: suppressed in what is published")


def _table_notes(cells: Iterable[Cell], threshold: int) -> list[str]:
    """What holds for every cell that says so: what suppressed means."""
    if all(cell.status is not Status.SUPPRESSED for cell in cells):
        return []
    text = _("Suppressed (Q): below %(threshold)s, or it would give such a number away by subtraction. It is not 0.")
    return [text % {"threshold": number(threshold)}]


def _groups(plan: _Plan) -> list[list[int]]:
    """Which columns stand together: those of a family, or as many as a page holds, evenly."""
    columns = plan.table.columns
    families = groupby(range(len(columns)), key=lambda place: _family(columns[place]))
    return [group for _name, places in families for group in _fitting(plan, list(places))] or [[]]


def _fitting(plan: _Plan, places: list[int]) -> Iterator[list[int]]:
    widths = _widths(plan, places)
    pages, width = 1, 0.0
    for more in widths:
        if width and width + more > _room(plan):
            pages, width = pages + 1, 0.0
        width += more
    size = -(-len(places) // pages)
    for start in range(0, len(places), size):
        yield places[start : start + size]


def _widths(plan: _Plan, places: Sequence[int]) -> list[float]:
    """Points for each column: ample where there is room, else just what it needs."""
    ample = [max(_AMPLE, _width(plan, place)) for place in places]
    return ample if sum(ample) <= _room(plan) else [_width(plan, place) for place in places]


def _room(plan: _Plan) -> float:
    """Points that the columns may take: what the rows' labels leave."""
    table = plan.table
    longest = max((len(row_label(table, row)) for row in table.rows), default=0)
    units = _UNITS if table.shape is Shape.FIGURES else 0
    return TEXT_WIDTH - units - min(_MOST_STUB, max(_AMPLE, longest * _LETTER + _PADDING))


def _width(plan: _Plan, place: int) -> float:
    """Points that a column needs: for its longest number, its longest word, and what stands below in small print."""
    table = plan.table
    cells = [row.cells[place] for row in table.rows]
    numbers = [cell_text(cell) for cell in cells if cell.value is not None or cell.bounds]
    family = _family_label(table, [place])
    label = column_label(table, table.columns[place]).removeprefix(f"{family}: ")
    words = [word for text in (label, *map(cell_text, cells)) for word in text.split()]
    below = [fraction_note(cell) for cell in cells] + [plan.added(row, place)[0] for row in range(len(cells))]
    longest = max((len(text) for text in (*numbers, *words)), default=0)
    small = max((len(text) for text in below), default=0) * _SMALL
    return max(_LEAST, max(longest, small) * _LETTER + _PADDING)
