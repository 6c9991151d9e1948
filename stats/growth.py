"""How a figure changed from one period to the next, or why that can not be said. Pure.

Growth is on the old value: INHOPE's 785,322 against 587,852 is +33.6%, not the 25% that dividing by the new one gives.
A share changes in percentage points.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from stats.declarations import Unit
from stats.tables import Cell, rounded

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Refusal(StrEnum):
    """Why no growth is given."""

    NOT_ENDED = "not_ended"
    UNEQUAL_COVERAGE = "unequal_coverage"
    OLD_UNKNOWN = "old_unknown"
    OLD_ZERO = "old_zero"
    NEW_UNKNOWN = "new_unknown"


REASONS: "dict[Refusal, StrOrPromise]" = {
    Refusal.NOT_ENDED: _("No growth: this period has not ended."),
    Refusal.UNEQUAL_COVERAGE: _("No growth: the two periods were not recorded over the same months."),
    Refusal.OLD_UNKNOWN: _("No growth: it is not known for the period before."),
    Refusal.OLD_ZERO: _("No growth: there were none in the period before."),
    Refusal.NEW_UNKNOWN: _("No growth: it is not known for this period."),
}


@dataclass(frozen=True, slots=True)
class Growth:
    """A change to one decimal, in percent or in percentage points; or the reason there is none."""

    change: Decimal | None
    in_points: bool
    refusal: Refusal | None = None

    @property
    def reason(self) -> "StrOrPromise":
        """The refusal in words; '' when there is a change."""
        return REASONS[self.refusal] if self.refusal else ""


def growth(new: Cell, old: Cell, unit: Unit, *, ended: bool) -> Growth:
    """The change from ``old`` to ``new``, two cells of the same figure over periods of equal length."""
    in_points = unit is Unit.PERCENT
    refusal = _refusal(new, old, ended=ended, in_points=in_points)
    if refusal:
        return Growth(None, in_points, refusal)
    change = _exact(new) - _exact(old)
    return Growth(rounded(change * 100 if in_points else change / _exact(old) * 100, 1), in_points)


def _refusal(new: Cell, old: Cell, *, ended: bool, in_points: bool) -> Refusal | None:
    if new.value is None:
        return Refusal.NEW_UNKNOWN
    if old.value is None:
        return Refusal.OLD_UNKNOWN
    if not ended:
        return Refusal.NOT_ENDED
    if not new.coverage.equals(old.coverage):
        return Refusal.UNEQUAL_COVERAGE
    if old.value == 0 and not in_points:
        return Refusal.OLD_ZERO
    return None


def _exact(cell: Cell) -> Fraction:
    """The value before any rounding."""
    if cell.numerator is not None and cell.denominator:
        return Fraction(cell.numerator, cell.denominator)
    return Fraction(cell.value or 0)
