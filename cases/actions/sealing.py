"""Sealing the audit log: events that are in no block yet are closed into one, chained to the block before.

At write time nothing is chained, so that writers never wait for each other. The sealer takes what is committed and
waits, whatever the order of keys: an event whose transaction ends late is in a later block. One sealer works at a time;
another one finds the lock taken and leaves it at that. A sealer that is killed has sealed nothing of its block.
"""

import logging
from datetime import datetime

from django.db import connection, transaction

from cases.models import AuditBlock, AuditRange
from cases.seal.form import ROW, Head, RowsDigest, Sealed, block_digest, spans_of
from hotline.logs import Own

logger = logging.getLogger(__name__)

BLOCK_EVENTS = 10_000
# The advisory lock of the one who seals. Any constant: nothing else locks by it.
LOCK = 0x5345414C

# What waits is a handful, whatever it was when last analyzed: its events are to be looked up by their keys. Left alone,
# the planner may read the whole log for each block.
PLANNING = "SET LOCAL jit = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
# Only what has its event: a key without one is left to wait, and its age tells that an event was removed unsealed.
TAKEN = f"""
WITH chosen AS (
  SELECT u.event_id FROM cases_unsealedevent u JOIN cases_auditevent e ON e.id = u.event_id
  ORDER BY u.event_id LIMIT %(most)s
), taken AS (
  DELETE FROM cases_unsealedevent WHERE event_id IN (SELECT event_id FROM chosen) RETURNING event_id
)
SELECT e.id, {ROW} FROM cases_auditevent e JOIN taken ON taken.event_id = e.id ORDER BY e.id
"""  # noqa: S608 - a constant of our own


def seal_waiting(*, now: datetime) -> Head | None:
    """Seal all that waits, in blocks of bounded size, each in its own transaction; the last block made, if any."""
    last = None
    while head := seal_block(now=now):
        last = head
    return last


@transaction.atomic
def seal_block(*, now: datetime) -> Head | None:
    """Seal up to ``BLOCK_EVENTS`` events into one block; None when nothing waits or somebody else is at it."""
    with connection.cursor() as cursor:
        cursor.execute(PLANNING)
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        # A statement after the lock, so a new snapshot: the block of whoever held it before is seen.
        before = AuditBlock.objects.order_by("-number").first()
        cursor.execute(TAKEN, {"most": BLOCK_EVENTS})
        rows = cursor.fetchall()
    return _write(rows, before, now=now) if rows else None


def _write(rows: list[tuple[int, str]], before: AuditBlock | None, *, now: datetime) -> Head:
    content = RowsDigest()
    for _key, row in rows:
        content.add(row)
    sealed = Sealed(
        number=before.number + 1 if before else 1,
        events=len(rows),
        spans=spans_of(key for key, _row in rows),
        rows_digest=content.hexdigest(),
        previous_digest=before.digest if before else "",
        sealed_at=now,
    )
    block = AuditBlock.objects.create(
        number=sealed.number,
        first_event=rows[0][0],
        last_event=rows[-1][0],
        events=sealed.events,
        rows_digest=sealed.rows_digest,
        previous_digest=sealed.previous_digest,
        digest=block_digest(sealed),
        sealed_at=now,
    )
    AuditRange.objects.bulk_create(
        AuditRange(block=block, first_event=first, last_event=last) for first, last in sealed.spans
    )
    head = Head(block.number, block.digest)
    # Outside the database, in the log of the worker: what is rewritten later does not agree with it.
    transaction.on_commit(lambda: logger.info("audit block %s is sealed: %s", head.number, Own(head.digest)))
    return head
