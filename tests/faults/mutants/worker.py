"""The worker with one thing wrong, as HOTLINE_FAULTS_MUTANT says."""

import os
import time
from collections.abc import Callable
from typing import Any

from celery.signals import worker_process_init

from hotline.celery import app
from tests.faults.mutants.names import MARKS_FIRST, VARIABLE

__all__ = ["app"]
BLINK = 1.0


def _clear_marks_first() -> None:
    """The marks go in a transaction of their own, then the month is counted."""
    from stats.counting import rollups  # noqa: PLC0415 - Django has to be set up first
    from stats.models import DirtyMonth  # noqa: PLC0415 - the same

    recompute: Callable[..., Any] = rollups.recompute_if_free

    def careless(month: Any, **known: Any) -> Any:
        DirtyMonth.objects.filter(month=month.first).delete()
        time.sleep(BLINK)
        return recompute(month, **known)

    rollups.recompute_if_free = careless


if os.environ[VARIABLE] == MARKS_FIRST:
    worker_process_init.connect(lambda **_known: _clear_marks_first(), weak=False)
