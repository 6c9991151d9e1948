"""Reading several things as they stood at one moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_snapshot(*, read_only: bool = True) -> Iterator[None]:
    """All that is read within is of one moment: counts, marks, ledger and labels belong together.

    With ``read_only`` False what is made of it can be written in the same transaction: it stands or falls as one.

    Why it matters: a report's date is moved from March to April, April is recounted, March not yet. Counts read
    before and marks read after would tell the report twice, and call it settled. A transaction's isolation can not be
    changed once it has begun, so inside a caller's own transaction this does nothing.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            mode = "READ ONLY" if read_only else "READ WRITE"
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ {mode}")
        yield
