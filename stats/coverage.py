"""Full, partly or not recorded, and what follows from it for a figure. Pure.

The ledger says on which days a dimension was recorded (:class:`cases.models.CoveragePeriod`). A figure is covered as
well as the weakest of its dimensions. What was not recorded has no value: it is never 0.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from cases.codes import Dimension
from stats.periods import Month


class Recorded(StrEnum):
    """How much of a month something was recorded."""

    FULL = "full"
    PARTLY = "partly"
    NONE = "none"


class Status(StrEnum):
    """SDMX observation status, as far as this project sets it (CL_OBS_STATUS)."""

    NORMAL = "A"
    PROVISIONAL = "P"
    NOT_COLLECTED = "L"
    BREAK = "B"
    SUPPRESSED = "Q"


_STRENGTH = {Recorded.NONE: 0, Recorded.PARTLY: 1, Recorded.FULL: 2}


def weakest(states: Iterable[Recorded]) -> Recorded:
    """The least of these; full when there are none."""
    return min(states, key=_STRENGTH.__getitem__, default=Recorded.FULL)


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which a dimension was recorded, both ends included; ``last`` None is 'until further notice'."""

    first: date
    last: date | None

    def days_in(self, month: Month) -> int:
        """How many days of the month it holds."""
        until = month.until if self.last is None else min(month.until, self.last + timedelta(days=1))
        return max(0, (until - max(month.first, self.first)).days)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The coverage ledger as known on a day. Spans of one dimension do not overlap: a constraint sees to that."""

    spans: Mapping[Dimension, Sequence[Span]]
    today: date
    # A year's tables ask the same few questions thousands of times.
    _periods: "dict[tuple[tuple[Dimension, ...], tuple[Month, ...]], Coverage]" = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _known: dict[tuple[Dimension, Month], Recorded] = field(default_factory=dict, init=False, repr=False, compare=False)

    def recorded(self, dimension: Dimension, month: Month) -> Recorded:
        """How much of the month this dimension was recorded. A month not yet begun is not recorded for now."""
        key = (dimension, month)
        if key not in self._known:
            self._known[key] = self._work_out(dimension, month)
        return self._known[key]

    def _work_out(self, dimension: Dimension, month: Month) -> Recorded:
        if month.first > self.today:
            return Recorded.NONE
        days = sum(span.days_in(month) for span in self.spans.get(dimension, ()))
        if days >= month.days:
            return Recorded.FULL
        return Recorded.PARTLY if days else Recorded.NONE

    def of_month(self, dimensions: Iterable[Dimension], month: Month) -> Recorded:
        """The weakest of these dimensions in a month."""
        return weakest(self.recorded(dimension, month) for dimension in dimensions)

    def of_period(self, dimensions: Sequence[Dimension], months: Iterable[Month]) -> "Coverage":
        """The weakest of these dimensions, month by month."""
        key = (tuple(dimensions), tuple(months))
        if key not in self._periods:
            self._periods[key] = Coverage(tuple(self.of_month(dimensions, month) for month in key[1]))
        return self._periods[key]

    def has_ended(self, months: Sequence[Month], *, days: int = 0) -> bool:
        """Whether the last of these months is over, and so many days after it."""
        return months[-1].until + timedelta(days=days) <= self.today


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a period is covered, month by month in order."""

    months: tuple[Recorded, ...]

    @property
    def full(self) -> int:
        """How many months are fully recorded."""
        return self.months.count(Recorded.FULL)

    @property
    def partly(self) -> int:
        """How many months are recorded in part."""
        return self.months.count(Recorded.PARTLY)

    @property
    def of(self) -> int:
        """How many months the period has."""
        return len(self.months)

    @property
    def status(self) -> str:
        """'full', 'partial' or 'none'."""
        if self.full == self.of:
            return "full"
        return "partial" if self.full or self.partly else "none"

    @property
    def is_none(self) -> bool:
        """Whether nothing was recorded."""
        return self.status == "none"

    def equals(self, other: "Coverage") -> bool:
        """Whether two periods can be compared: the same months of each were recorded, and none only in part."""
        return self.months == other.months and not self.partly


def observation_status(coverage: Coverage, *, ended: bool, settled: bool) -> Status:
    """The status of a figure so covered; ``settled``: no month of the period waits to be counted again."""
    if coverage.is_none:
        return Status.NOT_COLLECTED
    if not (ended and settled):
        return Status.PROVISIONAL
    return Status.NORMAL if coverage.status == "full" else Status.BREAK
