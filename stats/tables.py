"""The one shape of every output: page, chart, export and API are made from a Table, so they can not disagree. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from stats.coverage import Coverage, Status
from stats.declarations import Unit

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Value = int | Decimal


class Bounds(NamedTuple):
    """Where a value lies that can not be known exactly: at least ``lower``, at most ``upper``."""

    lower: Value
    upper: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One number with what it rests on.

    ``value`` None is 'not known': not recorded, not yet counted, or only known to lie within ``bounds``. It is never
    shown as 0. A share has its value in percent with two decimals, and beside it the exact numerator and denominator.

    What it was counted by, so that unlike things are never compared: ``rule``, the versions of the counting rule in
    force; ``scheme``, the age schemes of the bands; ``source``, of a total that others published and nobody counted
    here. ``is_suppressed``: not to leave the house, alone or by subtraction; a cell that did leave has status Q.
    """

    value: Value | None
    status: Status
    coverage: Coverage
    bounds: Bounds | None = None
    numerator: int | None = None
    numerator_bounds: Bounds | None = None
    denominator: int | None = None
    rule: str = ""
    scheme: str = ""
    source: str = ""
    is_suppressed: bool = False

    @property
    def is_provisional(self) -> bool:
        """Whether it may still change: the period has not ended, or changes wait to be counted."""
        return self.status is Status.PROVISIONAL

    @property
    def is_partial(self) -> bool:
        """Whether it rests on a part of the period only."""
        return self.coverage.status == "partial"


class Part(StrEnum):
    """What a row or column stands for: a part, several parts together, a part that answers nothing, or the whole."""

    CODE = "code"
    OTHER = "other"
    UNDETERMINED = "undetermined"
    NOT_RECORDED = "not_recorded"
    TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of cells. ``key`` is a figure, a code, a period or 'total'; no ``unit`` where each row has its own.

    ``figure`` is whose parts the columns are, where ``key`` is a code of one.
    """

    key: str
    label: "StrOrPromise"
    unit: Unit | None = None
    part: Part = Part.CODE
    figure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of cells, one for each column. ``key`` is a code, a figure, a month, or 'total'."""

    key: str
    label: "StrOrPromise"
    cells: tuple[Cell, ...]
    unit: Unit | None = None
    part: Part = Part.CODE


class Shape(StrEnum):
    """What the rows and columns of a table are."""

    FIGURES = "figures"  # a row for each figure, a column for each period
    PARTS = "parts"  # a row for each part, a column for each figure
    CROSSED = "crossed"  # parts both ways, of one figure
    MONTHS = "months"  # a row for each month, a column for each figure or part
    YEARS = "years"  # a row for each year, a column for each figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows and columns of cells under a title; ``stub`` says what the rows are."""

    key: str
    shape: Shape = Shape.PARTS
    title: "StrOrPromise"
    stub: "StrOrPromise"
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def column(self, key: str) -> int:
        """The place of a column. Raises ``KeyError`` when there is none."""
        for place, column in enumerate(self.columns):
            if column.key == key:
                return place
        raise KeyError(key)

    def cell(self, row: str, column: str) -> Cell:
        """The cell of a row and a column by their keys. Raises ``KeyError`` when there is none."""
        place = self.column(column)
        for candidate in self.rows:
            if candidate.key == row:
                return candidate.cells[place]
        raise KeyError(row)


def rounded(exact: Fraction, places: int) -> Decimal:
    """A fraction with so many decimals, half away from zero. Exact arithmetic: no float and no context is involved."""
    scale = 10**places
    twice = abs(exact) * 2 * scale
    whole = (twice.numerator + twice.denominator) // (2 * twice.denominator)
    digits = tuple(int(digit) for digit in str(whole))
    return Decimal((int(exact < 0), digits, -places))  # built, not computed: a context would round it


def percent(numerator: int, denominator: int) -> Decimal | None:
    """A share in percent with two decimals, rounded half up; None of nothing."""
    return rounded(Fraction(100 * numerator, denominator), 2) if denominator else None
