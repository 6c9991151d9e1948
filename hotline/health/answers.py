"""What ``/readyz`` answers: fixed keys, numbers and one digest."""

from datetime import datetime
from typing import Any

from hotline.health.alarms import Alarm, Look, alarms
from hotline.health.facts import Stored, Verified

# A backup, a full disk, a failed export want somebody's attention, but what is asked for is answered.
NOT_READY = frozenset(set(Alarm) - {Alarm.BACKUP, Alarm.DISK, Alarm.JOBS, Alarm.LOGS, Alarm.SCHEMA})


def answer(look: Look) -> dict[str, Any]:
    """Shape: ``ready``, ``wrong`` (codes of :class:`Alarm`), and for each part what is known; null is not known."""
    wrong = [finding.alarm.value for finding in alarms(look) if finding.alarm in NOT_READY]
    stored = look.stored
    return {
        "ready": not wrong,
        "wrong": wrong,
        "database": {"answers": stored is not None, "missing_migrations": stored and stored.missing_migrations},
        "broker": {"answers": look.queued is not None, "queued": look.queued},
        "oldest_mark_seconds": _age(stored.marks.oldest, look.now) or 0 if stored else None,
        "last_tick_seconds": _age(stored.ticked_at, look.now) if stored else None,
        "counts": _verified(look, Verified.COUNTS),
        "releases": _verified(look, Verified.RELEASES),
        "audit": {**_head(stored, look.now), **_verified(look, Verified.AUDIT)},
    }


def _age(moment: datetime | None, now: datetime) -> float | None:
    return max(round((now - moment).total_seconds(), 1), 0.0) if moment else None


def _verified(look: Look, what: Verified) -> dict[str, Any]:
    last = look.stored.checks.get(what) if look.stored else None
    return {"verified_seconds": _age(last.at, look.now) if last else None, "faults": last.faults if last else None}


def _head(stored: Stored | None, now: datetime) -> dict[str, Any]:
    head = stored.head if stored else None
    return {
        "block": head.number if head else None,
        "digest": head.digest if head else None,
        "oldest_unsealed_seconds": (_age(stored.unsealed.oldest, now) or 0) if stored else None,
    }
