"""What a declaration is: a figure, a share or a breakdown, with its passport. :mod:`stats.figures` has them all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from cases.codes import Dimension

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TOTAL = "total"
# A number of days is a code of its own up to this one. What took longer is in one last class, so that the rollup has
# at most so many rows; a median in that class is told as bounds.
LONGEST_DAYS = 365
LONGER = f"{LONGEST_DAYS + 1}+"


class Scope(StrEnum):
    """What is gone through to count: the rows that a figure is a sum over, and by which date they fall in a month.

    Reports, findings and referrals fall in the month their report was received in; what was ``sent``, referrals too,
    in the month it was sent in, whenever its report came.
    """

    REPORT = "report"
    FINDING = "finding"
    REFERRAL = "referral"
    SENT = "sent"


class Unit(StrEnum):
    """What a value is a number of, as exports name it. Figures of different units are never added or compared."""

    REPORTS = "reports"
    URLS = "URLs"
    NOTICES = "notices"
    DAYS = "days"
    PERCENT = "%"


UNIT_LABELS: Mapping[Unit, "StrOrPromise"] = {
    Unit.REPORTS: _("reports"),
    Unit.URLS: _("URLs"),
    Unit.NOTICES: _("notices"),
    Unit.DAYS: _("days"),
    Unit.PERCENT: _("percent"),
}


@dataclass(frozen=True, kw_only=True)
class Passport:
    """What a reader must know of a figure to use it. ``denominator`` is '' for a plain count.

    ``firm_after``: for so many days after its end a period's value is provisional, since what it waits for may still
    come.
    """

    key: str
    label: "StrOrPromise"
    unit: Unit
    numerator: "StrOrPromise"
    denominator: "StrOrPromise" = ""
    rule: "StrOrPromise"
    requires: tuple[Dimension, ...]
    firm_after: int = 0


@dataclass(frozen=True, kw_only=True)
class Version:
    """A later version of a figure's counting rule: from 2 on, the declaration itself being version 1."""

    number: int
    rule: "StrOrPromise"
    sql: str


@dataclass(frozen=True, kw_only=True)
class Figure(Passport):
    """A figure that adds up, over months and over the parts of a breakdown: what the rollup holds.

    The rollup counts every version of its counting rule; which is in force the ledger says (:mod:`stats.rules`).
    """

    scope: Scope
    sql: str
    versions: tuple[Version, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ages:
    """A group of whole years, both ends included. A band belongs to it, does not, or straddles its edge."""

    first: int
    last: int

    def holds(self, first: int, last: int) -> bool:
        """Whether a band lies wholly within."""
        return self.first <= first and last <= self.last

    def straddles(self, first: int, last: int) -> bool:
        """Whether a band lies partly within, so that how much of it belongs can not be known."""
        return not self.holds(first, last) and first <= self.last and last >= self.first


@dataclass(frozen=True, kw_only=True)
class Share(Passport):
    """A percentage worked out at reading: some parts of a figure's breakdown over all its determined parts.

    ``of`` and ``by`` name the figure and the breakdown; ``part`` is a set of codes, or a group of ages.
    """

    of: str
    by: str
    part: frozenset[str] | Ages


@dataclass(frozen=True, kw_only=True)
class Cumulative(Passport):
    """How much of a figure took at most so many days, worked out at reading.

    ``of`` and ``by`` name the figure and a breakdown of it whose last axis is a number of days.
    """

    of: str
    by: str
    days: int


@dataclass(frozen=True, kw_only=True)
class Median(Passport):
    """The median number of days that a figure took, worked out at reading. ``of`` and ``by`` as in a Cumulative."""

    of: str
    by: str


# Worked out at reading, from a figure and a breakdown of it.
Derived = Share | Cumulative | Median


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One coded column to break down by.

    ``codes`` names the list its codes are from (:mod:`stats.counting.code_labels`). Of a ``long`` one only the codes
    that occur are shown, the most frequent first. ``firm_after``: as of a passport, for which part something belongs
    to.
    """

    key: str
    label: "StrOrPromise"
    codes: str
    dimension: Dimension
    sql: str
    missing: "StrOrPromise" = field(default=_("not recorded"))
    long: bool = False
    firm_after: int = 0


@dataclass(frozen=True, kw_only=True)
class Breakdown:
    """A figure in parts that add up to it, by one axis or up to three crossed."""

    key: str
    label: "StrOrPromise"
    figures: tuple[str, ...]
    axes: tuple[Axis, ...]
