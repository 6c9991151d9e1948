"""Reads of the audit log: newest first, by keyset. No OFFSET, no COUNT: the log only grows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from cases.models import AuditEvent

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What of the log someone wants to read; None is everything. ``by_system`` leaves out what people did."""

    since: datetime | None = None
    until: datetime | None = None
    verb: str | None = None
    actor: UUID | None = None
    by_system: bool = False
    report_id: int | None = None


@dataclass(frozen=True)
class LogPage:
    """A page of the log, newest first, and the keys its neighbours begin from (None: there is none)."""

    events: list[AuditEvent]
    newer: int | None
    older: int | None


def page_of_log(wanted: Wanted, *, older_than: int | None = None, newer_than: int | None = None) -> LogPage:
    """The page on the older side of one event, or on the newer side of one, or the newest page.

    A key that no event has gives the newest page.
    """
    events = _wanted(wanted)
    key = older_than or newer_than
    place = AuditEvent.objects.filter(pk=key).first() if key else None
    backwards = place is not None and older_than is None
    if place and backwards:
        events = events.filter(Q(at__gt=place.at) | Q(at=place.at, pk__gt=place.pk), at__gte=place.at)
        events = events.order_by("at", "pk")
    elif place:
        # Here and above, the last condition alone lets the index find where to begin.
        events = events.filter(Q(at__lt=place.at) | Q(at=place.at, pk__lt=place.pk), at__lte=place.at)
    found = list(events[: PAGE_SIZE + 1])
    rows, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    if backwards:
        rows.reverse()
    has_newer, has_older = (more, True) if backwards else (place is not None, more)
    return LogPage(
        events=rows,
        newer=rows[0].pk if rows and has_newer else None,
        older=rows[-1].pk if rows and has_older else None,
    )


def _wanted(wanted: Wanted) -> QuerySet[AuditEvent]:
    events = AuditEvent.objects.order_by("-at", "-pk")
    if wanted.since:
        events = events.filter(at__gte=wanted.since)
    if wanted.until:
        events = events.filter(at__lt=wanted.until)
    if wanted.verb:
        events = events.filter(verb=wanted.verb)
    if wanted.by_system:
        events = events.filter(actor__isnull=True)
    elif wanted.actor:
        events = events.filter(actor=wanted.actor)
    if wanted.report_id is not None:
        events = events.filter(report_id=wanted.report_id)
    return events
