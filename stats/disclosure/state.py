"""What is hidden so far, and so what an attacker does not know."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field

from stats.disclosure.system import Kind, System, is_small


@dataclass(slots=True)
class State:
    """A system with a choice of what to hide; only ever more is hidden."""

    system: System
    threshold: int
    free: frozenset[int] = frozenset()
    hidden: set[int] = field(default_factory=set)
    hidden_units: set[Hashable] = field(default_factory=set)
    _showing: dict[int, list[Hashable]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for unit, places in self.system.units.items():
            for place in places:
                self._showing.setdefault(place, []).append(unit)

    def hide(self, place: int) -> bool:
        """Hide a quantity of ours, and every unit that gives it away. Whether anything was not hidden before."""
        before = len(self.hidden) + len(self.hidden_units)
        self.hidden_units.update(self._showing.get(place, ()))
        if self.system.quantities[place].is_count:
            self.hidden.add(place)
        return len(self.hidden) + len(self.hidden_units) > before

    def can_hide(self, place: int) -> bool:
        """Whether a quantity is ours and still told."""
        found = self.system.quantities[place]
        return found.kind is Kind.OURS and found.can_vary and not self.is_unknown(place)

    def is_unknown(self, place: int) -> bool:
        """Whether nothing tells it outright."""
        found = self.system.quantities[place]
        if not found.can_vary:
            return False
        if found.kind is not Kind.OURS:
            return True
        if found.is_count:
            return place in self.hidden
        return all(unit in self.hidden_units for unit in self._showing.get(place, ()))

    def is_guarded(self, place: int) -> bool:
        """Whether an unknown quantity must stay uncertain: a hidden count, or anything small."""
        found = self.system.quantities[place]
        if place in self.free:
            return False
        return is_small(found.value, self.threshold) or (found.is_count and found.kind is not Kind.REST)

    def unknown(self) -> list[int]:
        """All that is unknown, in order."""
        return [place for place in range(len(self.system.quantities)) if self.is_unknown(place)]


def components(places: Sequence[int], system: System) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """These quantities in groups that share relations, each with the numbers of those relations. In order."""
    inside = set(places)
    relations_of: dict[int, list[int]] = {place: [] for place in places}
    members: list[list[int]] = []
    for number, relation in enumerate(system.relations):
        members.append([place for place in (relation.total, *relation.parts) if place in inside])
        for place in members[-1]:
            relations_of[place].append(number)
    seen: set[int] = set()
    for start in places:
        if start in seen:
            continue
        group, numbers, todo = {start}, set(), [start]
        while todo:
            for number in relations_of[todo.pop()]:
                if number not in numbers:
                    numbers.add(number)
                    fresh = [place for place in members[number] if place not in group]
                    group.update(fresh)
                    todo += fresh
        seen |= group
        yield tuple(sorted(group)), tuple(sorted(numbers))


def floors(system: System, threshold: int) -> list[int]:
    """What published zeros alone tell of each quantity: a total of two parts that are not 0 is 2 or more.

    It holds even when all else is hidden, so no hiding can do better. At most ``threshold``; never more than what
    follows.
    """
    found = [quantity.least for quantity in system.quantities]
    alive = [[part for part in relation.parts if system.quantities[part].can_vary or system.quantities[part].value]
             for relation in system.relations]  # fmt: skip
    changed = True
    while changed:
        changed = False
        for relation, parts in zip(system.relations, alive, strict=True):
            together = min(threshold, sum(found[part] for part in parts))
            if found[relation.total] < together:
                found[relation.total], changed = together, True
            if len(parts) == 1 and found[parts[0]] < found[relation.total]:
                found[parts[0]], changed = found[relation.total], True
    return found


def follows(system: System) -> set[int]:
    """What follows by plain subtraction from what was told earlier and from zeros."""
    known = {place for place, found in enumerate(system.quantities) if not found.can_vary}
    told, changed = set(known), True
    while changed:
        changed = False
        for relation in system.relations:
            left = {place for place in (relation.total, *relation.parts) if place not in known}
            if len(left) == 1:
                known |= left
                changed = True
    return known - told
