"""Two at once, and killed half-way: with real transactions and processes."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections

from cases.actions.imports import ImportFailedError, ImportResult
from cases.models import Report, SenderKey
from tests import make
from tests.cases.importing.files import confirmed, everything, other, run, write

pytestmark = pytest.mark.usefixtures("committed_db")


def wait_until(condition, *, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def waiting_for_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE NOT granted AND datname = current_database()"
        )
        return cursor.fetchone()[0]


def at_once(paths, *, hold: str) -> list[ImportResult | Exception]:
    """Import each file in a thread of its own; none gets past the table ``hold`` before all are waiting."""
    results: list = []

    def one(path):
        try:
            results.append(run(path))
        except ImportFailedError as error:
            results.append(error)
        finally:
            connections.close_all()

    with psycopg.connect(make.database_address()) as other_connection:
        other_connection.execute(f"LOCK TABLE {hold} IN SHARE MODE")
        threads = [threading.Thread(target=one, args=[path]) for path in paths]
        for thread in threads:
            thread.start()
        wait_until(lambda: waiting_for_locks() == len(paths))
        other_connection.commit()
    for thread in threads:
        thread.join()
    return results


def test_of_two_imports_of_the_same_file_one_writes_and_the_other_is_told(tmp_path):
    path = write(tmp_path / "file.csv", [confirmed(key) for key in range(50)])
    results = at_once([path, path], hold="cases_finding")
    failed = [result for result in results if isinstance(result, ImportFailedError)]
    [written] = [result for result in results if isinstance(result, ImportResult)]
    assert len(failed) == 1
    assert "run it again" in str(failed[0])
    assert written.totals.reports == Report.objects.count() == SenderKey.objects.count() == 50
    assert run(path).totals.known == 50


def test_imports_of_other_reports_do_not_wait_for_each_other(tmp_path):
    files = [
        write(tmp_path / f"{first}.csv", [confirmed(key) for key in range(first, first + 50)]) for first in (0, 100)
    ]
    results = at_once(files, hold="cases_finding")
    assert [result.totals.reports for result in results] == [50, 50]
    assert Report.objects.count() == 100


def command(path) -> subprocess.Popen:
    """``import_reports`` as an operator runs it, on the test's database."""
    there = connection.settings_dict
    address = f"postgresql://{there['USER']}:{there['PASSWORD']}@{there['HOST']}:{there['PORT']}/{there['NAME']}"
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_reports", path, "--extend-coverage"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": address, "REDIS_URL": settings.REDIS_URL},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


# In the order in which an import comes to them.
@pytest.mark.parametrize("table", ["cases_senderkey", "cases_report", "cases_finding", "cases_auditevent"])
def test_killed_in_the_middle_nothing_is_written_and_it_can_be_started_again(tmp_path, table):
    path = write(tmp_path / "file.csv", [row for key in range(20) for row in (confirmed(key, 4), other(key, 6))])
    before = everything()
    with psycopg.connect(make.database_address()) as other_connection:
        other_connection.execute(f"LOCK TABLE {table} IN SHARE MODE")
        process = command(path)
        wait_until(lambda: waiting_for_locks() == 1)
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    wait_until(lambda: not others_at_work())
    assert everything() == before
    again = command(path)
    said, complaint = again.communicate(timeout=60)
    assert (again.returncode, complaint) == (0, "")
    assert "20 new reports with 200 URLs and 40 findings" in said
    assert Report.objects.count() == 20


def others_at_work() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle')"
        )
        return cursor.fetchone()[0]


def test_an_analyze_that_comes_by_can_not_make_the_checks_at_the_end_slow(tmp_path):
    """What autovacuum does to a table whose rows it can not see: the checks then read an index by date, whole."""
    days = [
        f"{year}-{month:02}-{day:02}"
        for year in (2021, 2022, 2023, 2024)
        for month in range(1, 13)
        for day in range(1, 29)
    ]
    rows = (confirmed(key, received_date=days[key % len(days)]) for key in range(12_000))
    path = write(tmp_path / "large.csv", rows)
    thread = threading.Thread(target=in_thread, args=[lambda: run(path)])
    with psycopg.connect(make.database_address()) as other_connection:
        other_connection.execute("LOCK TABLE cases_finding IN SHARE MODE")
        thread.start()
        wait_until(lambda: waiting_for_locks() == 1)
        with psycopg.connect(make.database_address(), autocommit=True) as passer_by:
            passer_by.execute("SET lock_timeout = '200ms'")
            with contextlib.suppress(psycopg.errors.LockNotAvailable):
                passer_by.execute("ANALYZE cases_report")
    begin = time.monotonic()
    thread.join()
    assert Report.objects.count() == 12_000
    assert time.monotonic() - begin < 12


def in_thread(call) -> None:
    try:
        call()
    finally:
        connections.close_all()
