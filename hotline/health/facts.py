"""How things stand: one look at the database, the broker, the disk. Numbers and times, no names."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.models import Count, Max, Min

from cases.seal.form import Head
from cases.seal.state import seal_state
from hotline.health.models import Backup, Clock, SchemaCheck, Tick
from hotline.server_log import wrong_settings
from stats.models import AuditCheck, ChainCheck, DirtyMonth, ExportJob, JobState, Verification

BROKER_SECONDS = 1.0
# A failed export is asked for anew or given up; after a week it is no news.
FAILED_LATELY = timedelta(days=7)


class Verified(StrEnum):
    """What the nightly checks verify."""

    COUNTS = "counts"
    RELEASES = "releases"
    AUDIT = "audit"
    SCHEMA = "schema"


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run of a nightly check. ``wrong_since``: the first of the runs that found faults since a good one."""

    at: datetime
    faults: int
    wrong_since: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Things that wait: how many, and since when the oldest does."""

    number: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the database tells."""

    installed_at: datetime | None
    missing_migrations: int
    marks: Waiting = Waiting()
    unsealed: Waiting = Waiting()
    failed_jobs: Waiting = Waiting()
    unfinished_jobs: int = 0
    head: Head | None = None
    ticked_at: datetime | None = None
    backed_up_at: datetime | None = None
    checks: Mapping[Verified, LastRun] = field(default_factory=dict)


def stored(*, now: datetime) -> Stored:
    """Read it: some ten short queries. Where migrations are missing, tables may be, too: then that alone is told."""
    applied = _applied()
    missing = len(_on_disk() - set(applied))
    installed_at = min(applied.values(), default=None)
    if missing:
        return Stored(installed_at=installed_at, missing_migrations=missing)
    seal = seal_state()
    return Stored(
        installed_at=installed_at,
        missing_migrations=0,
        marks=_waiting(DirtyMonth.objects.all(), "marked_at"),
        unsealed=Waiting(seal.unsealed, seal.oldest_unsealed),
        failed_jobs=_waiting(_failed_lately(now), "finished_at"),
        unfinished_jobs=ExportJob.objects.unfinished().count(),
        head=seal.head,
        ticked_at=Tick.objects.filter(pk=Clock.BEAT).values_list("at", flat=True).first(),
        backed_up_at=Backup.objects.aggregate(at=Max("made_at"))["at"],
        checks=_checks(),
    )


def _applied() -> dict[tuple[str, str], datetime]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name, applied FROM django_migrations")
        return {(app, name): applied for app, name, applied in cursor.fetchall()}


@cache
def _on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def _failed_lately(now: datetime) -> "models.QuerySet[ExportJob]":
    return ExportJob.objects.filter(state=JobState.FAILED, finished_at__gt=now - FAILED_LATELY)


def _waiting(rows: "models.QuerySet[Any]", since: str) -> Waiting:
    found = rows.aggregate(number=Count("pk"), oldest=Min(since))
    return Waiting(found["number"], found["oldest"])


def _checks() -> dict[Verified, LastRun]:
    runs: dict[Verified, tuple[models.QuerySet[Any], str]] = {
        Verified.COUNTS: (Verification.objects.all(), "differences"),
        Verified.RELEASES: (ChainCheck.objects.all(), "faults"),
        Verified.AUDIT: (AuditCheck.objects.all(), "faults"),
        Verified.SCHEMA: (SchemaCheck.objects.all(), "faults"),
    }
    return {what: last for what, (rows, faults) in runs.items() if (last := _last_run(rows, faults))}


def _last_run(rows: "models.QuerySet[Any]", faults: str) -> LastRun | None:
    last = rows.order_by("-pk").values_list("finished_at", faults).first()
    if not last:
        return None
    at, wrong = last
    if not wrong:
        return LastRun(at, 0, None)
    good = rows.filter(**{faults: 0}).aggregate(last=Max("pk"))["last"] or 0
    since = rows.filter(pk__gt=good).order_by("pk").values_list("finished_at", flat=True).first()
    return LastRun(at, wrong, since)


def queued() -> int | None:
    """How many messages wait at the broker; None when it does not answer within a second."""
    broker = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=BROKER_SECONDS, socket_timeout=BROKER_SECONDS
    )
    try:
        return int(broker.llen(settings.CELERY_TASK_DEFAULT_QUEUE))
    except redis.RedisError:
        return None
    finally:
        broker.close()


def free_on_disk() -> float:
    """Which share of the fullest disk is free, 0 to 1: the project's, and the data folder's where there is one."""
    usage = [shutil.disk_usage(path) for path in {Path("/"), settings.BASE_DIR}]
    return min(disk.free / disk.total for disk in usage)


def log_settings_not_ours() -> int:
    """How many of PostgreSQL's settings would let what was typed into its log."""
    with connection.cursor() as cursor:
        return len(wrong_settings(cursor))
