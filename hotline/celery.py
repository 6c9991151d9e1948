"""The Celery app, and the only schedule there is."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, setup_logging, worker_init
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")

app = Celery("hotline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # What is marked is found in the database, so a tick that nobody took in time is worth nothing: it expires, and
    # ticks never pile up behind a worker that was away.
    "recount-marked": {
        "task": "stats.tasks.recount_marked",
        "schedule": settings.RECOUNT_TICK_SECONDS,
        "options": {"expires": settings.RECOUNT_TICK_SECONDS},
    },
    # A job's message is a hint, too: what nobody works on is sent again.
    "resend-jobs": {
        "task": "stats.tasks.resend_jobs",
        "schedule": settings.JOB_TICK_SECONDS,
        "options": {"expires": settings.JOB_TICK_SECONDS},
    },
    # What waits to be sealed is found in the database, too.
    "seal-audit": {
        "task": "cases.tasks.seal_audit",
        "schedule": settings.AUDIT_SEAL_SECONDS,
        "options": {"expires": settings.AUDIT_SEAL_SECONDS},
    },
    # That this one is written down shows that beat and a worker are at work.
    "tick": {"task": "hotline.health.tasks.tick", "schedule": 10.0, "options": {"expires": 60.0}},
    "forget-expired": {"task": "stats.tasks.forget_expired", "schedule": crontab(minute=10)},
    "keep-audit-head": {"task": "cases.tasks.keep_audit_head", "schedule": crontab(minute=50)},
    "make-backup": {"task": "hotline.health.tasks.make_backup", "schedule": crontab(hour=1, minute=30)},
    "check-schema": {"task": "hotline.health.tasks.check_schema", "schedule": crontab(hour=4, minute=30)},
    "verify-audit": {"task": "stats.tasks.verify_audit", "schedule": crontab(hour=4, minute=0)},
    "verify-counts": {"task": "stats.tasks.verify_counts", "schedule": crontab(hour=2, minute=30)},
    "apply-retention": {"task": "stats.tasks.apply_retention", "schedule": crontab(hour=1, minute=15)},
    "verify-releases": {"task": "stats.tasks.verify_releases", "schedule": crontab(hour=3, minute=30)},
}


@setup_logging.connect
def _log_as_settings_say(**_sender: Any) -> None:
    """Celery sets up no logging of its own when somebody listens to this: django.setup() has done it."""


@worker_init.connect
@beat_init.connect
def _look_before_starting(**_sender: Any) -> None:
    from hotline.start import look  # noqa: PLC0415 - models must be loaded first

    look()
