"""Figures as an article tells them: rounded down, never above the exact number. Pure.

"ruim 127.000" and "over 127,000" mean at least: a phrase that is more than the exact integer can not be made here.
"""

from decimal import Decimal
from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _

# From this value on, rounded down to a multiple of that. Below the last, the number itself is said.
_STEPS = ((10_000, 1_000), (1_000, 100), (100, 10))
_HUNDRED = 100


class Rounded(NamedTuple):
    """A round number, and whether the exact one is more."""

    value: int
    is_less: bool


def rounded_down(value: int) -> Rounded:
    """The round number to say for an exact one: at most it, and less than one step below it."""
    step = next((step for least, step in _STEPS if value >= least), 1)
    whole = value - value % step
    return Rounded(whole, whole < value)


def over(value: int) -> str:
    """'over 127,000', or the number itself when it is round or small; in the active language."""
    number, is_less = rounded_down(value)
    said = number_format(number, force_grouping=True)
    return _("over %(number)s") % {"number": said} if is_less else said


def over_percent(value: Decimal) -> str:
    """'over 96 percent', or '96 percent' when it is just that."""
    whole = int(value)
    said = _("%(number)s percent") % {"number": number_format(whole)}
    return _("over %(number)s") % {"number": said} if whole < value else said


def fraction(value: Decimal) -> str:
    """'three quarters' and the like for a percentage that is at least that and not a point more; else ''."""
    names = ((25, _("a quarter")), (50, _("half")), (75, _("three quarters")))
    return next((name for least, name in names if least <= value < least + 1), "")
