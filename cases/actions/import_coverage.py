"""The coverage ledger after an import: that reports and values were kept is what the file itself shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import connection

from cases.actions import audit
from cases.codes import Dimension
from cases.importing.ledger import Period, Periods, merged, read_ledger, whole_month
from cases.models import CoveragePeriod
from hotline.days import hotline_day

if TYPE_CHECKING:
    from hotline.accounts.models import User


@dataclass(frozen=True, kw_only=True)
class Extension:
    """A stretch of months that an import added to the coverage ledger."""

    dimension: Dimension
    period: Period


def extend_ledger(*, by: "User | None", now: datetime, months: Mapping[Dimension, list[date]]) -> list[Extension]:
    """Make the ledger hold these months, given by their first days, wholly, but for days still to come.

    Adjacent and overlapping periods become one. Each stretch that was not held leaves an audit event. Returns them.
    """
    today = hotline_day(now)
    wanted = {
        dimension: merged(whole_month(month, today=today) for month in firsts) for dimension, firsts in months.items()
    }
    if not _missing(read_ledger(), wanted):
        return []
    with connection.cursor() as cursor:
        # Whoever else changes the ledger waits for our commit; nobody who reads it does.
        cursor.execute("LOCK TABLE cases_coverageperiod IN SHARE ROW EXCLUSIVE MODE")
    ledger = read_ledger()
    missing = _missing(ledger, wanted)
    for dimension in {extension.dimension for extension in missing}:
        _rewrite(dimension, ledger[dimension], merged([*ledger[dimension], *wanted[dimension]]))
    audit.record(*[_event(extension) for extension in missing], by=by, now=now)
    return missing


def _missing(ledger: Periods, wanted: Mapping[Dimension, list[Period]]) -> list[Extension]:
    return [
        Extension(dimension=dimension, period=period)
        for dimension, periods in wanted.items()
        for period in periods
        if not any(held.first <= period.first and period.last <= held.last for held in merged(ledger[dimension]))
    ]


def _rewrite(dimension: Dimension, before: list[Period], after: list[Period]) -> None:
    gone = [period.first for period in before if period not in after]
    CoveragePeriod.objects.filter(dimension=dimension, from_date__in=gone).delete()
    CoveragePeriod.objects.bulk_create(
        CoveragePeriod(dimension=dimension, from_date=period.first, to_date=period.to_date)
        for period in after
        if period not in before
    )


def _event(extension: Extension) -> audit.Event:
    period = extension.period
    return audit.Event(
        verb="coverage_extend",
        subject="coverage",
        subject_key=extension.dimension.value,
        changes=audit.changes_between(
            {}, {"dimension": extension.dimension, "from_date": period.first, "to_date": period.last}
        ),
    )
