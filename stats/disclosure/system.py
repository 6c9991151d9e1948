"""The abstract question: whole numbers that add up, some of which are told. Pure; knows no tables.

An attacker knows every relation, every number that is told, that none is negative, and of a hidden count that it is
not 0 (zeros are told). What he can work out of a number is the interval of its values over all solutions in whole
numbers. A small number (1 to threshold - 1) must keep an interval from 1 or less to threshold or more; any other
hidden count one at least threshold - 1 wide.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto


class Kind(Enum):
    """Who knows a quantity."""

    OURS = auto()  # about to be told; it can still be hidden
    TOLD = auto()  # told earlier; that can not be undone
    HELD = auto()  # hidden earlier
    REST = auto()  # told nowhere, but it may follow by subtraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A true value, a whole number of 0 or more.

    ``is_count``: a number of its own, that is told as 0 where it is 0 and is hidden alone. Else it is known through
    the units that show it (:attr:`System.units`). ``weight``: how much rather another is hidden, 1 for a mere part.
    """

    value: int
    kind: Kind = Kind.OURS
    is_count: bool = True
    weight: int = 1

    @property
    def least(self) -> int:
        """What the attacker knows it to be at least, when it is hidden."""
        return 1 if self.is_count and self.value else 0

    @property
    def can_vary(self) -> bool:
        """Whether it can be unknown at all: a count of 0 is told, and what was told can not be undone."""
        return self.kind is not Kind.TOLD and not (self.is_count and self.value == 0 and self.kind is not Kind.REST)


@dataclass(frozen=True, slots=True)
class Relation:
    """A total and its parts, as places in :attr:`System.quantities`."""

    total: int
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """Known of hidden quantities: places with their factors, which together come to ``least`` or more."""

    terms: tuple[tuple[int, int], ...]
    least: int


@dataclass(slots=True)
class System:
    """Quantities by key in the order they were added, what adds up, and what shows several quantities at once.

    A unit is a cell, such as a percentage, that gives away all of its quantities: it is hidden as soon as one of them
    must be. The order of adding decides between equals, so the same input gives the same answer anywhere.
    """

    quantities: list[Quantity] = field(default_factory=list)
    places: dict[Hashable, int] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    units: dict[Hashable, tuple[int, ...]] = field(default_factory=dict)
    limits: list[Limit] = field(default_factory=list)
    _related: set[tuple[int, tuple[int, ...]]] = field(default_factory=set)

    def add(self, key: Hashable, quantity: Quantity) -> int:
        """Add a quantity and give its place. Raises ``ValueError`` for a negative value or a key that is there."""
        if quantity.value < 0 or key in self.places:
            msg = "a quantity is added once and is not negative"
            raise ValueError(msg)
        self.places[key] = len(self.quantities)
        self.quantities.append(quantity)
        return self.places[key]

    def relate(self, total: Hashable, parts: Iterable[Hashable]) -> bool:
        """Say that a total is the sum of parts. False, and nothing is said, where the values do not add up."""
        return self.relate_places(self.places[total], [self.places[part] for part in parts])

    def relate_places(self, total: int, parts: Sequence[int]) -> bool:
        """The same by place."""
        if self.quantities[total].value != sum(self.quantities[part].value for part in parts):
            return False
        found = (total, tuple(sorted(parts)))
        if list(found[1]) != [total] and found not in self._related:
            self._related.add(found)
            self.relations.append(Relation(*found))
        return True

    def show(self, unit: Hashable, keys: Iterable[Hashable]) -> None:
        """Say that a unit gives away these quantities."""
        self.units[unit] = tuple(self.places[key] for key in keys)

    def limit(self, terms: Iterable[tuple[Hashable, int]], least: int) -> None:
        """Say that keys times factors come to ``least`` or more. Raises ``ValueError`` where in truth they do not."""
        found = Limit(tuple((self.places[key], factor) for key, factor in terms), least)
        if self.slack(found) < 0:
            msg = "a limit is true"
            raise ValueError(msg)
        self.limits.append(found)

    def slack(self, limit: Limit) -> int:
        """How far the truth is from a limit."""
        return sum(self.quantities[place].value * factor for place, factor in limit.terms) - limit.least


def is_small(value: int, threshold: int) -> bool:
    """Whether a count must not be told: 0 may."""
    return 0 < value < threshold
