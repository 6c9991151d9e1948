"""Whole numbers that add up exactly. Pure, but for the random source that is given."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

Cell = TypeVar("Cell")


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Parts in proportion to the weights that add up to ``total``, by largest remainder."""
    scale = total / sum(weights)
    shares = [weight * scale for weight in weights]
    parts = [int(share) for share in shares]
    most_cut = sorted(range(len(parts)), key=lambda place: parts[place] - shares[place])
    for place in most_cut[: total - sum(parts)]:
        parts[place] += 1
    return parts


def with_share(
    weights: Mapping[str, float], part: Collection[str], whole: Collection[str], share: float
) -> list[float]:
    """The weights in order, changed so that ``part`` has this share of ``whole`` and no other proportion moves."""
    all_of_it, of_part = (sum(weights[code] for code in codes) for codes in (whole, part))
    up, down = share * all_of_it / of_part, (1 - share) * all_of_it / (all_of_it - of_part)
    return [weight * (1 if code not in whole else up if code in part else down) for code, weight in weights.items()]


def counts_adding_up(random: Random, number: int, total: int, weights: Mapping[int, float]) -> list[int]:
    """So many counts of 1 or more, drawn with these weights, then nudged until they add up to ``total``.

    Raises ``ValueError`` when that can not be.
    """
    if not number <= total:
        msg = "more counts than there is to count"
        raise ValueError(msg)
    counts = random.choices(list(weights), list(weights.values()), k=number)
    missing = total - sum(counts)
    while missing:
        step = 1 if missing > 0 else -1
        for place in random.sample(range(number), min(number, abs(missing))):
            if counts[place] + step >= 1:
                counts[place] += step
                missing -= step
    return counts


class Urn(Generic[Cell]):
    """Cells with a quota each, which is drawn to the last one.

    Each draw is random in proportion to the quotas; a draw of several takes them from one cell, and only what that
    cell lacks from another.
    """

    BATCH = 4096

    def __init__(self, random: Random, quotas: Mapping[Cell, int]) -> None:
        self.random = random
        self.left = {cell: quota for cell, quota in quotas.items() if quota}
        self._cells = list(self.left)
        self._bounds = list(accumulate(self.left.values()))
        self._drawn = self._draws()

    def _draws(self) -> Iterator[Cell]:
        while True:
            yield from self.random.choices(self._cells, cum_weights=self._bounds, k=self.BATCH)

    def take(self, number: int) -> list[tuple[Cell, int]]:
        """Cells that together give ``number``: nearly always one."""
        taken = []
        while number:
            cell = next(self._drawn)
            left = self.left.get(cell, 0)
            if not left:
                cell, left = self._fullest()
            part = min(left, number)
            self.left[cell] = left - part
            taken.append((cell, part))
            number -= part
        return taken

    def _fullest(self) -> tuple[Cell, int]:
        return max(self.left.items(), key=lambda item: item[1])
