"""Counting months again: whole, idempotent, safe with any number of workers.

What is to be counted follows from the database alone: the marks that triggers left, and months counted under earlier
declarations. A lost message or a killed worker loses nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, DataError, IntegrityError, connection, transaction

from cases.closed_months import CalendarMonth
from cases.retired import hold_open
from stats.counting.recount_sql import definitions, recount_statement
from stats.models import CountedMonth, DirtyMonth
from stats.periods import Month

# The first half of the advisory lock's key; the second is the month's number. Any constant: nothing else locks by it.
LOCK = 0x4D4F4E54
MONTHS_PER_RUN = 24
# Stands for the declarations of a month whose records were removed: it is not counted again under any.
KEPT = "0" * 16
# Compiling a statement of 0.1 s takes longer than running it. And a month's findings are to be looked up by its
# reports: left alone, the planner reads all the findings there are, which takes longer every year.
PLANNING = "SET LOCAL jit = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"


@dataclass(frozen=True, slots=True)
class Recount:
    """What a recount of a month did: how many cells it has, how many were written and removed, marks done with."""

    month: Month
    cells: int
    written: int
    removed: int
    marks: int


@transaction.atomic
def recompute_month(month: Month, *, now: datetime) -> Recount:
    """Count a month from its records, write what differs, and be done with its marks. Waits for another worker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, month.number])
    return _recompute_locked(month, now=now)


@transaction.atomic
def recompute_if_free(month: Month, *, now: datetime) -> Recount | None:
    """Count a month as :func:`recompute_month` does; None, at once, when another worker is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, month.number])
        (free,) = cursor.fetchone() or (False,)
    return _recompute_locked(month, now=now) if free else None


def _recompute_locked(month: Month, *, now: datetime) -> Recount:
    """The order is what makes it safe (READ COMMITTED: each statement sees what was committed before it).

    Marks first, then the count: what left a mark that is seen here is seen by the count. What commits later keeps its
    mark, which is not among those deleted, and is counted next time.
    """
    if not hold_open(CalendarMonth(month.year, month.month)):
        # What was counted stays: the records are gone. No write leaves a mark there; one left before goes.
        gone, _by_model = DirtyMonth.objects.filter(month=month.first).delete()
        return Recount(month, 0, 0, 0, gone)
    marks = list(DirtyMonth.objects.filter(month=month.first).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(PLANNING)
        cursor.execute(recount_statement(), {"first": month.first, "until": month.until})
        cells, written, removed = cursor.fetchone() or (0, 0, 0)
    CountedMonth.objects.bulk_create(
        [CountedMonth(month=month.first, counted_at=now, definitions=definitions())],
        update_conflicts=True,
        unique_fields=["month"],
        update_fields=["counted_at", "definitions"],
    )
    DirtyMonth.objects.filter(pk__in=marks).delete()
    return Recount(month, cells, written, removed, len(marks))


WAITING = """
SELECT month FROM (
  SELECT month, min(marked_at) AS since FROM stats_dirtymonth GROUP BY month
  UNION ALL
  SELECT month, 'infinity' FROM stats_countedmonth WHERE definitions NOT IN (%(definitions)s, %(kept)s)
) waiting
WHERE %(all)s OR month = ANY(%(months)s)
GROUP BY month ORDER BY min(since), month
"""


def waiting_months(among: Iterable[Month] | None = None) -> list[Month]:
    """The months to be counted again, the oldest mark first; last those counted under earlier declarations."""
    wanted = [month.first for month in among or ()]
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"definitions": definitions(), "kept": KEPT, "all": among is None, "months": wanted})
        return [Month.containing(first) for (first,) in cursor.fetchall()]


def recount_waiting(*, now: datetime, most: int = MONTHS_PER_RUN) -> list[Recount]:
    """Count again at most so many of the waiting months, passing over those another worker is at.

    Each in a transaction of its own, so that a page sees the first before the last is done. A month that the database
    refuses holds up no other one: it keeps its marks, and the first such error is raised when the others are done.
    """
    done: list[Recount | None] = []
    refused: DatabaseError | None = None
    for month in waiting_months()[:most]:
        try:
            done.append(recompute_if_free(month, now=now))
        except (IntegrityError, DataError) as error:
            refused = refused or error
    if refused:
        raise refused
    return [recount for recount in done if recount]


def settle(months: Iterable[Month], *, now: datetime) -> list[Recount]:
    """Count again those of these months that wait, however many, waiting for workers that are at them."""
    return [recompute_month(month, now=now) for month in sorted(waiting_months(months))]
