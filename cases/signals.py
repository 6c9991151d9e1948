"""What the write side tells others and asks of them, without knowing them."""

from django.db import transaction
from django.dispatch import Signal

# Sent after commit when reports, findings or referrals were written. A hint: who misses it finds the marks.
records_changed = Signal()

# Asks which published releases close some ``months``; each receiver gives a list of cases.closed_months.Closing.
# What a receiver raises is raised: where it can not be told whether a month is closed, nothing is written.
closed_by = Signal()


def announce() -> None:
    """Say after this transaction's commit that records changed."""
    transaction.on_commit(lambda: records_changed.send(sender=None), robust=True)
