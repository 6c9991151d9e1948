"""The coverage ledger as an import sees it: which days are held, and how months are added. Pure, but for ``read``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cases.codes import FINDING_DIMENSIONS, Dimension
from cases.importing.cells import BIT
from cases.models import CoveragePeriod

DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Period:
    """Days from ``first`` to ``last`` inclusive; ``date.max`` is 'until further notice'."""

    first: date
    last: date

    @property
    def to_date(self) -> date | None:
        """As the ledger writes its end."""
        return None if self.last == date.max else self.last


Periods = dict[Dimension, list[Period]]


def read_ledger() -> Periods:
    """The ledger as it is now."""
    periods: Periods = {dimension: [] for dimension in Dimension}
    for dimension, first, last in CoveragePeriod.objects.values_list("dimension", "from_date", "to_date"):
        periods[Dimension(dimension)].append(Period(first, last or date.max))
    return periods


def unheld_bits(periods: Periods, day: date) -> int:
    """The bits of the finding dimensions that are not held on that day."""
    return sum(
        BIT[dimension]
        for dimension in FINDING_DIMENSIONS
        if not any(period.first <= day <= period.last for period in periods[dimension])
    )


def whole_month(month: date, *, today: date) -> Period:
    """The month that begins on that day, as far as it has come."""
    following = (month + 31 * DAY).replace(day=1)
    return Period(month, min(following - DAY, today))


def merged(periods: Iterable[Period]) -> list[Period]:
    """The same days in as few periods as there can be, in order."""
    found: list[Period] = []
    for period in sorted(periods):
        before = found[-1] if found else None
        # The comparison is this way round because there is no day after date.max.
        if before and period.first - DAY <= before.last:
            found[-1] = Period(before.first, max(before.last, period.last))
        else:
            found.append(period)
    return found
