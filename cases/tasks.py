"""What Celery runs of the write side: thin, idempotent, safe at any time and any number of times at once."""

from celery import shared_task
from django.utils import timezone

from cases.actions import sealing


@shared_task(name="cases.tasks.seal_audit")
def seal_audit() -> None:
    """Close the audit events that are in no block yet into blocks. Sent by a tick every few seconds."""
    sealing.seal_waiting(now=timezone.now())
