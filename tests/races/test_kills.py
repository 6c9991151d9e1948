"""A worker that is killed inside a recount: the month's mark is still there, or the count is right.

``make test`` kills at every statement, before it and after, and at 15 random moments; ``make kills`` at 200
(``KILLS=``), for which it prints the totals. The worker is a process of its own and the kill is SIGKILL.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from stats.counting.rollups import recount_waiting, waiting_months
from stats.counting.verify import verify
from stats.models import CountedMonth
from tests.make import database_address
from tests.races.counting import INSERT

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.xdist_group("committed")]

KILLS = int(os.environ.get("KILLS", "15"))
MONTHS = ("2024-01", "2024-03", "2024-06") if KILLS > 100 else ("2024-01", "2024-03")
MANY = """
INSERT INTO cases_report (received_date, source_id, url_count, state, referral_status, reference_year, version)
SELECT day::date, 'public', 1 + extract(day FROM day)::int, 'received', 'not_needed', 2024, 1
FROM generate_series(timestamp '2024-01-01', '2024-06-30', '20 minutes') day
WHERE to_char(day, 'YYYY-MM') = ANY (%s)
"""
# Where a month has no mark, its counts are those of its records.
WRONG = """
WITH live AS (
  SELECT date_trunc('month', received_date)::date AS month, count(*) AS reports, sum(url_count) AS urls
  FROM cases_report GROUP BY 1
), counted AS (
  SELECT month, sum(value) FILTER (WHERE figure = 'reports') AS reports,
    sum(value) FILTER (WHERE figure = 'urls') AS urls
  FROM stats_monthlycount WHERE breakdown = 'total' GROUP BY 1
)
SELECT l.month FROM live l LEFT JOIN counted c USING (month)
WHERE (l.reports, l.urls) IS DISTINCT FROM (c.reports, c.urls)
  AND NOT EXISTS (SELECT FROM stats_dirtymonth d WHERE d.month = l.month)
"""
OTHERS_AT_WORK = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'hotline-killed'
"""


class Recounter:
    """The process whose children are killed."""

    def __init__(self) -> None:
        there = connection.settings_dict
        address = (
            f"postgres://{there['USER']}:{quote(there['PASSWORD'], safe='')}@{there['HOST']}:{there['PORT']}"
            f"/{there['NAME']}?application_name=hotline-killed"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.races.recounting"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"DATABASE_URL": address, "DATABASE_OWNER_URL": address},
        )

    def ask(self, order: str) -> list[str]:
        """What became of the child."""
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().split()

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


@pytest.fixture
def recounter():
    running = Recounter()
    yield running
    running.close()


@pytest.fixture
def database():
    with psycopg.connect(database_address(), autocommit=True) as own:
        yield own


@contextmanager
def months_with_marks(database: psycopg.Connection):
    """A report more in each month, so that there is something to recount."""
    for month in MONTHS:
        database.execute(INSERT.replace("2024-03-05", f"{month}-05"))
    yield
    for _wait in range(2000):
        if not database.execute(OTHERS_AT_WORK).fetchone()[0]:
            return
        time.sleep(0.005)
    pytest.fail("the killed worker's back-end did not end")


def kill(database: psycopg.Connection, recounter: Recounter, order: str) -> str:
    """Kill one worker; whether it was killed or done, and how many months had been counted by then."""
    with months_with_marks(database):
        said = recounter.ask(order)
    assert database.execute(WRONG).fetchall() == [], order
    return f"{said[0]}, {len(MONTHS) - len(waiting_months())} of {len(MONTHS)} months counted"


def killed(became: Counter[str]) -> int:
    return sum(count for told, count in became.items() if told.startswith("killed"))


def assert_all_is_counted() -> None:
    recount_waiting(now=timezone.now())
    assert waiting_months() == []
    outcome = verify(now=timezone.now())
    assert (outcome.agrees, outcome.months) == (True, len(MONTHS))


def test_a_worker_killed_at_every_statement_leaves_the_mark_or_the_count(database, recounter):
    with months_with_marks(database):
        said, statements, _seconds = recounter.ask("whole")
    assert (said, CountedMonth.objects.count()) == ("done", len(MONTHS))
    became = Counter(
        kill(database, recounter, f"statement {number} {when}")
        for number in range(1, int(statements) + 1)
        for when in ("before", "after")
    )
    print(f"killed at each of {statements} statements, before and after: {dict(became)}")  # noqa: T201
    assert sum(became.values()) == 2 * int(statements)
    assert all(told.startswith("killed") for told in became)
    # From none of the months to all of them.
    assert len(became) == len(MONTHS) + 1
    assert_all_is_counted()


def test_a_worker_killed_at_any_moment_leaves_the_mark_or_the_count(database, recounter):
    if KILLS > 100:
        database.execute(MANY, [list(MONTHS)])
    moments = random.Random(KILLS)  # noqa: S311 - no secret
    took = []
    for _warm in range(2):
        with months_with_marks(database):
            took.append(float(recounter.ask("whole")[2]))
    became: Counter[str] = Counter()
    latest = max(took)
    for _attempt in range(5 * KILLS):
        became[told := kill(database, recounter, f"moment {moments.uniform(0, latest):.4f}")] += 1
        # The machine is now quicker, now slower: some are to be done just before they would be killed.
        latest *= 0.9 if told.startswith("done") else 1.04
        if killed(became) == KILLS:
            break
    print(f"killed at {killed(became)} random moments of a recount of {min(took):.3f} s: {dict(became)}")  # noqa: T201
    assert killed(became) == KILLS
    assert KILLS < 100 or len(became) > len(MONTHS)
    assert_all_is_counted()


def test_a_recount_that_commits_before_it_is_done_is_found(database, recounter):
    """The check itself: a mark gone without its count is told."""
    with months_with_marks(database):
        pass
    recount_waiting(now=timezone.now())
    with months_with_marks(database):
        database.execute("DELETE FROM stats_dirtymonth WHERE month = '2024-03-01'")
    assert database.execute(WRONG).fetchall() != []
    database.execute("UPDATE cases_report SET url_count = 1")
