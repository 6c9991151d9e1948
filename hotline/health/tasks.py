"""What Celery runs to watch: thin, idempotent, safe at any time and any number of times at once."""

import logging
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from hotline.backup import making
from hotline.health import actions
from hotline.logs import Own

logger = logging.getLogger(__name__)


@shared_task(name="hotline.health.tasks.tick")
def tick() -> None:
    """Write down that beat sent this and a worker took it."""
    actions.note_tick(now=timezone.now())


@shared_task(name="hotline.health.tasks.check_schema")
def check_schema() -> None:
    """Hold the database's schema against the list of columns, every night. What is wrong is an error in the log."""
    for finding in actions.check_schema(now=timezone.now()):
        logger.error("the database is not as this version makes it: %s", Own(finding))


@shared_task(name="hotline.health.tasks.make_backup")
def make_backup() -> None:
    """Make a backup, every night, where a folder for it is set; then remove those beyond the newest that are kept."""
    if settings.BACKUP_DIR:
        making.make_backup(into=Path(settings.BACKUP_DIR), now=timezone.now())
        making.forget_old(Path(settings.BACKUP_DIR), keep=settings.BACKUPS_KEPT)
