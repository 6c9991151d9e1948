"""The proof: for each hidden quantity, solutions in whole numbers that keep it uncertain. Where there are none, that.

Each claim of safety is a pair of solutions that were checked exactly; each is used for every quantity it moves, so
that few have to be sought.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Self

from stats.disclosure.linear import REACH, Move, Mover, Room
from stats.disclosure.state import State
from stats.disclosure.system import Limit


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A quantity that is known too well, and what would mend it: one of these moves, +n up or -n down."""

    place: int
    moves: tuple[int, ...]


@dataclass(slots=True)
class Proof:
    """How far each quantity is known to be able to move, up and down: each entry rests on a checked solution.

    What is proved stays proved while more is hidden: what moved can still move so.
    """

    up: list[int]
    down: list[int]

    @classmethod
    def of(cls, count: int) -> Self:
        """Of nothing yet: the truth itself, which moves nothing."""
        return cls([0] * count, [0] * count)

    def remember(self, places: Sequence[int], move: Move) -> None:
        """Take in a solution."""
        for place, step in zip(places, move, strict=True):
            if step > self.up[place]:
                self.up[place] = step
            elif -step > self.down[place]:
                self.down[place] = -step


@dataclass(slots=True)
class Audit:
    """The audit of one group of unknown quantities tied by relations.

    ``floor``: what zeros alone tell (:func:`stats.disclosure.state.floors`).
    """

    state: State
    floor: Sequence[int]
    places: Sequence[int]
    numbers: Sequence[int]
    proof: Proof
    _movers: dict[bool, Mover] = field(default_factory=dict)
    _local: dict[int, int] = field(default_factory=dict)

    def narrowed(self, given_up: Container[int] = ()) -> Narrowed | None:
        """The first quantity of the group that is known too well, if any; but for those given up."""
        for place in self.places:
            if place not in given_up and self.state.is_guarded(place) and (found := self.of(place)) is not None:
                return found
        return None

    def of(self, place: int) -> Narrowed | None:
        """Whether one quantity of the group is known too well, and what would mend it."""
        value, threshold = self.state.system.quantities[place].value, self.state.threshold
        if not 0 < value < threshold:
            return self._wide(place, threshold - 1)
        low = max(1, self.floor[place])
        if not self._reaches(place, threshold - value, 1):
            return Narrowed(place, (threshold - value,))
        if not self._reaches(place, value - low, -1):
            return Narrowed(place, (low - value,))
        # What zeros tell of a total of several parts is told to an attacker who uses them, and to no other.
        if low > 1 and self._extreme(place, value - 1, -1, plain=True) < value - 1:
            return Narrowed(place, (low - value,) if low < value else ())
        return self._wide(place, threshold - 1)

    def _wide(self, place: int, width: int) -> Narrowed | None:
        up, down = self.proof.up, self.proof.down
        if up[place] + down[place] < width:
            self._extreme(place, width - down[place], 1)
        if up[place] + down[place] < width:
            self._extreme(place, width - up[place], -1)
        if up[place] + down[place] >= width:
            return None
        return Narrowed(place, (width - down[place], up[place] - width))

    def _reaches(self, place: int, amount: int, sign: int) -> bool:
        seen = self.proof.up if sign > 0 else self.proof.down
        return seen[place] >= amount or self._extreme(place, amount, sign) >= amount

    def _extreme(self, place: int, most: int, sign: int, *, plain: bool = False) -> int:
        """How far it goes that way, in whole numbers, at most ``most``."""
        if most <= 0:
            return 0
        if not self._local:
            self._local.update((member, number) for number, member in enumerate(self.places))
        move = self._mover(plain=plain).farthest(self._local[place], sign, most)
        if move is None:
            return 0
        if not plain:
            self.proof.remember(self.places, move)
        return sign * move[self._local[place]]

    def _mover(self, *, plain: bool) -> Mover:
        """``plain``: for an attacker who does not know that a hidden count is not 0."""
        if plain not in self._movers:
            self._movers[plain] = Mover(room_of(self.state, self.places, self.numbers, plain=plain))
        return self._movers[plain]


def room_of(state: State, places: Sequence[int], numbers: Sequence[int], *, plain: bool = False) -> Room:
    """How these quantities can move when all others stand still."""
    local = {place: number for number, place in enumerate(places)}
    quantities = [state.system.quantities[place] for place in places]
    rows = []
    for number in numbers:
        relation = state.system.relations[number]
        row = [(local[relation.total], 1)] if relation.total in local else []
        rows.append([*row, *((local[part], -1) for part in relation.parts if part in local)])
    farthest = REACH * state.threshold
    limits = []
    for limit in binding(state, places):
        terms = [(local[place], factor) for place, factor in limit.terms if place in local and factor]
        limits.append((terms, -state.system.slack(limit)))
    return Room(
        down=[max(-farthest, (0 if plain else found.least) - found.value) for found in quantities],
        up=[farthest] * len(places),
        rows=rows,
        limits=limits,
    )


def binding(state: State, places: Sequence[int]) -> list[Limit]:
    """The limits on these quantities that some move within reach could break."""
    inside, farthest = set(places), REACH * state.threshold
    return [
        limit
        for limit in state.system.limits
        if state.system.slack(limit) < farthest * sum(abs(factor) for place, factor in limit.terms if place in inside)
    ]
