"""Messages that make something happen sooner than the next tick. Hints: who misses one finds the work in the database.

Whoever writes never waits for the broker: no connection is retried, none is waited for longer than a blink, and after
a failure nothing is sent for some seconds.
"""

import logging
import time
from typing import Any

from django.dispatch import receiver
from kombu.exceptions import OperationalError

from cases.signals import records_changed
from hotline.celery import app

logger = logging.getLogger(__name__)

QUIET_SECONDS = 10.0
# Not the worker's own patience: it waits for messages, we do not wait for anything.
BRIEFLY = {
    "socket_connect_timeout": 0.15,
    "socket_timeout": 0.15,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
# A recount that was not begun by then has long been done by a tick.
EXPIRES_SECONDS = 30
# A hint costs the writer a connection to the broker and the worker a recount: 15 of the 60 ms that a report took when
# each had its own. One speaks for all that is written soon after; what it came too early for is found by a tick.
APART_SECONDS = 0.5


class _Quiet:
    """Until when this process sends nothing, and until when no recount is asked for, on the monotonic clock."""

    until = 0.0
    asked_until = 0.0


@receiver(records_changed, dispatch_uid="stats.hints")
def ask_for_recount(**_signal: Any) -> None:
    """After records were written, unless that was asked for a moment ago."""
    now = time.monotonic()
    if now < _Quiet.asked_until:
        return
    _Quiet.asked_until = now + APART_SECONDS
    hint("stats.tasks.recount_marked", expires=EXPIRES_SECONDS)


def hint(task: str, *, expires: float, **arguments: str) -> None:
    """Send the task; keep quiet for some seconds when the broker is away."""
    if time.monotonic() < _Quiet.until:
        return
    try:
        with app.connection_for_write(transport_options=BRIEFLY) as connection:
            app.send_task(task, kwargs=arguments, connection=connection, retry=False, expires=expires)
    except (OperationalError, OSError) as error:
        _Quiet.until = time.monotonic() + QUIET_SECONDS
        logger.warning("no hint could be sent, ticks go on: %s", type(error).__name__)
