"""Late entries: what came in after a month was told, and how much of each figure it is.

A month is closed at the first release that covers it, else at its end. A report of it that is entered later is late.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from cases.retired import retired_months
from hotline.days import hotline_day
from stats.counting.recount_sql import late_statement
from stats.counting.rollups import PLANNING
from stats.coverage import Status
from stats.declarations import Unit
from stats.figures import FIGURES, HELD
from stats.models import Release
from stats.periods import Month, months_between
from stats.tables import Cell, Column, Part, Row, Shape, Table

if TYPE_CHECKING:
    from stats.counting.reading import Codes
    from stats.coverage import Ledger

MONTHS_SHOWN = 24
ENTRY_MONTHS = 12
_MICROSECOND = timedelta(microseconds=1)


def late_cells(months: Sequence[Month], *, since: datetime) -> "dict[tuple[str, str, Codes], int]":
    """What the reports entered after a moment contribute to the cells of these months: figure, breakdown, codes.

    The cells of the rollup, by the same SQL, summed over the months; only those that are not 0. A figure by the date
    of sending takes the referrals of such reports.
    """
    found: Counter[tuple[str, str, Codes]] = Counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PLANNING)
        for month in months:
            cursor.execute(late_statement(), {"first": month.first, "until": month.until, "since": since})
            for figure, breakdown, *codes, value in cursor.fetchall():
                axes = len(HELD[breakdown].axes) if breakdown in HELD else 0
                found[figure, breakdown, tuple(codes[:axes])] += value
    return {key: value for key, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class LateMonth:
    """A closed month and the reports that came in after it was closed, void ones out.

    ``release``: the number of the release that closed it, None when its own end did. ``entered``: how many, by the
    month they were entered in; ``earlier``: those entered before the months that are told apart. ``last_entered``
    None: none came.
    """

    month: Month
    closed_at: datetime
    release: int | None
    reports: int
    entered: Mapping[Month, int]
    earlier: int
    last_entered: datetime | None


@dataclass(frozen=True, slots=True)
class LateEntries:
    """Closed months, the last first; ``entry_months``: the months of entry that are told apart, the last first."""

    months: tuple[LateMonth, ...]
    entry_months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class _Closed:
    at: datetime
    release: int | None


def late_entries(*, now: datetime) -> LateEntries:
    """The last 24 months that have ended and every month that was released, with what came in afterwards.

    Without the months whose records were removed: when what was entered is no longer known.
    """
    this = Month.containing(hotline_day(now))
    entry_months = tuple(months_between(this.shift(1 - ENTRY_MONTHS), this))[::-1]
    retired = retired_months()
    closed = {month: entry for month, entry in _closed_months(this).items() if (month.year, month.month) not in retired}
    # In the order of time: every moment at which a month was closed or a month of entry began.
    moments = sorted({*(entry.at + _MICROSECOND for entry in closed.values()), *map(_begin, entry_months)})
    counted = _entered(moments)
    rows = (_late_month(month, entry, moments, counted, entry_months) for month, entry in closed.items())
    return LateEntries(tuple(sorted(rows, key=lambda row: row.month, reverse=True)), entry_months)


def _begin(month: Month) -> datetime:
    """The first moment of a month in the hotline's zone."""
    return datetime.combine(month.first, time.min, tzinfo=ZoneInfo(settings.TIME_ZONE))


def _closed_months(this: Month) -> dict[Month, _Closed]:
    ended = months_between(this.shift(-MONTHS_SHOWN), this.shift(-1))
    # Entered at the very moment at which the next month begins is entered after this one.
    closed = {month: _Closed(_begin(month.shift(1)) - _MICROSECOND, None) for month in ended}
    released: dict[Month, _Closed] = {}
    releases = Release.objects.order_by("number").values_list("number", "first_month", "months", "released_at")
    for number, first, length, released_at in releases:
        start = Month.containing(first)
        for month in months_between(start, start.shift(length - 1)):
            released.setdefault(month, _Closed(released_at, number))
    return closed | released


# One pass, in the index alone. A moment is told by its place among those given: a search among some forty of them,
# where cutting a timestamp to its month in a time zone would cost more than all the rest.
ENTERED = """
SELECT date_trunc('month', received_date)::date, span, sum(reports)::bigint, max(last_entered) FROM (
  SELECT received_date, width_bucket(entered_at, %(moments)s::timestamptz[]) AS span,
    count(*) AS reports, max(entered_at) AS last_entered
  FROM cases_report
  WHERE entered_at >= %(since)s AND state <> 'void'
  GROUP BY 1, 2
) by_day
GROUP BY 1, 2
"""
Entered = Mapping[Month, Sequence[tuple[int, int, datetime]]]


def _entered(moments: Sequence[datetime]) -> Entered:
    """By month of receipt: span of entry (1: from the first moment on), how many reports, when the last of them."""
    found: dict[Month, list[tuple[int, int, datetime]]] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(ENTERED, {"moments": list(moments), "since": moments[0]})
        for first, span, reports, last_entered in cursor.fetchall():
            found.setdefault(Month.containing(first), []).append((span, reports, last_entered))
    return found


def _late_month(
    month: Month, entry: _Closed, moments: Sequence[datetime], counted: Entered, entry_months: Sequence[Month]
) -> LateMonth:
    late = [found for found in counted.get(month, ()) if moments[found[0] - 1] > entry.at]
    entered: Counter[Month] = Counter()
    for span, reports, _last in late:
        entered[Month.containing(hotline_day(moments[span - 1]))] += reports
    return LateMonth(
        month=month,
        closed_at=entry.at,
        release=entry.release,
        reports=entered.total(),
        entered={known: entered[known] for known in entry_months},
        earlier=sum(reports for known, reports in entered.items() if known not in entry_months),
        last_entered=max((last for _span, _reports, last in late), default=None),
    )


def late_entries_table(late: LateEntries, ledger: "Ledger") -> Table:
    """Months down; across, how many reports came late: all, by month of entry, and before those months."""
    unit = Unit.REPORTS
    columns = (
        Column(key="late", label=_("late in all"), unit=unit, part=Part.TOTAL, figure="reports"),
        *(Column(key=str(month), label=str(month), unit=unit, figure="reports") for month in late.entry_months),
        Column(key="earlier", label=_("earlier"), unit=unit, part=Part.OTHER, figure="reports"),
    )
    return Table(
        key="late_entries",
        shape=Shape.MONTHS,
        title=_("Reports that came in after their month was closed"),
        stub=_("month"),
        columns=columns,
        rows=tuple(_late_row(row, ledger) for row in late.months),
    )


def _late_row(row: LateMonth, ledger: "Ledger") -> Row:
    coverage = ledger.of_period(FIGURES["reports"].requires, [row.month])

    def cell(value: int) -> Cell:
        status = Status.NOT_COLLECTED if coverage.is_none else Status.PROVISIONAL
        return Cell(value=None if coverage.is_none else value, status=status, coverage=coverage)

    values = (row.reports, *row.entered.values(), row.earlier)
    return Row(key=str(row.month), label=str(row.month), cells=tuple(cell(value) for value in values))
