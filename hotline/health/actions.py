"""What is written down of the machinery: ticks, how the check of the schema went, backups."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from cases.actions.audit import Event, record
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


@transaction.atomic
def note_backup(*, name: str, size: int, sha256: str, now: datetime) -> Backup:
    """A backup of that name was made, of so many bytes: a copy of everything has left the database."""
    record(Event(verb="backup_make", subject="backup", subject_key=name), by=None, now=now)
    return Backup.objects.create(made_at=now, size=size, sha256=sha256)


def note_restore(*, name: str, now: datetime) -> None:
    """The database was put back to the backup of that name. By the system: who may do so is at the terminal."""
    record(Event(verb="backup_restore", subject="backup", subject_key=name), by=None, now=now)
