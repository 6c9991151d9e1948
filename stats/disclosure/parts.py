"""What a cell counts, named so that the same number has the same name in every table. Pure.

``urls_self_generated`` by sex is ``urls_confirmed`` that are self-generated, by sex; of ``urls_confirmed`` the part
with an outcome that counts as confirmed is the same part of ``urls_assessed``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cases.codes import Answer
from stats.declarations import Ages, Scope
from stats.figures import BREAKDOWNS, FIGURES, FROM_6_TO_9, NOT_DETERMINED, SHARES, UNDER_12
from stats.periods import Period

# Tables of organisations, not of people: whoever receives notices answers for what it does with them, and the EU's
# Digital Services Act, Article 22(3), asks for exact numbers by provider. They are told as they are.
OPEN_TABLES = frozenset({"recipient_kind", "recipient", "removal", "dsa_22_3"})
# The figures those tables add up to would give nothing less away.
OPEN_SCOPES = frozenset({Scope.REFERRAL, Scope.SENT})

# What is recorded of the people who are shown. A part of one of these that changed by a few since it was published
# tells of those few; that some reports more came from the police tells of nobody.
PEOPLE = frozenset({"self_generated", "sex", "age_band"})

# A figure that is a part of another, and the answer that makes it so.
_PART_OF: Mapping[str, tuple[str, tuple[str, str]]] = {
    "urls_self_generated": ("urls_confirmed", ("self_generated", Answer.YES.value)),
}
# A figure and one that it holds: what is left between them must not be worked out either. Not so for URLs that are
# not yet assessed: they are work that waits, and say nothing of anybody.
HOLDS = (("urls_assessed", "urls_confirmed"), ("urls_confirmed", "urls_self_generated"))
AGE_AXIS = "age_band"
# The rows of the age groups' table that are sums of bands.
GROUPS: Mapping[str, Ages] = {"under_12": UNDER_12, "from_6_to_9": FROM_6_TO_9, "from_12": Ages(first=12, last=17)}


class Span(NamedTuple):
    """Months from the first up to, and without, the last; numbered as :attr:`stats.periods.Month.number`."""

    first: int
    until: int

    @classmethod
    def of(cls, period: Period) -> "Span":
        """The span of a period."""
        return cls(period.start.number, period.start.number + period.length)

    def holds(self, other: "Span") -> bool:
        """Whether the other lies within."""
        return self.first <= other.first and other.until <= self.until

    def crosses(self, other: "Span") -> bool:
        """Whether they share months and neither holds the other."""
        shared = max(self.first, other.first) < min(self.until, other.until)
        return shared and not self.holds(other) and not other.holds(self)


class Among(StrEnum):
    """Which of an axis's codes a sum is over, beside the groups of :class:`Counted`."""

    DETERMINED = "determined"


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted: a figure where these axes have these codes, or a sum over some codes of an axis.

    ``among``: the axis and the name of the group of its codes that are added up.
    """

    figure: str
    codes: frozenset[tuple[str, str]] = frozenset()
    among: tuple[str, str] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it is a declared figure's total, whatever part of another that is."""
        return self.among is None and self.codes <= {answer for _figure, answer in _PART_OF.values()}


def counted(figure: str, codes: Iterable[tuple[str, str]] = (), among: tuple[str, str] | None = None) -> Counted:
    """The one name of what a figure counts where these axes have these codes."""
    pairs = frozenset(codes)
    if figure in _PART_OF:
        figure, answer = _PART_OF[figure]
        pairs |= {answer}
    if figure == "urls_confirmed" and {axis for axis, _code in pairs} == {"url_outcome"}:
        figure = "urls_assessed"
    return Counted(figure, pairs, among)


def is_open_figure(key: str) -> bool:
    """Whether a figure is one of organisations; a derived one that is no share is, too."""
    if key in FIGURES:
        return FIGURES[key].scope in OPEN_SCOPES
    return key not in SHARES


def years_of(code: str) -> tuple[int, int] | None:
    """The years of an age band's code, such as '6-9'; None for a code that is no band."""
    first, dash, last = code.partition("-")
    if not (dash and first.isdecimal() and last.isdecimal()):
        return None
    return int(first), int(last)


@dataclass(frozen=True, slots=True)
class Group:
    """Some codes of an axis. ``name`` is the same for the same group in a share and in a table."""

    axis: str
    name: str
    part: frozenset[str] | Ages

    def holds(self, code: str) -> bool:
        """Whether a code belongs to it for certain."""
        if isinstance(self.part, Ages):
            years = years_of(code)
            return years is not None and self.part.holds(*years)
        return code in self.part

    def straddles(self, code: str) -> bool:
        """Whether a code may belong to it in part."""
        years = years_of(code)
        return isinstance(self.part, Ages) and years is not None and self.part.straddles(*years)


def group_of_share(key: str) -> Group:
    """The group of codes that a share is of."""
    share = SHARES[key]
    named = {ages: name for name, ages in GROUPS_BY_YEARS.items()}
    years = (share.part.first, share.part.last) if isinstance(share.part, Ages) else None
    return Group(BREAKDOWNS[share.by].axes[0].key, named.get(years, key), share.part)


def is_determined(code: str) -> bool:
    """Whether a code answers its question."""
    return code not in NOT_DETERMINED


GROUPS_BY_YEARS: Mapping[str, tuple[int, int] | None] = {name: (ages.first, ages.last) for name, ages in GROUPS.items()}
