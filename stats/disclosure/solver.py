"""Which quantities to hide, so that no hidden one can be worked out too well."""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from stats.disclosure.audit import Audit, Narrowed, Proof, binding
from stats.disclosure.state import State, components, floors, follows
from stats.disclosure.system import Kind, System, is_small
from stats.disclosure.widen import Group, is_ours


@dataclass(frozen=True, slots=True)
class Solution:
    """What to hide, and what stays known too well all the same because earlier publications tell it."""

    hidden: frozenset[Hashable]
    hidden_units: frozenset[Hashable]
    exposed: tuple[Hashable, ...]


def solve(
    system: System,
    threshold: int,
    sticky: frozenset[Hashable] = frozenset(),
    free: frozenset[Hashable] = frozenset(),
) -> Solution:
    """Hide every small number of ours and whatever else it takes, as little and as small as can be found.

    ``sticky``, quantities and units, is hidden to begin with; of what is ``free`` it does not matter how well it is
    known. Ends always: each round hides more or gives a quantity up, and a quantity is
    given up only where something told earlier ties it.
    """
    return _Solver(State(system, threshold, free=frozenset(system.places[key] for key in free))).run(sticky)


@dataclass(slots=True)
class _Solver:
    state: State
    exposed: dict[int, None] = field(default_factory=dict)
    _floors: list[int] = field(default_factory=list)
    _proof: Proof = field(default_factory=lambda: Proof([], []))
    _groups: dict[int, Group] = field(default_factory=dict)
    _safe: set[tuple[int, ...]] = field(default_factory=set)

    def run(self, sticky: frozenset[Hashable]) -> Solution:
        system = self.state.system
        self._take_as_told()
        self._hide_first(sticky)
        self._floors = floors(system, self.state.threshold)
        self._proof = Proof.of(len(system.quantities))
        for places, numbers in components([p for p, q in enumerate(system.quantities) if q.can_vary], system):
            group = Group(self.state, places, numbers, is_ours(self.state, numbers))
            self._groups.update(dict.fromkeys(places, group))
        while self._round():
            pass
        keys = list(system.places)
        return Solution(
            hidden=frozenset(keys[place] for place in self.state.hidden),
            hidden_units=frozenset(self.state.hidden_units),
            exposed=tuple(keys[place] for place in sorted(self.exposed)),
        )

    def _take_as_told(self) -> None:
        """What follows from earlier publications alone is told already, and hiding it would hide nothing.

        But for what is small: that is not said again, and is reported.
        """
        system = self.state.system
        for place in follows(system):
            found = system.quantities[place]
            if found.kind is Kind.OURS and not is_small(found.value, self.state.threshold):
                system.quantities[place] = replace(found, kind=Kind.TOLD)

    def _hide_first(self, sticky: frozenset[Hashable]) -> None:
        """Small numbers, and what stays hidden because it was."""
        self.state.hidden_units.update(unit for unit in self.state.system.units if unit in sticky)
        for place, (key, found) in enumerate(zip(self.state.system.places, self.state.system.quantities, strict=True)):
            if found.kind is Kind.OURS and (key in sticky or is_small(found.value, self.state.threshold)):
                self.state.hide(place)

    def _round(self) -> bool:
        """Audit what changed, and hide more where it does not hold. Whether anything was done."""
        mended: set[int] = set()
        for places, numbers in list(components(self.state.unknown(), self.state.system)):
            # What was hidden in this group a moment ago has changed what is unknown: these are not its components now.
            if places in self._safe or id(self._groups[places[0]]) in mended:
                continue
            found = self._audit(places, numbers)
            if found is None:
                self._safe.add(places)
            else:
                self._mend(found)
                mended.add(id(self._groups[places[0]]))
        return bool(mended)

    def _audit(self, places: tuple[int, ...], numbers: tuple[int, ...]) -> Narrowed | None:
        group = self._groups[places[0]]
        if group.is_ours and places == group.places and not binding(self.state, places):
            return None  # nothing of it is told but zeros
        return Audit(self.state, self._floors, places, numbers, self._proof).narrowed(self.exposed)

    def _mend(self, narrowed: Narrowed) -> None:
        group = self._groups[narrowed.place]
        ways = group.ways(narrowed)
        if ways is None and group.is_ours:
            ways = [place for place in group.places if self.state.can_hide(place)]
        if ways is None and self._is_hopeless(narrowed.place, group):
            self.exposed[narrowed.place] = None
            return
        hidden = [self.state.hide(place) for place in ways or group.neighbours(narrowed.place)[:1]]
        if not any(hidden):
            self.exposed[narrowed.place] = None

    def _is_hopeless(self, place: int, group: Group) -> bool:
        """Whether hiding all there is would not help: earlier publications tell too much."""
        everything = Audit(self.state, self._floors, group.places, group.numbers, Proof.of(len(self._proof.up)))
        return everything.of(place) is not None
