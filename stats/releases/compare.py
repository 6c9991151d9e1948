"""What differs between what was published and what is counted now, or between two releases. And why.

How much of a difference is late entry is counted: it is what the reports entered since then contribute. What is left
is correction: reports that were put right, declared void or restored, and findings that were changed. Where the
counting rule reads otherwise than it did, the difference is one of definition.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from stats.bilingual import both
from stats.counting.late import late_cells
from stats.declarations import TOTAL, Unit
from stats.disclosure.parts import group_of_share, is_determined
from stats.figures import BREAKDOWNS, FIGURES, SHARES
from stats.periods import Month, Period
from stats.publication import HEADLINE, PassportText, Reason
from stats.rules import FIRST, version_key
from stats.tables import Cell, Column, Row, Shape, Table

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Place(NamedTuple):
    """Which cell of the rollup a cell of a table is; ``month`` '' for the whole period."""

    figure: str
    breakdown: str = TOTAL
    codes: tuple[str, ...] = ()
    month: str = ""


Late = Mapping[Place, int]


@dataclass(frozen=True, slots=True)
class Why:
    """One cause of a difference; ``amount`` how much of it, where that can be told."""

    reason: Reason
    amount: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A cell that is not what it was. ``old`` or ``new`` None: there was, or is, no such cell."""

    table: str
    table_title: "StrOrPromise"
    row: str
    row_label: "StrOrPromise"
    column: str
    column_label: "StrOrPromise"
    unit: Unit | None
    old: Cell | None
    new: Cell | None
    why: tuple[Why, ...]

    @property
    def change(self) -> Fraction | None:
        """New less old, exact; of a share in percentage points. None where either is not known."""
        return _change(self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two things compared: tables of a period, as they stood at a moment."""

    period: Period
    tables: Sequence[Table]
    passports: Sequence[PassportText]
    at: datetime


def differences(old: Side, new: Side, *, reason: Reason | None = None, published: bool = False) -> list[Difference]:
    """Every cell of the period's own figures that differs, in the order of the tables.

    ``reason``: what a revision was said to be made for. It is told where the causes can not be counted. ``published``:
    no record is read, so that nothing of what is counted now is told: causes are what the later side says itself.
    """
    redefined = _redefined(old.passports, new.passports)
    causes = _SaidCauses(redefined, reason) if published else _Causes(_late_between(old, new), redefined, reason)
    later = {table.key: table for table in new.tables}
    return [
        difference
        for table in old.tables
        # A trend is of other years.
        if table.shape is not Shape.YEARS and table.key in later
        for difference in _of_table(table, later[table.key], old.period, causes)
    ]


@dataclass(frozen=True, slots=True)
class _SaidCauses:
    redefined: frozenset[str]
    reason: Reason | None

    def of(self, place: Place | None, _old: Cell | None, _new: Cell | None) -> tuple[Why, ...]:
        if place and place.figure in self.redefined:
            return (Why(Reason.DEFINITION, None),)
        return (Why(self.reason, None),) if self.reason else ()


@dataclass(frozen=True, slots=True)
class _Causes:
    late: Late
    redefined: frozenset[str]
    reason: Reason | None

    def of(self, place: Place | None, old: Cell | None, new: Cell | None) -> tuple[Why, ...]:
        if place and place.figure in self.redefined:
            return (Why(Reason.DEFINITION, None),)
        change = _change(old, new)
        if place and change is not None and place.figure in FIGURES:
            # The rollup holds every version of a counting rule: late entries of the one that is told.
            ruled = version_key(place.figure, int((new and new.rule) or FIRST))
            late = self.late.get(place._replace(figure=ruled), 0)
            counted = ((Reason.LATE_ENTRY, late), (Reason.CORRECTION, int(change) - late))
            return tuple(Why(reason, amount) for reason, amount in counted if amount)
        if place and place.figure in SHARES and (found := self._of_share(place.figure, old, new)):
            return found
        either = Reason.LATE_ENTRY if any(self.late.values()) else Reason.CORRECTION
        return (Why(self.reason or either, None),)

    def _of_share(self, key: str, old: Cell | None, new: Cell | None) -> tuple[Why, ...]:
        """What moved a share: what late reports add to what it is of and over, and whatever else moved those."""
        if not (old and new and old.numerator is not None and new.numerator is not None):
            return ()
        if old.coverage.status != "full" or new.coverage.status != "full":
            return ()  # late reports of a month without the record are in neither number
        share, group = SHARES[key], group_of_share(key)
        late = {
            place.codes[0]: value
            for place, value in self.late.items()
            if (place.figure, place.breakdown, place.month) == (share.of, share.by, "")
            and is_determined(place.codes[0])
        }
        added = (sum(value for code, value in late.items() if group.holds(code)), sum(late.values()))
        moved = (new.numerator - old.numerator, (new.denominator or 0) - (old.denominator or 0))
        causes = ((Reason.LATE_ENTRY, any(late.values())), (Reason.CORRECTION, moved != added))
        return tuple(Why(reason, None) for reason, is_one in causes if is_one)


def _late_between(old: Side, new: Side) -> Late:
    """What reports entered after the one and before the other contribute, for the period and for each month."""
    late: Counter[Place] = Counter()
    for month in old.period.months:
        for since, sign in ((old.at, 1), (new.at, -1)):
            for (figure, breakdown, codes), value in late_cells([month], since=since).items():
                late[Place(figure, breakdown, tuple(codes))] += sign * value
                late[Place(figure, breakdown, tuple(codes), str(month))] += sign * value
    return late


def _redefined(old: Sequence[PassportText], new: Sequence[PassportText]) -> frozenset[str]:
    """The figures whose counting rule, numerator or denominator reads otherwise than it did."""
    before = {passport.key: _reads(passport) for passport in old}
    return frozenset(passport.key for passport in new if before.get(passport.key, _reads(passport)) != _reads(passport))


def _reads(passport: PassportText) -> tuple[object, ...]:
    return (passport.unit, *(both(text).en for text in (passport.numerator, passport.denominator, passport.rule)))


def _of_table(old: Table, new: Table, period: Period, causes: _Causes | _SaidCauses) -> Iterator[Difference]:
    columns = {column.key: column for column in (*new.columns, *old.columns)}
    rows = {row.key: row for row in (*new.rows, *old.rows)}
    for row in rows.values():
        for column in columns.values():
            # Of the headline, the column of the year before belongs to another period.
            if old.key == HEADLINE and column.key != str(period):
                continue
            before, after = _cell(old, row.key, column.key), _cell(new, row.key, column.key)
            if _numbers(before) != _numbers(after):
                why = causes.of(place_of(old, row, column), before, after)
                yield _difference(old, row, column, (before, after), why)


def _difference(
    table: Table, row: Row, column: Column, cells: tuple[Cell | None, Cell | None], why: tuple[Why, ...]
) -> Difference:
    return Difference(
        table=table.key,
        table_title=table.title,
        row=row.key,
        row_label=row.label,
        column=column.key,
        column_label=column.label,
        unit=row.unit or column.unit,
        old=cells[0],
        new=cells[1],
        why=why,
    )


def place_of(table: Table, row: Row, column: Column) -> Place | None:
    """Which cell of the rollup a cell of a table is; None for one that is worked out from several."""
    if table.shape is Shape.FIGURES:
        return Place(row.key)
    if table.shape is Shape.MONTHS:
        return Place(column.key, month="" if row.key == TOTAL else str(Month.parse(row.key)))
    if table.key not in BREAKDOWNS:
        return None
    if table.shape is Shape.CROSSED:
        return Place(column.figure, table.key, (column.key, row.key))
    return Place(column.key) if row.key == TOTAL else Place(column.key, table.key, (row.key,))


def _cell(table: Table, row: str, column: str) -> Cell | None:
    try:
        return table.cell(row, column)
    except KeyError:
        return None


def _numbers(cell: Cell | None) -> tuple[object, ...] | None:
    """What a reader would see change. A part that did not occur and one that was counted as 0 are the same."""
    if cell is None or (cell.value == 0 and cell.denominator is None):
        return None
    return (cell.value, cell.bounds, cell.numerator, cell.denominator)


def _change(old: Cell | None, new: Cell | None) -> Fraction | None:
    before, after = (_exact(cell) if cell else Fraction(0) for cell in (old, new))
    return None if before is None or after is None else after - before


def _exact(cell: Cell) -> Fraction | None:
    if cell.value is None:
        return None
    if cell.numerator is not None and cell.denominator:
        return Fraction(100 * cell.numerator, cell.denominator)
    return Fraction(cell.value)
