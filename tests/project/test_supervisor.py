"""The demo's supervisor: what dies is started again, however often, and leaves nothing of itself behind."""

import time
from pathlib import Path

from hotline.supervisor import Supervisor
from tests.project.processes import wait_until

# Leaves a child behind, says which, and is killed.
DIES = 'sleep 600 & echo $! >> "$0"; kill -9 $$'


def test_service_killed_again_and_again_comes_back_without_what_it_had_started(tmp_path):
    noted = tmp_path / "children"
    supervisor = Supervisor(tmp_path)
    supervisor.start("dying", ["/bin/sh", "-c", DIES, str(noted)])
    end = time.monotonic() + 20
    while len(children := _pids(noted)) < 6 and time.monotonic() < end:
        supervisor.look()
        time.sleep(0.05)
    supervisor.stop()
    assert len(children) >= 6
    wait_until(lambda: not [pid for pid in children if _sleeps(pid)], seconds=5)


def _pids(noted: Path) -> list[int]:
    return [int(line) for line in noted.read_text().split()] if noted.exists() else []


def _sleeps(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]
    except OSError:
        return False
