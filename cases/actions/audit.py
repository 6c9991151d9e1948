"""Every write leaves an event, in the same transaction as the write."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from cases.models import AuditEvent

if TYPE_CHECKING:
    from hotline.accounts.models import User

# Either side of a change: null, or digits, a date, a code, a reference.
Plain = str | None
Changes = dict[str, list[Plain]]
# Stands for a typed text (a name, a label): that it changed is logged, what it says is not.
CHANGED = "changed"


@dataclass(frozen=True, kw_only=True)
class Event:
    """What was done to one subject. ``verb`` and ``subject`` are codes; ``subject_key`` is its key as text."""

    verb: str
    subject: str
    subject_key: str
    report_id: int | None = None
    changes: Changes = field(default_factory=dict)


def record(*events: Event, by: "User | None", now: datetime) -> None:
    """Write these events as one person's (None: the system's), in one statement."""
    write_all(events, actor=by.reference if by else None, now=now)


def write_all(events: Iterable[Event], *, actor: uuid.UUID | None, now: datetime) -> None:
    """Write events under an actor's reference."""
    AuditEvent.objects.bulk_create(
        AuditEvent(
            at=now,
            actor=actor,
            verb=event.verb,
            subject=event.subject,
            subject_key=event.subject_key,
            report_id=event.report_id,
            changes=event.changes,
        )
        for event in events
    )


def plain(value: Any) -> Plain:
    """A value as the log holds it: null, or its digits, date, code or key as text."""
    if value is None or value == "":
        return None
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """What differs, field by field, as ``[before, after]``; a field missing on one side counts as null there."""
    changes: Changes = {}
    for name in {**before, **after}:
        old, new = plain(before.get(name)), plain(after.get(name))
        if old != new:
            changes[name] = [old, new]
    return changes


def stored_name(model: type[models.Model], name: str) -> str:
    """The attribute under which an instance holds a field as it is stored: a relation's key, not its object."""
    field = model._meta.get_field(name)  # noqa: SLF001 - Django's documented way to ask
    return str(getattr(field, "attname", name))
