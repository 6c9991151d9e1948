"""Many writers, many workers, some of them killed: no change is lost, none is counted twice."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from django.db import DatabaseError, connection

from cases.models import Report
from stats.building.annual import exact_annual_tables
from stats.counting.rollups import LOCK, recompute_month, recount_waiting, waiting_months
from stats.counting.snapshot import one_snapshot
from stats.counting.verify import verify
from stats.coverage import Status
from stats.declarations import TOTAL
from stats.models import CountedMonth, DirtyMonth
from stats.periods import Month, Year
from tests.make import database_address
from tests.stats.records import MARCH, NOW, part, recipient, recorded, report

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.xdist_group("committed")]

INSERT = (
    "INSERT INTO cases_report (received_date, source_id, url_count, state, referral_status, reference_year, version)"
    " VALUES (%s, 'public', 1, 'received', 'not_needed', 2024, 1)"
)


@contextmanager
def another_connection():
    with psycopg.connect(database_address()) as other:
        yield other


def in_thread(work):
    """Run on a connection of its own, closed at the end; gives the exception where there is one."""

    def run():
        try:
            return work()
        except DatabaseError as error:
            return error
        finally:
            connection.close()

    pool = ThreadPoolExecutor(1)
    future = pool.submit(run)
    pool.shutdown(wait=False)
    return future


def wait_until_blocked(other: psycopg.Connection) -> int:
    """The process id of the server's backend that waits for a lock of ours."""
    for _ in range(500):
        row = other.execute(
            "SELECT pid FROM pg_locks WHERE NOT granted AND %s = ANY (pg_blocking_pids(pid))", [other.info.backend_pid]
        ).fetchone()
        if row:
            return row[0]
        time.sleep(0.01)
    pytest.fail("nothing came to wait for the lock")


def test_late_commit_is_not_lost():
    with another_connection() as writer:
        writer.execute(INSERT, [MARCH.first])
        report()
        recompute_month(MARCH, now=NOW)
        assert part("reports", TOTAL) == 1
        writer.commit()
    assert waiting_months() == [MARCH]
    recompute_month(MARCH, now=NOW)
    assert (part("reports", TOTAL), waiting_months()) == (2, [])


def test_commit_between_the_reading_of_marks_and_the_count_keeps_its_mark():
    report()
    with another_connection() as writer:
        writer.execute("LOCK TABLE cases_report IN ACCESS EXCLUSIVE MODE")
        recount = in_thread(lambda: recompute_month(MARCH, now=NOW))
        wait_until_blocked(writer)  # the marks are read; the count waits
        writer.execute(INSERT, [MARCH.first])
        writer.commit()
    assert recount.result(20).marks == 1
    assert waiting_months() == [MARCH]
    assert recompute_month(MARCH, now=NOW).written == 0
    assert (part("reports", TOTAL), waiting_months()) == (2, [])


def test_worker_killed_in_the_middle_leaves_the_month_as_it_was_and_marked():
    report()
    recompute_month(MARCH, now=NOW)
    report()
    with another_connection() as other:
        other.execute("LOCK TABLE cases_report IN ACCESS EXCLUSIVE MODE")
        recount = in_thread(lambda: recompute_month(MARCH, now=NOW))
        other.execute("SELECT pg_terminate_backend(%s)", [wait_until_blocked(other)])
        assert isinstance(recount.result(20), DatabaseError)
    assert (part("reports", TOTAL), waiting_months(), DirtyMonth.objects.count()) == (1, [MARCH], 1)
    recompute_month(MARCH, now=NOW)
    assert (part("reports", TOTAL), waiting_months()) == (2, [])


def test_worker_killed_before_its_commit_has_written_nothing():
    report()
    with another_connection() as worker:
        worker.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, MARCH.number])
        worker.execute("DELETE FROM stats_dirtymonth")
        worker.execute("INSERT INTO stats_countedmonth VALUES (%s, now(), '')", [MARCH.first])
        worker.rollback()
    assert (waiting_months(), CountedMonth.objects.count()) == ([MARCH], 0)


