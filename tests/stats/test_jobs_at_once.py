"""Several workers at one job, each with a connection of its own, in a database that really commits."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from hotline.accounts.permissions import Role
from stats.jobs import queue as jobs
from stats.jobs.runs import Heart, Work, claim_job, run
from stats.models import ExportJob, JobState, Release
from tests import make
from tests.project.processes import wait_until
from tests.stats.releases.small import FROZEN_AT, fill, job

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.xdist_group("committed")]


def test_worker_at_one_long_step_is_heard_of():
    fill()
    asked = job(make.user(Role.ADMINISTRATOR))
    times = iter(FROZEN_AT + timedelta(seconds=second) for second in range(1, 1000))
    work = Work(asked.key, claim_job(asked.key, now=FROZEN_AT), lambda: next(times))
    with Heart(work, seconds=0.01):
        wait_until(lambda: ExportJob.objects.get().heartbeat_at > FROZEN_AT + timedelta(seconds=1), seconds=10)
    last = ExportJob.objects.get().heartbeat_at
    jobs.cancel(asked.key, by=make.user(Role.ADMINISTRATOR), now=FROZEN_AT)
    work.beat()
    assert ExportJob.objects.get().heartbeat_at == last


def test_release_is_made_however_often_its_worker_is_heard_of():
    fill()
    asked = job(make.user(Role.ADMINISTRATOR))
    run(asked.key, clock=lambda: FROZEN_AT, beat_seconds=0.0001)
    found = ExportJob.objects.get()
    assert (found.state, found.failure, Release.objects.count()) == (JobState.DONE, "", 1)


def test_many_workers_at_one_job_make_one_release():
    fill()
    asked = job(make.user(Role.ADMINISTRATOR))

    def work() -> None:
        run(asked.key, clock=lambda: FROZEN_AT)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    found = ExportJob.objects.get()
    assert (found.state, found.attempts, Release.objects.count()) == (JobState.DONE, 1, 1)
