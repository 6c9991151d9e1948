"""What to hide next, so that a quantity can move: the cheapest way through all that could still be hidden.

A linear program over the whole group of tied quantities: those hidden already move for nothing, each other for a
price that is higher for totals and for larger numbers. What has to move is what has to be hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from stats.disclosure.audit import Narrowed, room_of
from stats.disclosure.linear import TOLERANCE, Chooser
from stats.disclosure.state import State
from stats.disclosure.system import Kind

_FREE = 1
_STEP = 64
# Tells equals apart, so that there is one cheapest way and it is the same on every machine.
_SPREAD = 61


@dataclass(slots=True)
class Group:
    """Quantities that could be unknown together."""

    state: State
    places: Sequence[int]
    numbers: Sequence[int]
    is_ours: bool
    _chooser: Chooser | None = None
    _priced: set[int] = field(default_factory=set)

    def ways(self, narrowed: Narrowed) -> list[int] | None:
        """What else to hide, for the cheapest of the moves that would mend it; None where none of them is
        possible.
        """
        if not narrowed.moves:
            return []
        local = self.places.index(narrowed.place)
        chooser = self._ready()
        found = []
        for amount in narrowed.moves:
            move = chooser.cheapest(local, 1 if amount > 0 else -1, abs(amount))
            if move is not None:
                moved = [place for place, step in zip(self.places, move, strict=True) if abs(step) > TOLERANCE]
                found.append([place for place in moved if self.state.can_hide(place)])
        return min(found, key=self._cost, default=None)

    def neighbours(self, place: int) -> list[int]:
        """What could still be hidden beside a quantity and all unknown ones of its group, the cheapest first."""
        near: set[int] = set()
        for number in self.numbers:
            relation = self.state.system.relations[number]
            members = (relation.total, *relation.parts)
            if place in members or any(self.state.is_unknown(member) for member in members):
                near.update(member for member in members if self.state.can_hide(member))
        return sorted(near, key=lambda member: (self._price(member), member))

    def _cost(self, places: Sequence[int]) -> int:
        return sum(self._price(place) for place in places)

    def _price(self, place: int) -> int:
        found = self.state.system.quantities[place]
        if self.state.is_unknown(place):
            return _FREE
        return found.weight * (_STEP * (4 + found.value.bit_length()) + place % _SPREAD)

    def _ready(self) -> Chooser:
        if self._chooser is None:
            room = room_of(self.state, self.places, self.numbers)
            self._chooser = Chooser(room, [self._price(place) for place in self.places])
        for local, place in enumerate(self.places):
            if place not in self._priced and self.state.is_unknown(place):
                self._priced.add(place)
                self._chooser.set_price(local, _FREE)
        return self._chooser


def is_ours(state: State, numbers: Sequence[int]) -> bool:
    """Whether nothing that was told earlier ties this group: then hiding all of it is safe."""
    members = {place for number in numbers for place in _members(state, number)}
    return all(state.system.quantities[place].kind is not Kind.TOLD or not state.system.quantities[place].value
               for place in members)  # fmt: skip


def _members(state: State, number: int) -> tuple[int, ...]:
    relation = state.system.relations[number]
    return (relation.total, *relation.parts)
