"""What is written down of the machinery: ticks, how the check of the schema went, backups."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from hotline.health.models import Backup, Clock, SchemaCheck, Tick
from hotline.metadata_only.database import check_database
from hotline.metadata_only.findings import Finding


def note_tick(*, now: datetime) -> None:
    """Beat sent a tick and a worker took it. An older one that was taken late turns nothing back."""
    Tick.objects.get_or_create(pk=Clock.BEAT, defaults={"at": now})
    Tick.objects.filter(pk=Clock.BEAT, at__lt=now).update(at=now)


def check_schema(*, now: datetime) -> Sequence[Finding]:
    """Hold the database's schema against the list of columns, and note the outcome. What is not as it should be."""
    with connection.cursor() as cursor:
        found = check_database(cursor)
    SchemaCheck.objects.create(finished_at=now, faults=len(found))
    return found


def note_backup(*, size: int, sha256: str, now: datetime) -> Backup:
    """A backup was made. ``size`` in bytes."""
    return Backup.objects.create(made_at=now, size=size, sha256=sha256)
