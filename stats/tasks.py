"""What Celery runs: thin, idempotent, safe at any time and any number of times at once."""

import logging
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from hotline.logs import Own
from stats.counting import rollups, verify
from stats.jobs import queue as jobs
from stats.jobs import runs as job_runs
from stats.releases import audit_checks, chain_checks
from stats.retention import sweeps

logger = logging.getLogger(__name__)


@shared_task(name="stats.tasks.recount_marked")
def recount_marked() -> None:
    """Count again the months that records have changed in. Sent by a tick every few seconds, and by hints."""
    rollups.recount_waiting(now=timezone.now())


@shared_task(name="stats.tasks.verify_counts")
def verify_counts() -> None:
    """Compare every count with the records, every night. A difference is an error in the log: counts and codes only."""
    outcome = verify.verify(now=timezone.now())
    for difference in outcome.differences:
        logger.error("a count differs from the records: %s", Own(difference))
    for month in outcome.unsettled:
        logger.error("a month could not be verified, it kept changing: %s", Own(month))


@shared_task(name="stats.tasks.verify_releases")
def verify_releases() -> None:
    """Check the digest and the place of every release, every night. What is wrong is an error in the log."""
    for finding in chain_checks.check_and_note(now=timezone.now()).findings:
        logger.error("release %s is not as it was frozen: %s", finding.number, finding.fault)


@shared_task(name="stats.tasks.verify_audit")
def verify_audit() -> None:
    """Check the sealed audit log, every night. What is wrong is an error in the log: numbers and codes only."""
    for finding in audit_checks.check_and_note_audit(now=timezone.now()).findings:
        logger.error("audit log: %s, block %s, event %s", finding.fault, finding.block, finding.event)


@shared_task(name="stats.tasks.run_job")
def run_job(*, key: str) -> None:
    """Make what a job asks for. Sent when it is asked for, and again by a tick when nobody works on it."""
    job_runs.run(UUID(key), clock=timezone.now)


@shared_task(name="stats.tasks.resend_jobs")
def resend_jobs() -> None:
    """Find the jobs that nobody works on. Sent by a tick every few seconds."""
    jobs.resend(now=timezone.now())


@shared_task(name="stats.tasks.apply_retention")
def apply_retention() -> None:
    """Remove what is past its time, every night (docs/retention.md)."""
    for sweep, removed in sweeps.run(now=timezone.now()).items():
        logger.info("retention: %s, %s rows removed", sweep, removed)


@shared_task(name="stats.tasks.forget_expired")
def forget_expired() -> None:
    """Remove the files of exports that have expired, every hour."""
    jobs.forget_expired(now=timezone.now())
