"""An installation on which all is well, and how it is looked at."""

import pytest
from django.db import connection
from django.utils import timezone

from cases.actions.sealing import seal_waiting
from hotline.health import actions
from hotline.health.alarms import Finding, Look, alarms
from hotline.health.facts import queued, stored
from stats import tasks
from tests.stats.records import report


def execute(sql: str, *parameters: object) -> None:
    """Past every trigger, as a superuser can."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("SET session_replication_role = origin")


def wrong(**fields: object) -> list[Finding]:
    """What is wrong now, as seen over the test's own connection."""
    now = fields.pop("now", None) or timezone.now()
    look = {"now": now, "stored": stored(now=now), "queued": queued(), "disk_free": 0.5, "log_settings": 0}
    return alarms(Look(**look | fields))


@pytest.fixture
def well(db) -> None:
    """All is well: installed a month ago, something counted, everything checked just now."""
    execute("UPDATE django_migrations SET applied = now() - interval '30 days'")
    report()
    tasks.recount_marked()
    all_checked()
    assert wrong() == []


def all_checked() -> None:
    """What happens every ten seconds and every night."""
    actions.note_tick(now=timezone.now())
    actions.check_schema(now=timezone.now())
    actions.note_backup(name="hotline-20260310T013000Z", size=1, sha256="0" * 64, now=timezone.now())
    seal_waiting(now=timezone.now())
    tasks.verify_counts()
    tasks.verify_releases()
    tasks.verify_audit()
