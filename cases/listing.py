"""Which reports stand on a page of the list, found through an index whatever the tab, the filters and the page.

A list is in the order of (received_date, id). Where it is narrowed by a source, an outcome or a state, the planner of
PostgreSQL has to guess: go through the reports by date and pass over what is not wanted (for ever, where none is), or
gather all that is wanted and sort it. Neither is needed here. Each index below is in the list's own order for a fixed
source and state (and outcome); so the first rows of every source and state that are left are read off the index, some
dozens of rows each, and only these are put in order: at most sources x states probes, the same on every page.

Those indexes hold the day as the expression ``received_date + 0``, or ``- 0`` where they begin with the outcome. It is
the same day; but no other index has it, so that no estimate, however wrong, makes the planner read a part by going
through all reports by date, or through all of a source.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from cases.codes import OPEN_STATES, State
from cases.querysets import TRIAGE_STATES, WAITING_STATES, WAITING_STATUSES

Place = tuple[date, int]
_STATES = {"open": TRIAGE_STATES, "waiting": WAITING_STATES}


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A tab of the queue, of a person's own where it is ``mine``, and what it is narrowed to: codes and days."""

    queue: str
    user: int | None = None
    source: str | None = None
    outcome: str | None = None
    state: str | None = None
    received_from: date | None = None
    received_until: date | None = None

    @property
    def states(self) -> list[str]:
        """The states that a report of it can be in."""
        known = _STATES.get(self.queue, tuple(State))
        return [state.value for state in known if self.state in {None, state.value}]

    @property
    def is_by_parts(self) -> bool:
        """Whether it is read source by source and state by state. Not where an index has just these, in order."""
        narrowed = self.source or self.outcome or self.state
        return self.queue == "waiting" or (self.queue != "mine" and bool(narrowed))

    @property
    def day(self) -> str:
        """The day of receipt, as the index that it is read by has it."""
        if not self.is_by_parts:
            return "received_date"
        return "(received_date - 0)" if self.outcome else "(received_date + 0)"


def on_page(listing: Listing, *, ascending: bool, place: Place | None, limit: int) -> RawSQL:
    """A condition: to be among the first reports after a place (None: of all)."""
    inner, parameters = _rows(listing, ascending=ascending, place=place, limit=limit)
    if listing.is_by_parts:
        inner += f" ORDER BY {_order('day', ascending=ascending)} LIMIT {limit}"
    # As an array: of a join the planner would rather read a table of ten thousand from end to end.
    condition = f"cases_report.id = ANY(ARRAY(SELECT id FROM ({inner}) listed))"  # noqa: S608 - our own words
    return RawSQL(condition, parameters, output_field=BooleanField())  # noqa: S611 - the same; values are apart


def count_to(listing: Listing, limit: int) -> int:
    """How many reports it has, counted no further than ``limit``: the cost of a page and not of the list."""
    inner, parameters = _rows(listing, ascending=True, place=None, limit=limit)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT FROM ({inner}) part LIMIT {limit}) listed", parameters)  # noqa: S608 - the same
        (found,) = cursor.fetchone() or (0,)
    return int(found)


def _rows(listing: Listing, *, ascending: bool, place: Place | None, limit: int) -> tuple[str, list[Any]]:
    """The SQL of (received_date, id), cut off at the limit in every part, and its parameters."""
    conditions, parameters = _conditions(listing, ascending=ascending, place=place)
    day = listing.day
    wanted = f"SELECT {day} AS day, id FROM cases_report"  # noqa: S608 - the same
    in_order = f"ORDER BY {_order(day, ascending=ascending)} LIMIT {limit}"
    if not listing.is_by_parts:
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return f"{wanted}{where} {in_order}", parameters
    source = "(SELECT %s::text AS code)" if listing.source else "(SELECT code FROM cases_source)"
    of_part = " AND ".join(["source_id = s.code", "state = t.code", *conditions])
    parts = f"{source} s CROSS JOIN unnest(%s::text[]) t (code)"
    rows = f"{wanted} WHERE {of_part} {in_order}"
    statement = f"SELECT part.day, part.id FROM {parts} CROSS JOIN LATERAL ({rows}) part"  # noqa: S608 - the same
    return statement, [*([listing.source] if listing.source else []), listing.states, *parameters]


def _conditions(listing: Listing, *, ascending: bool, place: Place | None) -> tuple[list[str], list[Any]]:
    """What holds for every row of a list, in the words of its index's own condition."""
    day = listing.day
    found: list[tuple[str, list[Any]]] = []
    if listing.queue == "open" and not listing.is_by_parts:
        found.append((f"state IN ({_listed(TRIAGE_STATES)})", []))
    if listing.queue == "waiting":
        waiting = f"state IN ({_listed(WAITING_STATES)}) AND referral_status IN ({_listed(WAITING_STATUSES)})"
        found.append((waiting, []))
    if listing.queue == "mine":
        found.append((f"state IN ({_listed(OPEN_STATES)}) AND assignee_id = %s", [listing.user]))
        found += [(f"{name} = %s", [value]) for name, value in _own(listing).items() if value]
    elif listing.outcome:
        found.append(("outcome_id = %s", [listing.outcome]))
    if listing.received_from:
        found.append((f"{day} >= %s", [listing.received_from]))
    if listing.received_until:
        found.append((f"{day} <= %s", [listing.received_until]))
    if place:
        found.append((f"({day}, id) {'>' if ascending else '<'} (%s, %s)", [*place]))
    return [condition for condition, _values in found], [value for _condition, values in found for value in values]


def _own(listing: Listing) -> dict[str, str | None]:
    # Of one person's open reports: they are few, and are gone through.
    return {"source_id": listing.source, "outcome_id": listing.outcome, "state": listing.state}


def _listed(codes: tuple[Any, ...]) -> str:
    return ", ".join(f"'{code.value}'" for code in codes)


def _order(day: str, *, ascending: bool) -> str:
    way = "ASC" if ascending else "DESC"
    return f"{day} {way}, id {way}"
