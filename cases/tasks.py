"""What Celery runs of the write side: thin, idempotent, safe at any time and any number of times at once."""

from celery import shared_task
from django.utils import timezone

from cases.actions import sealing
from cases.seal.heads import head_file, keep
from cases.seal.state import sealed_head


@shared_task(name="cases.tasks.seal_audit")
def seal_audit() -> None:
    """Close the audit events that are in no block yet into blocks. Sent by a tick every few seconds."""
    sealing.seal_waiting(now=timezone.now())


@shared_task(name="cases.tasks.keep_audit_head")
def keep_audit_head() -> None:
    """Note the newest block of the audit log outside the database, every hour: in the file of heads."""
    file, head = head_file(), sealed_head()
    if file and head:
        keep(head, file, now=timezone.now())
