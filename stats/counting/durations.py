"""How many days things took, from how many took each number of days. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from stats.declarations import LONGER, LONGEST_DAYS
from stats.tables import rounded

# The open last class by its least number of days.
OPEN_CLASS = LONGEST_DAYS + 1


def days_of(code: str) -> int | None:
    """The number of days a code stands for, the least of the open class; None of one that is no number of days."""
    if code == LONGER:
        return OPEN_CLASS
    return int(code) if code.isascii() and code.isdigit() else None


def within(took: Mapping[int, int], days: int) -> int:
    """How many took at most so many days."""
    return sum(count for duration, count in took.items() if duration <= days)


def median(took: Mapping[int, int], *, open_class: int = OPEN_CLASS) -> Decimal | None:
    """The exact median with one decimal, a half possible; None of nothing.

    ``open_class``: how many days to take the open last class for.
    """
    total = sum(took.values())
    if not total:
        return None
    middle = [_at(took, place) for place in ((total - 1) // 2, total // 2)]
    taken = [open_class if days >= OPEN_CLASS else days for days in middle]
    return rounded(Fraction(sum(taken), 2), 1)


def _at(took: Mapping[int, int], place: int) -> int:
    """The number of days of the one at a place, counted from 0, when all stand in the order of their days."""
    passed = 0
    for days in sorted(took):
        passed += took[days]
        if place < passed:
            return days
    raise IndexError(place)
