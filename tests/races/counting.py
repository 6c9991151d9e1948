"""Writers and workers for the orders, and the check that nothing was lost. The worker is the product's own."""

import re
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection

from stats.counting.rollups import recount_waiting, settle, waiting_months
from tests.make import database_address
from tests.races.actors import Actor, DiedError
from tests.stats.records import MARCH, NOW

MONTH = "2024-03-01"
INSERT = (
    "INSERT INTO cases_report (received_date, source_id, url_count, state, referral_status, reference_year, version)"
    " VALUES ('2024-03-05', 'public', 1, 'received', 'not_needed', 2024, 1)"
)
AMEND = "UPDATE cases_report SET url_count = url_count + 10 WHERE received_date = '2024-03-05'"
AMEND_THE_SEED = AMEND.replace("2024-03-05", "2024-03-09")
MARK = f"INSERT INTO stats_dirtymonth (month) VALUES ('{MONTH}')"
FORGET = """
SET session_replication_role = replica;
DELETE FROM cases_report; DELETE FROM stats_monthlycount; DELETE FROM stats_dirtymonth; DELETE FROM stats_countedmonth;
SET session_replication_role = origin;
"""
# A report that waits to be counted, on another day than the writers'.
SEED = INSERT.replace("2024-03-05", "2024-03-09")
STANDS = """
SELECT (SELECT count(*) FROM cases_report), (SELECT coalesce(sum(url_count), 0) FROM cases_report),
  coalesce((SELECT value FROM stats_monthlycount WHERE figure = 'reports' AND breakdown = 'total'), 0),
  coalesce((SELECT value FROM stats_monthlycount WHERE figure = 'urls' AND breakdown = 'total'), 0),
  (SELECT count(*) FROM stats_dirtymonth)
"""

Script = tuple[str, ...]
# What the product's writer does: the marks are made by the database's own triggers.
WRITES: Script = (INSERT, AMEND, "COMMIT")
LOGS: Script = (INSERT, "COMMIT")
Rewrite = Callable[[str, Any], tuple[str, Any]]


def writer(name: str, script: Script = WRITES, *, triggers: bool = True) -> Actor:
    """A connection that takes these statements, in a transaction unless one says otherwise."""
    held: list[psycopg.Connection] = []

    def begin() -> tuple[int, Callable[[], None]]:
        own = psycopg.connect(database_address(), autocommit=True)
        if not triggers:
            own.execute("SET session_replication_role = replica")
        held.append(own)
        return own.info.backend_pid, own.close

    def run(actor: Actor) -> None:
        (own,) = held
        try:
            for statement in script:
                actor.step()
                own.execute(statement if statement in {"COMMIT", MARK_OUTSIDE} else "BEGIN; " * _idle(own) + statement)
        except DiedError:
            own.execute("ROLLBACK" if not _idle(own) else "SELECT 1")
            raise

    return Actor(name, run, begin)


# A mark in a transaction of its own: MARK, told apart from one inside the writer's.
MARK_OUTSIDE = MARK + " "


def _idle(own: psycopg.Connection) -> bool:
    return own.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


STEPS = {
    "look": re.compile(r"\s*SELECT month FROM \(\s+SELECT month, min"),
    "lock": re.compile(r"SELECT pg_(try_)?advisory_xact_lock"),
    "marks": re.compile(r'SELECT .*FROM "stats_dirtymonth"'),
    "count": re.compile(r"\s*WITH reports AS MATERIALIZED"),
    "done with": re.compile(r'DELETE FROM "stats_dirtymonth"'),
}
ALL_STEPS = ("look", "lock", "marks", "count", "done with")


@dataclass(frozen=True)
class Gate:
    """Stops the worker before its statements, and gives some of them as a mutant has them."""

    actor: Actor
    steps: tuple[str, ...]
    rewrite: Rewrite | None

    def __call__(self, execute, sql, params, many, context):
        step = next((name for name, pattern in STEPS.items() if pattern.match(sql)), None)
        if step in self.steps:
            self.actor.step()
        if self.rewrite:
            sql, params = self.rewrite(sql, params)
        return execute(sql, params, many, context)


def worker(
    name: str, steps: tuple[str, ...] = ALL_STEPS, *, rewrite: Rewrite | None = None, waits: bool = False
) -> Actor:
    """The product's own recount, stopped before its statements and before its commit.

    What a tick does; with ``waits`` what an export or a release does first, which waits for a worker.
    """

    def begin() -> tuple[int, Callable[[], None]]:
        connection.ensure_connection()
        return connection.connection.info.backend_pid, connection.close

    def run(actor: Actor) -> None:
        with ExitStack() as stack:
            stack.enter_context(connection.execute_wrapper(Gate(actor, steps, rewrite)))
            stack.enter_context(_stopped_before_its_commit(actor))
            if waits:
                settle([MARCH], now=NOW)
            else:
                recount_waiting(now=NOW)

    return Actor(name, run, begin)


@contextmanager
def _stopped_before_its_commit(actor: Actor):
    # Django gives no hook before a commit.
    commit = connection._commit

    def stopped() -> None:
        actor.step()
        commit()

    connection._commit = stopped
    try:
        yield
    finally:
        del connection._commit


def begin_anew(monitor: psycopg.Connection) -> None:
    """One report, not counted yet, and its mark."""
    monitor.execute(FORGET)
    monitor.execute(SEED)


def drain(rewrite: Rewrite | None = None) -> None:
    """What ticks do: recount until nothing waits; as a mutant does it where there is one."""

    def as_the_mutant_does(execute, sql, params, many, context):
        return execute(*(rewrite(sql, params) if rewrite else (sql, params)), many, context)

    with connection.execute_wrapper(as_the_mutant_does):
        for _tick in range(5):
            if not waiting_months():
                break
            recount_waiting(now=NOW)


def wrong_after_draining(monitor: psycopg.Connection, rewrite: Rewrite | None = None) -> str | None:
    """None when the counts are those of the records and no mark is left; else what stands there."""
    drain(rewrite)
    reports, urls, counted, counted_urls, marks = monitor.execute(STANDS).fetchone()
    if (reports, urls, 0) == (counted, counted_urls, marks):
        return None
    return f"records {reports}/{urls}, counted {counted}/{counted_urls}, marks {marks}"
