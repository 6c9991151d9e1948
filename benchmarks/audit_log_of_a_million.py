"""How long it takes to seal and to verify an audit log of a million events, and what the seal costs who writes.

``python benchmarks/audit_log_of_a_million.py [--events 1000000]``. Servers of its own in a temporary folder, with the
settings that ship. Nine tenths are sealed as a backlog is, 10,000 events a block; the rest 20 a block, as a busy
hotline's clock does. The cost of writing: the same events, one transaction each, with and without the trigger that
notes what is unsealed.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE_DIR))

from hotline.embedded import provide_environment  # noqa: E402 - the path comes first
from hotline.embedded.environment import leave_all  # noqa: E402

EVENTS = """
INSERT INTO cases_auditevent (at, actor, verb, subject, subject_key, report_id, changes)
SELECT now(), '3f2b8a52-6c44-4d8e-9b0f-0e6a6d5c1a11', 'log', 'report', n::text, n, '{"state": [null, "received"],
  "source": [null, "public"], "url_count": [null, "12"], "received_date": [null, "2026-03-01"]}'
FROM generate_series(1, %s) n
"""
WRITES = 2_000


def main() -> None:
    """Make the servers, measure, end them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    options = parser.parse_args()
    os.environ |= {"DJANGO_SETTINGS_MODULE": "hotline.settings", "HOTLINE_MODE": "local", "LOG_LEVEL": "WARNING"}
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        sessions = provide_environment(Path(folder))
        os.environ["HOTLINE_DATABASE_ROLE"] = "owner"
        try:
            measure(options.events)
        finally:
            leave_all(sessions)


def measure(events: int) -> None:
    """Write, seal, verify; print."""
    import django  # noqa: PLC0415 - settings are made above

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - after setup
    from django.db import connection  # noqa: PLC0415

    from cases.actions import sealing  # noqa: PLC0415
    from stats.releases.audit_checks import check_audit  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        writing(cursor)
        for share, size in ((0.9, sealing.BLOCK_EVENTS), (0.1, 20)):
            cursor.execute(EVENTS, [int(events * share)])
            sealing.BLOCK_EVENTS = size
            sealed(int(events * share), size)
    checked = timed("verify_audit", check_audit)
    print(f"{checked.events} events, {checked.blocks} blocks, {checked.faults} faults")
    connection.close()


def writing(cursor: Any) -> None:
    """What noting the unsealed costs a writer, in turns so that both meet the same machine."""
    took = {"ENABLE": 0.0, "DISABLE": 0.0}
    for _round in range(4):
        for state in took:
            cursor.execute(f"ALTER TABLE cases_auditevent {state} TRIGGER auditevent_unsealed")
            begun = time.perf_counter()
            for _write in range(WRITES // 4):
                cursor.execute(EVENTS, [1])
            took[state] += time.perf_counter() - begun
    cursor.execute("ALTER TABLE cases_auditevent ENABLE TRIGGER auditevent_unsealed")
    # What was written without it is in no block and would be a fault.
    cursor.execute(
        "INSERT INTO cases_unsealedevent (event_id) SELECT id FROM cases_auditevent"
        " EXCEPT SELECT event_id FROM cases_unsealedevent"
    )
    for state, seconds in took.items():
        print(f"{seconds / WRITES * 1e6:8.0f} us  to write one event and commit, trigger {state.lower()}d")


def sealed(events: int, size: int) -> None:
    """Seal what waits."""
    from django.utils import timezone  # noqa: PLC0415 - after setup

    from cases.actions import sealing  # noqa: PLC0415

    timed(f"to seal {events} events in blocks of {size}", lambda: sealing.seal_waiting(now=timezone.now()))


def timed(what: str, work: Callable[[], Any]) -> Any:
    """Do it and say how long it took."""
    begun = time.perf_counter()
    found = work()
    print(f"{time.perf_counter() - begun:8.2f} s   {what}")
    return found


if __name__ == "__main__":
    main()