def test_tick_passes_over_a_month_another_worker_is_at():
    report()
    with another_connection() as worker:
        worker.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, MARCH.number])
        assert recount_waiting(now=NOW) == []
        assert waiting_months() == [MARCH]
        worker.rollback()
    assert [done.month for done in recount_waiting(now=NOW)] == [MARCH]


def test_recount_waits_for_the_worker_that_is_at_the_month():
    report()
    with another_connection() as worker:
        worker.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, MARCH.number])
        recount = in_thread(lambda: recompute_month(MARCH, now=NOW))
        wait_until_blocked(worker)
        assert not recount.done()
        worker.rollback()
    assert recount.result(20).marks == 1


def test_many_writers_and_workers_at_once_end_in_counts_that_the_records_bear_out():
    stop = threading.Event()

    def write(first_day: int) -> int:
        for step in range(40):
            report(f"2024-03-{first_day + step % 5:02d}", url_count=step)
        return 40

    def work() -> int:
        runs = 0
        while not stop.is_set():
            recount_waiting(now=NOW)
            recompute_month(MARCH, now=NOW)
            runs += 1
        return runs

    writers = [in_thread(lambda day=day: write(day)) for day in (1, 6, 11)]
    workers = [in_thread(work) for _ in range(3)]
    assert [writer.result(60) for writer in writers] == [40, 40, 40]
    stop.set()
    assert all(worker.result(60) > 0 for worker in workers)

    recount_waiting(now=NOW)
    assert (part("reports", TOTAL), waiting_months()) == (120, [])
    assert verify(now=NOW).agrees


def test_report_declared_void_while_a_referral_of_it_is_being_written_marks_where_that_counts():
    """The void waits for the referral's writer, and looks for referrals afterwards: a recount between is no loss."""
    received, host = report("2024-02-05"), recipient()
    april = Month(2024, 4)
    with another_connection() as writer:
        writer.execute(
            "INSERT INTO cases_referral (report_id, recipient_id, url_count, sent_date)"
            " VALUES (%s, %s, 1, '2024-04-02')",
            [received.pk, host.pk],
        )
        void = in_thread(lambda: Report.objects.update(state="void"))
        wait_until_blocked(writer)
        writer.commit()
    assert void.result(20) == 1
    # One of the referral's writer, one of whoever declared the report void.
    assert DirtyMonth.objects.filter(month=april.first).count() == 2
    recompute_month(april, now=NOW)
    assert (part("sent", TOTAL, month=april), waiting_months()) == (0, [Month(2024, 2)])


def test_one_snapshot_sees_nothing_that_is_committed_meanwhile_and_writes_nothing():
    report()
    with another_connection() as writer, one_snapshot():
        assert Report.objects.count() == 1
        writer.execute(INSERT, [MARCH.first])
        writer.commit()
        assert Report.objects.count() == 1
        assert DirtyMonth.objects.count() == 1
    assert (Report.objects.count(), DirtyMonth.objects.count()) == (2, 2)
    with pytest.raises(DatabaseError, match="read-only"), one_snapshot():
        DirtyMonth.objects.all().delete()


def test_report_that_moves_between_months_is_never_told_twice_or_not_at_all():
    recorded("2024-01-01")
    moving = report("2024-03-05")
    stop = threading.Event()

    def move() -> int:
        moves = 0
        while not stop.is_set():
            moves += 1
            Report.objects.filter(pk=moving.pk).update(received_date=Month(2024, 3 + moves % 2).first)
            time.sleep(0.02)
        return moves

    def work() -> None:
        while not stop.is_set():
            recount_waiting(now=NOW)

    others = [in_thread(move), in_thread(work)]
    seen = []
    for _ in range(30):
        cell = exact_annual_tables(Year(2024), now=NOW).headline.cell("reports", "2024")
        seen.append((cell.value, cell.status))
    stop.set()
    assert all(not isinstance(other.result(30), DatabaseError) for other in others)
    settled = [value for value, status in seen if status is Status.NORMAL]
    assert settled
    assert set(settled) == {1}
