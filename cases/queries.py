"""Reads across records, as the pages need them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet

from cases.listing import Listing, count_to, on_page
from cases.models import AuditEvent, Report
from cases.querysets import ReportQuerySet

if TYPE_CHECKING:
    from hotline.accounts.models import User

PAGE_SIZE = 50
# Beyond this a tab says "1,000+": counting on would cost more than the list itself.
COUNT_LIMIT = 1000
# A day and a key, neither longer than the database can hold.
_CURSOR = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})_(?P<key>[0-9]{1,18})\Z")

QUEUES = ("open", "mine", "waiting", "all")
FILTERS = {
    "source": "source",
    "outcome": "outcome",
    "state": "state",
    "received_from": "received_date__gte",
    "received_until": "received_date__lte",
}


def queue(name: str, user: "User") -> ReportQuerySet:
    """The reports of one tab of the queue.

    Raises ``KeyError`` for a name that is not one of ``QUEUES``.
    """
    reports: ReportQuerySet = Report.objects.all()
    return {
        "open": reports.to_triage,
        "mine": lambda: reports.waiting_for(user),
        "waiting": reports.waiting_on_referral,
        "all": reports.all,
    }[name]()


def listed(name: str, user: "User", filters: Mapping[str, Any]) -> Listing:
    """The list of a tab, narrowed by every filter that is set, to be read page by page.

    It holds the same reports as ``filtered(queue(name, user), filters)``. Raises ``KeyError`` for an unknown name.
    """
    if name not in QUEUES:
        raise KeyError(name)
    chosen = {key: value.pk if isinstance(value, Model) else value for key, value in filters.items() if value}
    return Listing(queue=name, user=user.pk, **{key: chosen.get(key) for key in FILTERS})


def capped_count(listing: Listing) -> int:
    """How many there are, counted no further than one beyond the limit."""
    return count_to(listing, COUNT_LIMIT + 1)


@dataclass(frozen=True)
class Page:
    """A page of a list: its rows, and where the pages beside it begin (None: there is none)."""

    rows: list[Report]
    after: str | None
    before: str | None


def _cursor(report: Report) -> str:
    return f"{report.received_date.isoformat()}_{report.pk}"


def parse_cursor(text: str) -> tuple[date, int] | None:
    """The place a cursor names, or None when it names none."""
    found = _CURSOR.match(text)
    try:
        return (date.fromisoformat(found["day"]), int(found["key"])) if found else None
    except ValueError:
        return None


def page_of(listing: Listing, *, after: str = "", before: str = "", newest_first: bool = False) -> Page:
    """One page by keyset: as quick on the thousandth page as on the first.

    ``after`` and ``before`` are cursors of the pages beside; one that can not be read gives the first page.
    """
    place = parse_cursor(after or before)
    backwards = bool(before and not after and place)
    ascending = newest_first == backwards
    found: ReportQuerySet = Report.objects.filter(
        on_page(listing, ascending=ascending, place=place, limit=PAGE_SIZE + 1)
    )
    ordered = found.oldest_first() if ascending else found.newest_first()
    rows = list(ordered.select_related("source", "outcome", "assignee").with_assessed_count())
    more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    if backwards:
        rows.reverse()
    has_after, has_before = (bool(place), more) if backwards else (more, bool(place))
    return Page(
        rows=rows,
        after=_cursor(rows[-1]) if rows and has_after else None,
        before=_cursor(rows[0]) if rows and has_before else None,
    )


def history_of(report: Report) -> QuerySet[AuditEvent]:
    """What was done to a report and its parts, the first first."""
    return AuditEvent.objects.filter(report_id=report.pk).order_by("pk")


def find_by_reference(text: str) -> Report | None:
    """The report that is called so (``2024-0001234``), or None."""
    year, _, key = text.strip().partition("-")
    if not (year.isascii() and year.isdigit() and key.isascii() and key.isdigit() and len(key) <= len("9" * 18)):
        return None
    return Report.objects.filter(pk=int(key), reference_year=int(year)).first()


def filtered(reports: ReportQuerySet, filters: Mapping[str, Any]) -> ReportQuerySet:
    """Only those that meet every filter that is set: source, outcome, state, received_from, received_until."""
    return reports.filter(**{FILTERS[name]: value for name, value in filters.items() if value and name in FILTERS})
