"""Several workers at one job, each with a connection of its own, in a database that really commits."""

import threading

import pytest
from django.db import connection

from hotline.accounts.permissions import Role
from stats.job_runs import run
from stats.models import ExportJob, JobState, Release
from tests import make
from tests.stats.releases.small import FROZEN_AT, fill, job

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.xdist_group("committed")]


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
