"""Tables of a release, protected: which cells may not leave the house. Pure. Why: docs/adr/disclosure.md."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from stats.coverage import Status
from stats.disclosure.bands import band_of
from stats.disclosure.gather import Gathered
from stats.disclosure.ledger import NEW, Entry, Ledger, Place
from stats.disclosure.parts import OPEN_TABLES, PEOPLE, Span
from stats.disclosure.solver import Solution, solve
from stats.disclosure.spans import tie
from stats.disclosure.system import is_small
from stats.periods import Period
from stats.tables import Bounds, Cell, Part, Table

__all__ = ("OPEN_TABLES", "Cause", "Earlier", "Finding", "Protected", "as_published", "protect")


@dataclass(frozen=True, slots=True)
class Earlier:
    """A release that has left: its tables as they are frozen, exact values and ``is_suppressed`` of what left as Q."""

    number: int
    period: Period
    tables: Sequence[Table]


class Cause(StrEnum):
    """Why a cell can not be protected any more."""

    TOLD_BEFORE = "told_before"  # an earlier release told it
    FOLLOWS = "follows"  # it follows from what earlier releases told


@dataclass(frozen=True, slots=True)
class Finding:
    """A cell that earlier releases give away, whatever is hidden now. ``release`` 0 is the one being made.

    Keys only: a finding never holds a value.
    """

    release: int
    table: str
    row: str
    column: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Protected:
    """The same tables with ``is_suppressed`` where a cell may not leave, and what can not be helped."""

    tables: tuple[Table, ...]
    findings: tuple[Finding, ...]


def protect(tables: Sequence[Table], *, period: Period, threshold: int, earlier: Sequence[Earlier] = ()) -> Protected:
    """Mark what may not leave: counts of 1 to ``threshold - 1``, and whatever they could be worked out from.

    Cells keep their exact values. ``earlier`` in order of number: every release that shares a month with this one's
    tables; others do no harm. Raises :class:`stats.disclosure.gather.UnknownTableError` for a table that has no rule,
    and ``ValueError`` for an earlier one without its exact values.
    """
    _refuse_inexact(earlier)
    case = _Case.of(tables, period, threshold, earlier)
    changed = case.changed()
    alone = _Case.of(tables, period, threshold, ()) if changed else None
    hidden: frozenset[Place] = frozenset()
    decoys: frozenset[Place] = changed
    while True:
        solution = case.solved(hidden | changed, free=decoys)
        found = case.hidden_by(solution)
        more = alone.hidden_by(alone.solved(found, free=alone.all_places - changed)) if alone else found
        if more == found:
            return Protected(tuple(_marked(table, found) for table in tables), tuple(case.findings(solution)))
        hidden, decoys = more, decoys | (more - found)


def as_published(table: Table, threshold: int) -> Table:
    """A table as it leaves: a suppressed cell has status Q and no number at all.

    A percentage of many is told all the same, to the whole point and without what it is of and over
    (:mod:`stats.disclosure.bands`).
    """
    return _with_cells(table, lambda _place, cell: _published(cell, threshold) if cell.is_suppressed else cell)


def _published(cell: Cell, threshold: int) -> Cell:
    empty = _emptied(cell)
    if cell.numerator is None or cell.denominator is None:
        return empty
    band = band_of(cell.numerator, cell.denominator, threshold)
    if band is None:
        return empty
    return replace(empty, bounds=Bounds(*map(Decimal, band)), status=cell.status, is_suppressed=False)


def _emptied(cell: Cell) -> Cell:
    return replace(
        cell,
        value=None,
        bounds=None,
        numerator=None,
        numerator_bounds=None,
        denominator=None,
        status=Status.SUPPRESSED,
    )


@dataclass(slots=True)
class _Case:
    """The tables to be protected, alone or together with earlier releases."""

    ledger: Ledger
    new: Gathered
    threshold: int

    @classmethod
    def of(cls, tables: Sequence[Table], period: Period, threshold: int, earlier: Sequence[Earlier]) -> "_Case":
        ledger, codes = Ledger(), _codes([*(table for one in earlier for table in one.tables), *tables])
        read = [Gathered(ledger, one.number, Span.of(one.period), codes, threshold) for one in earlier]
        for gathered, one in zip(read, earlier, strict=True):
            gathered.read(one.tables)
        new = Gathered(ledger, NEW, Span.of(period), codes, threshold)
        new.read(tables)
        tie(ledger, [gathered.found for gathered in (*read, new)], threshold)
        return cls(ledger, new, threshold)

    @property
    def all_places(self) -> frozenset[Place]:
        """Every count of the release that is being made."""
        return frozenset(self.new.cells)

    def solved(self, hidden: frozenset[Place], *, free: frozenset[Place]) -> Solution:
        """What to hide: these, what was hidden before, and more.

        ``free`` are hidden for another's sake: it does not matter how well they are known. Small ones never are.
        """
        sticky = {self.new.cells.get(place, place) for place in hidden} | self._hidden_before()
        keys = {self.new.cells[place] for place in free if place in self.new.cells}
        return solve(
            self.ledger.system(),
            self.threshold,
            sticky=frozenset(sticky),
            free=frozenset(key for key in keys if not is_small(self.ledger.value(key), self.threshold)),
        )

    def hidden_by(self, solution: Solution) -> frozenset[Place]:
        """The cells that a solution hides."""
        entries = self.ledger.entries
        counts = {place for place, key in self.new.cells.items() if key in solution.hidden or entries[key].is_held}
        return frozenset(counts | {unit for unit in solution.hidden_units if isinstance(unit, Place)})

    def changed(self) -> frozenset[Place]:
        """Parts that were told and have since changed by a few: the difference is a small group of its own."""
        return frozenset(
            place
            for key, moved, before in self._compared()
            for place in self.ledger.entries[key].places
            if before.is_told and is_small(moved, self.threshold) and _is_part(before)
            if place in self.new.cells
        )

    def _hidden_before(self) -> set[Hashable]:
        """What was hidden, and is the same still or nearly so."""
        return {key for key, moved, before in self._compared() if before.is_held and moved < self.threshold}

    def _compared(self) -> Iterator[tuple[Hashable, int, Entry]]:
        """Each number with what earlier releases had in its place, and by how much it moved."""
        for (span, what), key in self.new.found.items():
            for other in self.ledger.history[span, what]:
                before = self.ledger.entries[other]
                yield key, abs(before.value - self.ledger.value(key)), before

    def findings(self, solution: Solution) -> Iterable[Finding]:
        """What can not be helped, each cell once."""
        seen: dict[Finding, None] = {}
        for key in solution.exposed:
            for place in self.ledger.entries[key].places:
                seen[Finding(*place, Cause.FOLLOWS)] = None
        for key in self.new.found.values():
            entry = self.ledger.entries[key]
            if is_small(entry.value, self.threshold) and (entry.is_told_same or entry.is_told):
                seen.update({Finding(*place, Cause.TOLD_BEFORE): None for place in entry.places})
        return seen


def _is_part(entry: Entry) -> bool:
    """Whether a number is of a part that tells of people: who they are, not where from or by whom it was reported.

    A figure's own total and share may be seen to change: that must be told.
    """
    what = entry.counted
    if what is None or what.is_whole or what.among is not None:
        return False
    return any(axis in PEOPLE for axis, _code in what.codes)


def _codes(tables: Iterable[Table]) -> dict[str, list[str]]:
    """Every code that a table shows in any release."""
    found: dict[str, dict[str, None]] = {}
    for table in tables:
        found.setdefault(table.key, {}).update((row.key, None) for row in table.rows if row.part is not Part.TOTAL)
    return {key: list(codes) for key, codes in found.items()}


def _marked(table: Table, hidden: frozenset[Place]) -> Table:
    return _with_cells(table, lambda place, cell: replace(cell, is_suppressed=place in hidden))


def _with_cells(table: Table, change: Callable[[Place, Cell], Cell]) -> Table:
    rows = tuple(
        replace(
            row,
            cells=tuple(
                change(Place(NEW, table.key, row.key, column.key), cell)
                for column, cell in zip(table.columns, row.cells, strict=True)
            ),
        )
        for row in table.rows
    )
    return replace(table, rows=rows)


def _refuse_inexact(earlier: Sequence[Earlier]) -> None:
    for one in earlier:
        for table in one.tables:
            if any(cell.status is Status.SUPPRESSED for row in table.rows for cell in row.cells):
                msg = "earlier releases are compared by their exact values"
                raise ValueError(msg)
