"""How a worker makes what was asked for: claim, steps, file. Safe at any time, and any number of times at once.

A worker claims a job by compare-and-swap and writes under that claim only. One that has lost it (the job was
cancelled, or the worker was slow enough to be taken for dead) writes nothing more: its release is undone in the very
transaction that would have made it. So two workers at one job make one release, and of a document the same bytes.
"""

import hashlib
import logging
import threading
import traceback
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from django.db import connection
from django.db.models import F, Q

from hotline.accounts.models import User
from hotline.logs import Own
from stats.jobs.documents import document_bytes
from stats.jobs.queue import ERROR, WORKER, expiry
from stats.models import ExportJob, JobState, Kind, Release, Step
from stats.models.jobs import STALE
from stats.periods import Month, Period
from stats.publication import Document, Form, Reason, ReleaseStatus
from stats.releases.freeze import FreezeError, Rule, Watch, Wish, freeze
from stats.releases.reading import publication_of

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
MOST_ATTEMPTS = 3
BEAT_SECONDS = 15.0
_STEPS = {Step.READ: 10, Step.WRITE: 30, Step.KEEP: 90}
_FREEZE_SHARE = 95  # of a freeze's progress, before the copy is done


class JobLostError(Exception):
    """The job is no longer this worker's: it was cancelled, or another worker has claimed it."""


def run(key: uuid.UUID, *, clock: Clock, beat_seconds: float = BEAT_SECONDS) -> None:
    """Make what a job asks for, if it is to be had: else somebody else is at it, or nobody needs it any more."""
    claim = claim_job(key, now=clock())
    if claim is None:
        return
    work = Work(key, claim, clock)
    try:
        with Heart(work, seconds=beat_seconds) as heart:
            _make(work, heart)
    except JobLostError:
        return
    except FreezeError as error:
        work.end(JobState.FAILED, failure=error.rule.value)
    except Exception as error:  # noqa: BLE001 - whatever it was, the job says that it failed
        # Its text may hold values; its kind and its place do not.
        logger.error("a job could not be finished: %s in %s", type(error).__name__, Own(_place(error)))  # noqa: TRY400
        work.end(JobState.FAILED, failure=ERROR)


def _place(error: Exception) -> str:
    """The line of code that an error comes from."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


def claim_job(key: uuid.UUID, *, now: datetime) -> uuid.UUID | None:
    """Claim a job that waits, or whose worker has not been heard of for a minute; None when there is none to claim.

    One that has stopped its worker several times is given up.
    """
    claim = uuid.uuid4()
    stalled = Q(state=JobState.RUNNING, heartbeat_at__lte=now - STALE)
    free = ExportJob.objects.filter(Q(state=JobState.QUEUED) | stalled, key=key)
    if free.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=JobState.FAILED, failure=WORKER, claim=None, finished_at=now
    ):
        return None
    taken = free.update(
        state=JobState.RUNNING,
        claim=claim,
        attempts=F("attempts") + 1,
        progress=0,
        step="",
        started_at=now,
        heartbeat_at=now,
    )
    return claim if taken else None


class Work:
    """A job in the hands of the worker that claimed it."""

    def __init__(self, key: uuid.UUID, claim: uuid.UUID, clock: Clock) -> None:
        self.clock = clock
        self.job = ExportJob.objects.defer("content").get(key=key)
        self._mine = ExportJob.objects.filter(key=key, claim=claim, state=JobState.RUNNING)

    def step(self, step: Step, progress: int) -> None:
        """Say how far it is, and that the worker lives. Raises ``JobLostError``."""
        self._write(step=step, progress=progress, heartbeat_at=self.clock())

    def beat(self) -> None:
        """Say that the worker lives, if the job is still its own."""
        self._mine.update(heartbeat_at=self.clock())

    def done(self, **fields: Any) -> None:
        """Finished. Raises ``JobLostError``."""
        self._write(**self._ended(JobState.DONE), progress=100, **fields)

    def end(self, state: JobState, **fields: Any) -> None:
        """Ended otherwise, unless it is somebody else's by now."""
        self._mine.update(**self._ended(state), **fields)

    def _ended(self, state: JobState) -> dict[str, Any]:
        return {"state": state, "step": "", "claim": None, "finished_at": self.clock()}

    def _write(self, **fields: Any) -> None:
        if not self._mine.update(**fields):
            raise JobLostError


class Heart:
    """Says that a worker lives while it is at one long step, from a thread with a connection of its own.

    To be stopped before a transaction that writes the job's row: that one could not follow on a write it has not seen.
    """

    def __init__(self, work: Work, *, seconds: float) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, args=(work, seconds), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop, and wait until it has."""
        self._stop.set()
        self._thread.join()

    def _beat(self, work: Work, seconds: float) -> None:
        while not self._stop.wait(seconds):
            try:
                work.beat()
            finally:
                connection.close()


def _make(work: Work, heart: Heart) -> None:
    if work.job.kind == Kind.FREEZE:
        _make_release(work, heart)
    else:
        _make_document(work)


def _make_release(work: Work, heart: Heart) -> None:
    job = work.job
    # Not None: that would be somebody at the server's own terminal.
    person = User.objects.filter(reference=job.requested_by).first()
    if person is None:
        raise FreezeError(Rule.NOT_ALLOWED)
    assert job.first_month is not None  # noqa: S101 - a constraint says so
    wish = Wish(
        period=Period(Month.containing(job.first_month), job.months or 0),
        status=ReleaseStatus(job.status),
        reason=Reason(job.reason) if job.reason else None,
    )

    def step(done: int, of: int) -> None:
        work.step(Step.COPY if done == of - 1 else Step.COUNT, _FREEZE_SHARE * done // of)
        if done == of - 1:
            heart.stop()

    def made(release: Release) -> None:
        work.done(release=release)

    freeze(wish, by=person, now=work.clock(), watch=Watch(step, made))


def _make_document(work: Work) -> None:
    job = work.job
    assert job.release_id is not None  # noqa: S101 - a constraint says so
    work.step(Step.READ, _STEPS[Step.READ])
    publication = publication_of(job.release_id)
    work.step(Step.WRITE, _STEPS[Step.WRITE])
    content = document_bytes(publication, Document(job.document), Form(job.form), job.language)
    work.step(Step.KEEP, _STEPS[Step.KEEP])
    work.done(
        content=content,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        expires_at=expiry(work.clock()),
    )
