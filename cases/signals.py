"""What the write side tells others, without knowing them."""

from django.db import transaction
from django.dispatch import Signal

# Sent after commit when reports, findings or referrals were written. A hint: who misses it finds the marks.
records_changed = Signal()


def announce() -> None:
    """Say after this transaction's commit that records changed."""
    transaction.on_commit(lambda: records_changed.send(sender=None), robust=True)
