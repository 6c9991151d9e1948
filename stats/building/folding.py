"""A table with fewer columns: the largest parts kept, the others told together. Pure. For charts and narrow pages."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from stats.coverage import Status
from stats.tables import Cell, Column, Part, Row, Table

T = TypeVar("T")
OTHER = "other_parts"


def folded(table: Table, most: int) -> Table:
    """The table with at most so many columns of codes, and where there were more, a column with the sum of the rest.

    Parts that answer nothing and the whole stay as they are: they are never hidden among others.
    """
    codes = [place for place, column in enumerate(table.columns) if column.part is Part.CODE]
    if len(codes) <= most:
        return table
    ranked = sorted(codes, key=lambda place: -_sum(row.cells[place] for row in table.rows))
    kept = sorted(ranked[:most])
    rest = ranked[most:]
    others = [place for place in range(len(table.columns)) if place not in codes]
    other = Column(key=OTHER, label=_("all others"), unit=table.columns[codes[0]].unit, part=Part.OTHER)
    return replace(
        table,
        columns=(*_at(table.columns, kept), other, *_at(table.columns, others)),
        rows=tuple(_folded_row(row, kept, rest, others) for row in table.rows),
    )


def whole_first(table: Table) -> Table:
    """The table with its last column, the whole, before the parts: it is seen first, however many parts there are."""
    rows = tuple(replace(row, cells=(row.cells[-1], *row.cells[:-1])) for row in table.rows)
    return replace(table, columns=(table.columns[-1], *table.columns[:-1]), rows=rows)


def _folded_row(row: Row, kept: Sequence[int], rest: Sequence[int], others: Sequence[int]) -> Row:
    cells = [row.cells[place] for place in rest]
    known = [cell for cell in cells if cell.value is not None]
    model = known[0] if known else cells[0]
    together = replace(model, value=_sum(known) if known else None)
    return replace(row, cells=(*_at(row.cells, kept), together, *_at(row.cells, others)))


def _at(items: Sequence[T], places: Iterable[int]) -> tuple[T, ...]:
    return tuple(items[place] for place in places)


def _sum(cells: Iterable[Cell]) -> int:
    return sum(int(cell.value or 0) for cell in cells if cell.status is not Status.NOT_COLLECTED)
