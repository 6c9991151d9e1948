"""What a page says when an edit touches a month whose figures are final."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from cases.actions.closing import ClosedMonthError
from cases.closed_months import TOLD_ALWAYS, CalendarMonth, Closing, Count
from cases.forms import as_sent

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Line:
    """A count, and for each month how much more or less of it there will be, as text."""

    label: "StrOrPromise"
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The releases that close the months, what the edit does to those, and the value that confirms it.

    ``is_inside``: no count of these changes, only what they are broken down into.
    """

    closings: Sequence[Closing]
    months: Sequence[CalendarMonth]
    lines: tuple[Line, ...]
    is_inside: bool
    value: str

    @classmethod
    def of(cls, error: ClosedMonthError) -> "Asked":
        """What is to be said of an edit that was held up."""
        changes = {count: tuple(error.change[month, count] for month in error.months) for count in Count}
        return cls(
            closings=error.closings,
            months=error.months,
            lines=tuple(
                Line(count.label, tuple(map(signed, amounts)))
                for count, amounts in changes.items()
                if count in TOLD_ALWAYS or any(amounts)
            ),
            is_inside=not any(any(amounts) for amounts in changes.values()),
            value=as_sent(error.months),
        )


def signed(amount: int) -> str:
    """How much more, with a plus, or less, with a minus sign; 'no change' for 0."""
    if not amount:
        return _("no change")
    return ("+" if amount > 0 else MINUS) + number_format(abs(amount), force_grouping=True)
