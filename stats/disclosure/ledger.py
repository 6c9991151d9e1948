"""Quantities as they are noted down from tables: which release told what, and where each stands. Pure."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from stats.disclosure.parts import Counted, Span
from stats.disclosure.system import Kind, Quantity, System

# Of equals a part is hidden first; what an earlier release told and nobody would take for changed is hidden rather
# not, totals still less, and what stands at the top of every form the least.
PART, SUM, TOLD_BEFORE, MARGIN, WHOLE = 1, 4, 12, 60, 400
NEW = 0


class Place(NamedTuple):
    """Where a cell stands: release (0 for the one being made), table, row, column."""

    release: int
    table: str
    row: str
    column: str


@dataclass(slots=True)
class Entry:
    """A quantity and who told it. ``order`` of the release that is the last to have it."""

    value: int
    span: Span | None
    counted: Counted | None
    order: int
    is_count: bool = False
    is_new: bool = False
    is_told: bool = False
    is_held: bool = False
    is_told_same: bool = False
    places: list[Place] = field(default_factory=list)

    @property
    def kind(self) -> Kind:
        """Who knows it. What is new and was hidden before, the same value, stays hidden."""
        if self.is_told:
            return Kind.TOLD
        if self.is_new:
            return Kind.OURS
        return Kind.HELD if self.is_held else Kind.REST

    @property
    def weight(self) -> int:
        """How much rather another is hidden."""
        if self.counted is None:
            return PART
        if self.counted.is_whole:
            return WHOLE
        if self.counted.among:
            return SUM
        return TOLD_BEFORE if self.is_told_same else PART


@dataclass(slots=True)
class Ledger:
    """All entries by key, what adds up, and the cells that show several entries at once."""

    entries: dict[Hashable, Entry] = field(default_factory=dict)
    relations: list[tuple[Hashable, tuple[Hashable, ...]]] = field(default_factory=list)
    units: dict[Place, tuple[Hashable, ...]] = field(default_factory=dict)
    # What is known of hidden entries: keys with factors, which come to so much or more.
    limits: list[tuple[tuple[tuple[Hashable, int], ...], int]] = field(default_factory=list)
    # Every key that a span and subject has had, in order of release.
    history: dict[tuple[Span, Counted], list[Hashable]] = field(default_factory=dict)

    def note(self, order: int, span: Span, what: Counted, value: int, *, is_new: bool) -> Hashable:
        """The key of a quantity, noted down where it is not yet. Releases come in order, the one being made last."""
        key: Hashable = (span, what, value)
        same = self.entries.get(key)
        if is_new and same is not None and same.is_told:
            key = (span, what, value, "new")
        entry = self.entries.get(key)
        if entry is None:
            entry = self.entries[key] = Entry(value, span, what, order)
            entry.is_told_same = is_new and same is not None
        entry.order = order
        entry.is_new = entry.is_new or is_new
        known = self.history.setdefault((span, what), [])
        if not known or known[-1] != key:
            known.append(key)
        return key

    def rest(self, key: Hashable, value: int, of: Hashable) -> Hashable:
        """A quantity that is told nowhere; ``of``: the entry it follows from, whose cells stand for it."""
        if key not in self.entries:
            source = self.entries[of]
            self.entries[key] = Entry(value, None, None, source.order, places=source.places)
        return key

    def relate(self, total: Hashable, parts: Iterable[Hashable]) -> None:
        """Say that a total is the sum of parts; said only where the values do add up."""
        self.relations.append((total, tuple(parts)))

    def value(self, key: Hashable) -> int:
        """The true value."""
        return self.entries[key].value

    def system(self) -> System:
        """The abstract question, in the order of noting down."""
        system = System()
        for key, entry in self.entries.items():
            quantity = Quantity(value=entry.value, kind=entry.kind, is_count=entry.is_count, weight=entry.weight)
            system.add(key, quantity)
        for total, parts in self.relations:
            system.relate(total, parts)
        for place, keys in self.units.items():
            system.show(place, keys)
        for terms, least in self.limits:
            system.limit(terms, least)
        return system
