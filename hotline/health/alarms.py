"""What is wrong, as follows from how things stand. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hotline.health.facts import LastRun, Stored, Verified, Waiting

# What waits is normally done within seconds; a minute is what a count promises (docs/reliability.md).
PROMPTLY = timedelta(seconds=60)
# What happens once a night, with time to take longer than the night before.
NIGHTLY = timedelta(hours=26)
DISK_FREE = 0.05


class Alarm(StrEnum):
    """What can be wrong."""

    DATABASE = "database"
    MIGRATIONS = "migrations"
    BROKER = "broker"
    BEAT = "beat"
    WORKER = "worker"
    COUNTING = "counting"
    COUNTS = "counts"
    RELEASES = "releases"
    SEALING = "sealing"
    AUDIT = "audit"
    SCHEMA = "schema"
    BACKUP = "backup"
    JOBS = "jobs"
    DISK = "disk"
    LOGS = "logs"


class State(StrEnum):
    """What is known of one of them."""

    GOOD = "good"
    LATE = "late"  # not done in time
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing stands: since when it is wrong or late (None: not known, or never), and of how many things."""

    alarm: Alarm
    state: State = State.GOOD
    since: datetime | None = None
    number: int = 0

    @property
    def is_alarm(self) -> bool:
        """Whether somebody has to do something."""
        return self.state in {State.LATE, State.WRONG}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at everything. ``stored`` None: the database does not answer. ``queued`` None: the broker does not.

    ``disk_free`` is a share from 0 to 1; ``log_settings`` how many of PostgreSQL's log settings are not ours, None when
    that could not be asked.
    """

    now: datetime
    stored: Stored | None
    queued: int | None
    disk_free: float
    log_settings: int | None


def findings(look: Look) -> list[Finding]:
    """How each thing stands, in the order of :class:`Alarm`."""
    found = {finding.alarm: finding for finding in (*_outside(look), *_stored(look))}
    return [found.get(alarm, Finding(alarm, State.UNKNOWN)) for alarm in Alarm]


def alarms(look: Look) -> list[Finding]:
    """Just what is wrong."""
    return [finding for finding in findings(look) if finding.is_alarm]


def _outside(look: Look) -> Iterator[Finding]:
    yield Finding(Alarm.DATABASE, State.GOOD if look.stored else State.WRONG)
    yield Finding(Alarm.BROKER, State.WRONG if look.queued is None else State.GOOD)
    yield Finding(Alarm.DISK, State.WRONG if look.disk_free < DISK_FREE else State.GOOD)
    if look.log_settings is not None:
        yield Finding(Alarm.LOGS, State.WRONG if look.log_settings else State.GOOD, number=look.log_settings)


def _stored(look: Look) -> Iterator[Finding]:
    stored, now = look.stored, look.now
    if not stored:
        return
    if stored.missing_migrations:
        yield Finding(Alarm.MIGRATIONS, State.WRONG, number=stored.missing_migrations)
        return
    yield Finding(Alarm.MIGRATIONS)
    yield from _clock(stored, look)
    yield _prompt(Alarm.COUNTING, stored.marks, now)
    yield _prompt(Alarm.SEALING, stored.unsealed, now)
    for alarm, what in VERIFIED.items():
        yield _verified(alarm, stored.checks.get(what), stored, now)
    yield _recent(Alarm.BACKUP, stored.backed_up_at, NIGHTLY, stored, now)
    failed = stored.failed_jobs
    yield Finding(Alarm.JOBS, State.WRONG if failed.number else State.GOOD, failed.oldest, failed.number)


VERIFIED = {
    Alarm.COUNTS: Verified.COUNTS,
    Alarm.RELEASES: Verified.RELEASES,
    Alarm.AUDIT: Verified.AUDIT,
    Alarm.SCHEMA: Verified.SCHEMA,
}


def _clock(stored: Stored, look: Look) -> Iterator[Finding]:
    """A tick is sent by beat and written down by a worker. When none comes, the queue tells whose fault it is."""
    tick = _recent(Alarm.BEAT, stored.ticked_at, PROMPTLY, stored, look.now)
    workers_fault = tick.is_alarm and bool(look.queued)
    late = Finding(Alarm.WORKER, State.LATE, tick.since, look.queued or 0)
    yield Finding(Alarm.BEAT) if workers_fault else tick
    yield late if workers_fault else Finding(Alarm.WORKER, State.UNKNOWN if tick.is_alarm else State.GOOD)


def _prompt(alarm: Alarm, waiting: Waiting, now: datetime) -> Finding:
    late = waiting.oldest is not None and now - waiting.oldest > PROMPTLY
    return Finding(alarm, State.LATE, waiting.oldest, waiting.number) if late else Finding(alarm)


def _recent(alarm: Alarm, last: datetime | None, every: timedelta, stored: Stored, now: datetime) -> Finding:
    """What never happened is late once the installation is older than the time it has for it."""
    since = last or stored.installed_at
    return Finding(alarm, State.LATE, last) if since and now - since > every else Finding(alarm)


def _verified(alarm: Alarm, last: LastRun | None, stored: Stored, now: datetime) -> Finding:
    if last and last.faults:
        return Finding(alarm, State.WRONG, last.wrong_since, last.faults)
    return _recent(alarm, last.at if last else None, NIGHTLY, stored, now)
