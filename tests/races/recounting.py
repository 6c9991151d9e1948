"""A process that recounts what waits, as Celery's worker does, in children that are killed: one line asks for one.

    statement N before|after   the child kills itself at its statement N (the last one is the commit)
    moment SECONDS             it is killed after so long
    whole                      it is not killed

Answers with a line: ``killed``, or ``done STATEMENTS SECONDS``. For :mod:`tests.races.test_kills`.
"""

import importlib
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack

import django

BEGUN = b"."


class Deadly:
    """Counts what is sent to the database, commits too, and ends this process at the one it was told."""

    def __init__(self, at: int, when: str) -> None:
        self.at, self.when, self.sent = at, when, 0

    def around(self, send: Callable[[], object]) -> object:
        """Send one statement."""
        self.sent += 1
        self._end("before")
        result = send()
        self._end("after")
        return result

    def _end(self, when: str) -> None:
        if (self.sent, when) == (self.at, self.when):
            os.kill(os.getpid(), signal.SIGKILL)

    def __call__(self, execute, sql, params, many, context):
        return self.around(lambda: execute(sql, params, many, context))


def recount(deadly: Deadly) -> None:
    """What a worker does when a tick reaches it."""
    from django.db import connection  # noqa: PLC0415 - after django.setup

    from stats.tasks import recount_marked  # noqa: PLC0415

    commit = connection._commit
    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(deadly))
        # Django gives no hook before a commit.
        connection._commit = lambda: deadly.around(commit)
        recount_marked()


def child(order: list[str], answer: int) -> None:
    """Recount, in a process of its own, and say how that went."""
    at, when = (int(order[1]), order[2]) if order[0] == "statement" else (0, "")
    deadly = Deadly(at, when)
    importlib.import_module("django.db").connection.ensure_connection()
    os.write(answer, BEGUN)
    start = time.monotonic()
    recount(deadly)
    os.write(answer, f"done {deadly.sent} {time.monotonic() - start:.4f}".encode())
    os._exit(0)


def run(order: list[str]) -> str:
    """Let a child do it; what became of it."""
    hears, says = os.pipe()
    pid = os.fork()
    if not pid:
        child(order, says)
    os.close(says)
    # Of the moments, none is spent on starting.
    assert os.read(hears, 1) == BEGUN
    if order[0] == "moment":
        time.sleep(float(order[1]))
        os.kill(pid, signal.SIGKILL)
    said = os.read(hears, 100).decode()
    os.close(hears)
    os.waitpid(pid, 0)
    return said or "killed"


def main() -> None:
    """Until nobody asks any more."""
    django.setup()
    importlib.import_module("stats.tasks")  # once, and not in every child
    for line in sys.stdin:
        print(run(line.split()), flush=True)  # noqa: T201 - this is how it answers


if __name__ == "__main__":
    main()
