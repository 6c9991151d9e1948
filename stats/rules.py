"""Which version of a figure's counting rule is in force in which month. Pure.

Where the ledger says nothing of a month, version 1 is in force. Where it names two versions, that month is of the
change-over: both are counted and both can be told, so that years on either side can be compared. Months of two
versions are never added up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from stats.periods import Month

FIRST = 1
# A later version of a figure, in the rollup and in tables: 'urls_assessed@2'.
AT = "@"


def version_key(figure: str, version: int) -> str:
    """What the rollup calls a version of a figure."""
    return figure if version == FIRST else f"{figure}{AT}{version}"


def figure_of(key: str) -> tuple[str, int]:
    """The figure and the version that such a key names."""
    figure, _at, version = key.partition(AT)
    return figure, int(version) if version else FIRST


@dataclass(frozen=True, slots=True)
class InForce:
    """A version is in force from one month to another, both included; ``last`` None is 'until further notice'."""

    version: int
    first: Month
    last: Month | None

    def holds(self, month: Month) -> bool:
        """Whether it is in force in a month."""
        return self.first <= month and (self.last is None or month <= self.last)


@dataclass(frozen=True, slots=True)
class Rules:
    """The ledger of counting rules: for each figure that has any entry, its entries."""

    entries: Mapping[str, Sequence[InForce]] = field(default_factory=dict)

    def versions(self, figure: str, month: Month) -> frozenset[int]:
        """The versions in force in a month: one, or several in a change-over."""
        found = frozenset(entry.version for entry in self.entries.get(figure, ()) if entry.holds(month))
        return found or frozenset({FIRST})

    def versions_of(self, figure: str, months: Sequence[Month]) -> tuple[int, ...]:
        """The versions in force in every one of these months, the newest first; none where they have none in common."""
        common = [self.versions(figure, month) for month in months]
        return tuple(sorted(frozenset.intersection(*common), reverse=True)) if common else (FIRST,)

    def chosen(self, figure: str, months: Sequence[Month]) -> int:
        """The version to tell a period by: the newest in force in all its months, else the one in force in most."""
        if figure not in self.entries or not months:
            return FIRST
        if whole := self.versions_of(figure, months):
            return whole[0]
        everywhere = [version for month in months for version in self.versions(figure, month)]
        return max(set(everywhere), key=lambda version: (everywhere.count(version), version))

    def begins(self, figure: str, version: int, months: Sequence[Month]) -> bool:
        """Whether the series breaks here: the version was not yet in force in the month before the period."""
        return figure in self.entries and version not in self.versions(figure, months[0].shift(-1))


NO_RULES = Rules()
