"""A publication's cells one by one, each with the figure, the period and the parts it is of. Pure.

Every tidy form (CSV, JSON, SDMX) and the tests that compare forms walk through these, so they name a cell alike.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stats.declarations import Unit
from stats.periods import Period, PeriodError
from stats.publication import Publication
from stats.tables import Cell, Column, Row, Shape, Table
from stats.trend.years import AT
from stats.words.presenters import period_label

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One cell.

    ``down`` is the row where that is a part, ``across`` the column where that is one; None where the figure is not
    in parts that way. ``figure`` is a key, of a passport where the publication has one.
    """

    table: Table
    row: Row
    column: Column
    cell: Cell
    figure: str
    figure_label: "StrOrPromise"
    period: Period
    unit: Unit | None
    down: Row | None
    across: Column | None


def observations(publication: Publication) -> Iterator[Observation]:
    """Every cell, table by table and row by row."""
    labels = {passport.key: passport.label for passport in publication.passports}
    for table in publication.tables:
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                figure, own_label = _figure(table, row, column)
                yield Observation(
                    table=table,
                    row=row,
                    column=column,
                    cell=cell,
                    figure=figure,
                    figure_label=labels.get(figure, own_label),
                    period=period_of(table, row, column) or publication.facts.period,
                    unit=column.unit or row.unit,
                    # One year may have totals of several sources beside what was counted here.
                    down=row if table.shape in {Shape.PARTS, Shape.CROSSED} or AT in row.key else None,
                    across=_across(table, column),
                )


def period_of(table: Table, row: Row, column: Column) -> Period | None:
    """The period that a row or column names; None where neither does, and the release's own is meant."""
    if table.shape in {Shape.MONTHS, Shape.YEARS}:
        return named_period(row.key.partition(AT)[0])
    return named_period(column.key) if table.shape is Shape.FIGURES else None


def named_period(key: str) -> Period | None:
    """The period a key is the text of, if it is one."""
    try:
        return Period.parse(key)
    except PeriodError:
        return None


def _figure(table: Table, row: Row, column: Column) -> "tuple[str, StrOrPromise]":
    """The figure's key, and a label where there is no passport."""
    if table.shape is Shape.FIGURES:
        return row.key, row.label
    return (column.figure, column.figure) if column.figure else (column.key, column.label)


def _across(table: Table, column: Column) -> Column | None:
    if table.shape is Shape.FIGURES:
        return None if named_period(column.key) else column
    return column if column.figure else None


def row_label(table: Table, row: Row) -> str:
    """A month or year is written out; anything else has its label."""
    period = named_period(row.key) if table.shape in {Shape.MONTHS, Shape.YEARS} else None
    return period_label(period) if period else str(row.label)


def column_label(table: Table, column: Column) -> str:
    """A period is written out; anything else has its label."""
    period = named_period(column.key) if table.shape is Shape.FIGURES else None
    return period_label(period) if period else str(column.label)
