"""Tables as blocks for typesetting: texts, marks and the notes they stand for. In the active language.

A block is plain data; how it looks is decided in typst/. A table too wide for a page is divided by its columns, each
division with its stub.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from string import ascii_lowercase
from typing import Any

from django.utils.translation import gettext as _

from stats.coverage import Status
from stats.exports.pdf_words import column_label, row_label
from stats.presenters import cell_text, coverage_note, fraction_note, number, unit_label
from stats.tables import Cell, Column, Part, Row, Shape, Table

Block = dict[str, Any]

TEXT_WIDTH = 440  # points; typst/hotline.typ has the same
KEPT_ROWS = 18  # a table of at most so many rows is not broken over pages
_LETTER, _PADDING, _LEAST, _MOST_STUB = 4.3, 16, 62, 190


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
    groups = _groups(table)
    return [_block(table, places, threshold, added, (number, len(groups))) for number, places in enumerate(groups, 1)]


def _block(table: Table, places: Sequence[int], threshold: int, added: Added | None, part: tuple[int, int]) -> Block:
    notes = Notes()
    rows = [
        _row(table, row, [_cell(row, place, notes, _added(added, number, place)) for place in places])
        for number, row in enumerate(table.rows)
    ]
    columns = [table.columns[place] for place in places]
    shown = list(chain.from_iterable((row.cells[place] for place in places) for row in table.rows))
    return {
        "is": "table",
        "stub": str(table.stub),
        "part": _("part %(number)s of %(of)s") % {"number": part[0], "of": part[1]} if part[1] > 1 else "",
        "has_units": table.shape is Shape.FIGURES,
        "unit_label": _("unit"),
        "columns": [_column(table, column) for column in columns],
        "widths": [_width(table, place) for place in places],
        "rows": rows,
        "notes": [*notes.pairs(), *(("", text) for text in _table_notes(shown, threshold))],
        "keep": len(table.rows) <= KEPT_ROWS,
    }


def _added(added: Added | None, row: int, column: int) -> tuple[str, str]:
    return added(row, column) if added else ("", "")


def _column(table: Table, column: Column) -> dict[str, str]:
    label = column_label(table, column)
    unit = unit_label(column.unit) if column.unit else ""
    return {"label": label, "unit": unit if unit.lower() not in label.lower() else ""}


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


def _groups(table: Table) -> list[list[int]]:
    """Which columns stand together: all, or as many as a page holds, evenly."""
    longest = max((len(row_label(table, row)) for row in table.rows), default=0)
    unit = 55 if table.shape is Shape.FIGURES else 0
    room = TEXT_WIDTH - unit - min(_MOST_STUB, max(_LEAST, longest * _LETTER))
    places = list(range(len(table.columns)))
    groups: list[list[int]] = [[]]
    width = 0.0
    for place in places:
        width += _width(table, place)
        if groups[-1] and width > room:
            groups.append([])
            width = _width(table, place)
        groups[-1].append(place)
    size = -(-len(places) // len(groups))
    return [places[start : start + size] for start in range(0, len(places), size)] or [[]]


def _width(table: Table, place: int) -> float:
    """Points that a column needs: its longest word, its longest number."""
    texts = [cell_text(row.cells[place]) for row in table.rows if row.cells[place].value is not None]
    bounds = [cell_text(row.cells[place]) for row in table.rows if row.cells[place].bounds]
    below = [fraction_note(row.cells[place]) for row in table.rows if row.cells[place].denominator]
    words = column_label(table, table.columns[place]).split() + [
        word for row in table.rows for word in cell_text(row.cells[place]).split()
    ]
    longest = max((len(text) for text in (*texts, *bounds, *words)), default=0)
    small = max((len(text) for text in below), default=0) * 0.8
    return max(_LEAST, max(longest, small) * _LETTER + _PADDING)
