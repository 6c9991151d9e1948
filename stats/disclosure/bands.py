"""A share of many, told to the whole percentage point where its exact numbers must be hidden. Pure.

The points are the same for every release and every truth: 96.25% is told as 96 to 97, whatever its numbers are. Bounds
drawn around the truth would give it away: who knows how they are drawn, and what the share is over, finds the
middle again. What a band does tell (a share of at least so many, from this point to that) the audit takes to be known.
"""

from collections.abc import Iterator

from stats.disclosure.linear import REACH

POINTS = 100
# A band of a point has to hold more than one proof can reach: of fewer it would only cause more to be hidden.
MANY = POINTS * REACH

# Factors of the numerator and the denominator, and what their sum is at least.
Told = tuple[int, int, int]


def band_of(numerator: int, denominator: int, threshold: int) -> tuple[int, int] | None:
    """The percentage points a share lies between, the upper one excluded unless it is 100; None of few."""
    if denominator < MANY * threshold:
        return None
    lower = min(POINTS * numerator // denominator, POINTS - 1)
    return lower, lower + 1


def told_by(numerator: int, denominator: int, threshold: int) -> Iterator[Told]:
    """What an attacker knows of a share's numbers from how it was told: by a band, or not at all, as one of few."""
    band = band_of(numerator, denominator, threshold)
    if band is None:
        yield 0, -1, 1 - MANY * threshold
        return
    lower, upper = band
    yield 0, 1, MANY * threshold
    yield POINTS, -lower, 0
    yield -POINTS, upper, 0 if upper == POINTS else 1
