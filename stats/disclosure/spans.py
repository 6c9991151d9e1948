"""Periods that hold or cross each other: what follows by subtracting one release from another. Pure.

An attacker takes what was told last of each period. A year less its first quarter is the other nine months; eleven
months and the year give the twelfth. Where two periods cross (a calendar year and one from November), the months they
share are a quantity of their own. What was counted at different times need not add up: what is left over is then a
small group that came in later, and no more to be told than any other.
"""

from collections.abc import Hashable, Sequence
from itertools import combinations

from stats.disclosure.ledger import Ledger
from stats.disclosure.parts import Counted, Span
from stats.disclosure.system import is_small

Current = dict[Span, Hashable]
Found = dict[tuple[Span, Counted], Hashable]


def tie(ledger: Ledger, releases: Sequence[Found], threshold: int) -> None:
    """Relate the periods of everything counted; ``releases`` in order, each with what it has."""
    current: dict[Counted, Current] = {}
    for found in releases:
        changed: dict[Counted, Current] = {}
        for (span, what), key in found.items():
            changed.setdefault(what, {})[span] = key
        for what, keys in changed.items():
            known = current.setdefault(what, {})
            if any(known.get(span, key) != key for span, key in keys.items()):
                _Subject(ledger, what, threshold).tie(known)
            known.update(keys)
    for what, keys in current.items():
        _Subject(ledger, what, threshold).tie(keys)


class _Subject:
    """One thing counted, over several periods."""

    def __init__(self, ledger: Ledger, what: Counted, threshold: int) -> None:
        self._ledger = ledger
        self._what = what
        self._threshold = threshold

    def tie(self, known: Current) -> None:
        """Relate these periods to each other."""
        if len(known) < 2:  # noqa: PLR2004 - one period alone has nothing to be related to
            return
        keys = dict(sorted(known.items()))
        for one, other in combinations(list(keys), 2):
            if one.crosses(other):
                self._cross(keys, *sorted((one, other)))
        for outer in list(keys):
            inner = [span for span in keys if span != outer and outer.holds(span)]
            for tiles in dict.fromkeys((tuple(_largest(inner)), tuple(_smallest(inner)))):
                if tiles:
                    self._hold(keys, outer, tiles)

    def _hold(self, keys: Current, outer: Span, tiles: Sequence[Span]) -> None:
        """A period is those within it, and the rest of it."""
        parts = [keys[span] for span in tiles]
        left = self._ledger.value(keys[outer]) - sum(self._ledger.value(part) for part in parts)
        is_whole = sum(span.until - span.first for span in tiles) == outer.until - outer.first
        if is_whole and not left:
            self._ledger.relate(keys[outer], parts)
        elif is_whole:
            self._drift(keys[outer], parts, left)
        elif left >= 0:
            rest = self._ledger.rest(("gap", keys[outer], tuple(parts)), left, keys[outer])
            self._ledger.relate(keys[outer], [*parts, rest])

    def _drift(self, outer: Hashable, parts: Sequence[Hashable], left: int) -> None:
        """Counted at different times: the few that came or went in between are not to be told apart by a part."""
        if self._what.is_whole or self._what.among or not is_small(abs(left), self._threshold):
            return
        drift = self._ledger.rest(("drift", outer, tuple(parts)), abs(left), outer)
        if left > 0:
            self._ledger.relate(outer, [*parts, drift])
            return
        total = self._ledger.rest(("before", outer, tuple(parts)), self._ledger.value(outer) - left, outer)
        self._ledger.relate(total, parts)
        self._ledger.relate(total, [outer, drift])

    def _cross(self, keys: Current, one: Span, other: Span) -> None:
        """Two periods that share months: what they share, and what each has alone, become periods of their own."""
        pieces = (Span(one.first, other.first), Span(other.first, one.until), Span(one.until, other.until))
        before, shared, after = (self._told_within(keys, piece) for piece in pieces)
        first, last = self._ledger.value(keys[one]), self._ledger.value(keys[other])
        least, most = shared, min(first - before, last - after)
        if least > most:
            return  # counted at different times: it does not fit, and nothing follows
        value = self._unremarkable(least, most, first, last)
        if pieces[1] in keys:
            value = self._ledger.value(keys[pieces[1]])
        for piece, worth in zip(pieces, (first - value, value, last - value), strict=True):
            if worth < 0:
                return
            if piece not in keys:
                keys[piece] = self._ledger.rest(("piece", piece, keys[one], keys[other]), worth, keys[one])
        left, middle, right = (keys[piece] for piece in pieces)
        self._ledger.relate(keys[one], [left, middle])
        self._ledger.relate(keys[other], [middle, right])

    def _told_within(self, keys: Current, piece: Span) -> int:
        return sum(self._ledger.value(keys[span]) for span in _smallest([span for span in keys if piece.holds(span)]))

    def _unremarkable(self, least: int, most: int, first: int, last: int) -> int:
        """A possible value of what two periods share: one that makes no piece small, if there is one."""
        for value in (most, least, (least + most) // 2):
            if not any(is_small(piece, self._threshold) for piece in (value, first - value, last - value)):
                return value
        return most


def _largest(spans: Sequence[Span]) -> list[Span]:
    """Periods that do not overlap, from the first month on, each the longest that begins there."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.first, -span.until)):
        if not found or span.first >= found[-1].until:
            found.append(span)
    return found


def _smallest(spans: Sequence[Span]) -> list[Span]:
    """Periods that do not overlap, each the shortest that ends there."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.until, -span.first)):
        if not found or span.first >= found[-1].until:
            found.append(span)
    return found
