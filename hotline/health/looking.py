"""Looking, with the clock running: a database that hangs must not hang who asks whether it does."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from time import monotonic
from typing import Generic, TypeVar

from django.db import connections
from django.utils import timezone

from hotline.health.alarms import Look
from hotline.health.facts import Stored, free_on_disk, log_settings_not_ours, queued, stored

T = TypeVar("T")
SECONDS = 2.0


class OneAtATime(Generic[T]):
    """Runs something in a thread of its own, and waits so many seconds for it.

    A thread that hangs can not be ended, so there is never more than one: whoever asks meanwhile waits for its answer,
    and hears at once that there is none when it had its time already.
    """

    def __init__(self, run: Callable[[], T], *, seconds: float = SECONDS) -> None:
        self._run = run
        self._seconds = seconds
        self._lock = threading.Lock()
        self._running: Future[T] | None = None
        self._since = 0.0

    def ask(self) -> T | None:
        """What it gives; None when it fails or takes too long."""
        with self._lock:
            if self._running is None or self._running.done():
                self._running, self._since = Future(), monotonic()
                threading.Thread(target=self._work, args=(self._running,), daemon=True).start()
            running, left = self._running, self._seconds - (monotonic() - self._since)
        try:
            return running.result(timeout=max(left, 0.0))
        except Exception:  # noqa: BLE001 - whatever it is, the answer is that there is none; it is told by the alarm
            return None

    def _work(self, future: "Future[T]") -> None:
        try:
            found = self._run()
        except Exception as error:  # noqa: BLE001 - handed to who waits
            future.set_exception(error)
        else:
            future.set_result(found)
        finally:
            connections.close_all()  # this thread's own


def _stored_now() -> tuple[Stored, int]:
    return stored(now=timezone.now()), log_settings_not_ours()


DATABASE = OneAtATime(_stored_now)


def look(*, now: datetime) -> Look:
    """A look that is back within seconds, whatever hangs. Reads what is committed, over a connection of its own."""
    found = DATABASE.ask()
    in_database, log_settings = found or (None, None)
    return Look(now=now, stored=in_database, queued=queued(), disk_free=free_on_disk(), log_settings=log_settings)
