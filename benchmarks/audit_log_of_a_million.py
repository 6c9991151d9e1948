"""How long it takes to seal and to verify an audit log of a million events.

    .venv/bin/python -m benchmarks.audit_log_of_a_million [EVENTS]

On servers of its own. Blocks as the product makes them of a backlog (10,000 events each), then the last tenth of the
log again as it makes them by the clock: 20 events a block.
"""

import os
import sys
import time

import tests.servers  # noqa: F401 - servers and settings of a run of its own, before Django is looked at

os.environ.setdefault("LOG_LEVEL", "WARNING")

import django

django.setup()

from django.db import connection, transaction
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone

from cases.actions import sealing
from stats.releases.audit_checks import check_audit

EVENTS = """
INSERT INTO cases_auditevent (at, actor, verb, subject, subject_key, report_id, changes)
SELECT now(), '3f2b8a52-6c44-4d8e-9b0f-0e6a6d5c1a11', 'log', 'report', n::text, n,
  '{"state": [null, "received"], "source": [null, "public"], "url_count": [null, "12"], "received_date": [null, "2026-03-01"]}'
FROM generate_series(1, %s) n
"""


def timed(what: str, work: object) -> object:
    """Do it and say how long it took."""
    begun = time.perf_counter()
    found = work()
    print(f"{time.perf_counter() - begun:8.2f} s  {what}")
    return found


def seal(events: int) -> None:
    """Write events and seal them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EVENTS, [events])
    timed(f"to seal {events} events in blocks of {sealing.BLOCK_EVENTS}", lambda: sealing.seal_waiting(now=timezone.now()))


def main() -> None:
    """Seal, verify, print."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        seal(events * 9 // 10)
        sealing.BLOCK_EVENTS = 20
        seal(events - events * 9 // 10)
        checked = timed("verify_audit", check_audit)
        print(f"{checked.events} events, {checked.blocks} blocks, {checked.faults} faults")
    finally:
        connection.close()
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    main()
