"""How a figure changed from one period to the next, or why that can not be said. Pure.

Growth is on the old value: INHOPE's 785,322 against 587,852 is +33.6%, not the 25% that dividing by the new one gives.
A share changes in percentage points. What was not counted alike is not compared: the reason stands where the growth
would have stood.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from stats.coverage import Status
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
    SUPPRESSED = "suppressed"
    OTHER_UNIT = "other_unit"
    OTHER_SOURCE = "other_source"
    OTHER_RULE = "other_rule"
    OTHER_SCHEME = "other_scheme"


REASONS: "dict[Refusal, StrOrPromise]" = {
    Refusal.NOT_ENDED: _("No growth: this period has not ended."),
    Refusal.UNEQUAL_COVERAGE: _("No growth: the two periods were not recorded over the same months."),
    Refusal.OLD_UNKNOWN: _("No growth: it is not known for the period before."),
    Refusal.OLD_ZERO: _("No growth: there were none in the period before."),
    Refusal.NEW_UNKNOWN: _("No growth: it is not known for this period."),
    Refusal.SUPPRESSED: _("No growth: one of the two figures is suppressed."),
    Refusal.OTHER_UNIT: _("No growth: the two figures have different units."),
    Refusal.OTHER_SOURCE: _("No growth: the two figures come from different sources."),
    Refusal.OTHER_RULE: _("No growth: the two periods were counted by different counting rules."),
    Refusal.OTHER_SCHEME: _("No growth: the two periods were recorded in different age schemes."),
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


def growth(new: Cell, old: Cell, unit: Unit, *, ended: bool, old_unit: Unit | None = None) -> Growth:
    """The change from ``old`` to ``new``, two cells of the same figure over periods of equal length.

    ``unit`` is that of both, unless ``old_unit`` says otherwise; ``ended``: whether the new period is over.
    """
    in_points = unit is Unit.PERCENT
    refusal = _unlike(new, old, same_unit=old_unit in {None, unit}) or _refusal(new, old, ended=ended)
    if refusal is None and old.value == 0 and not in_points:
        refusal = Refusal.OLD_ZERO
    if refusal:
        return Growth(None, in_points, refusal)
    change = _exact(new) - _exact(old)
    return Growth(rounded(change * 100 if in_points else change / _exact(old) * 100, 1), in_points)


def _unlike(new: Cell, old: Cell, *, same_unit: bool) -> Refusal | None:
    """What makes two cells incomparable, in whatever periods. What is suppressed is not told by its growth, either."""
    found = {
        Refusal.SUPPRESSED: any(cell.is_suppressed or cell.status is Status.SUPPRESSED for cell in (new, old)),
        Refusal.OTHER_UNIT: not same_unit,
        Refusal.NEW_UNKNOWN: new.value is None,
        Refusal.OLD_UNKNOWN: old.value is None,
        Refusal.OTHER_SOURCE: new.source != old.source,
        Refusal.OTHER_RULE: new.rule != old.rule,
        Refusal.OTHER_SCHEME: new.scheme != old.scheme,
    }
    return next((refusal for refusal, holds in found.items() if holds), None)


def _refusal(new: Cell, old: Cell, *, ended: bool) -> Refusal | None:
    """What is wrong with the periods."""
    if not ended:
        return Refusal.NOT_ENDED
    return None if new.coverage.equals(old.coverage) else Refusal.UNEQUAL_COVERAGE


def _exact(cell: Cell) -> Fraction:
    """The value before any rounding."""
    if cell.numerator is not None and cell.denominator:
        return Fraction(cell.numerator, cell.denominator)
    return Fraction(cell.value or 0)
