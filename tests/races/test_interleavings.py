"""Writer against worker, in every order their statements can come in; and mutants that this has to find.

``make test`` plays every order of one writer and one worker, with every death of the writer, and a sample of two
writers and of two workers. ``make interleavings`` plays them all.
"""

import os
import random
from collections.abc import Iterable
from itertools import islice
from typing import Any

import psycopg
import pytest

from tests.make import database_address
from tests.races.actors import Actor, Stage, orders, with_deaths
from tests.races.counting import (
    ALL_STEPS,
    AMEND_THE_SEED,
    INSERT,
    LOGS,
    MARK,
    MARK_OUTSIDE,
    WRITES,
    Rewrite,
    Script,
    begin_anew,
    worker,
    writer,
    wrong_after_draining,
)

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.xdist_group("committed")]

# Locking comes before the marks are read; what stands between two workers is looked at where there are two.
ALONE = ("look", "marks", "count", "done with")
ALL = os.environ.get("INTERLEAVINGS") == "all"
SAMPLE = 25


@pytest.fixture
def monitor():
    with psycopg.connect(database_address(), autocommit=True) as own:
        yield own


def chosen(every: Iterable[tuple[str, ...]], *, sample: int = SAMPLE) -> list[tuple[str, ...]]:
    """All orders, or a sample that is the same every time."""
    listed = list(every)
    return listed if ALL else random.Random(4).sample(listed, min(sample, len(listed)))  # noqa: S311 - no secret


def lost(
    stage: Stage, played: Iterable[tuple[str, ...]], rewrite: Rewrite | None = None
) -> list[tuple[tuple[str, ...], str]]:
    """The orders after which counts and records differ, and how."""
    found = []
    for order in played:
        begin_anew(stage.monitor)
        stage.play(order)
        wrong = wrong_after_draining(stage.monitor, rewrite)
        if wrong:
            found.append((order, wrong))
    return found


def staged(monitor: psycopg.Connection, *actors: Actor) -> Stage:
    return Stage({actor.name: actor for actor in actors}, monitor)


def tell(what: str, played: list, stage: Stage, found: list) -> None:
    print(f"{what}: {len(played)} orders, {stage.blocked} waits for a lock, {len(found)} lost")  # noqa: T201 - the long form's output


def test_one_writer_and_one_worker_in_every_order_and_every_death(monitor):
    played = list(with_deaths("writer", writer=len(WRITES), worker=len(ALONE) + 1))
    with staged(monitor, writer("writer"), worker("worker", ALONE)) as stage:
        found = lost(stage, played)
    tell("one writer, one worker", played, stage, found)
    assert (len(played), found) == (139, [])


def test_two_writers_and_one_worker(monitor):
    # The two do the same: of each pair of orders one is enough.
    every = [order for order in orders(a=2, b=2, worker=4) if order.index("a") < order.index("b")]
    played = chosen(every)
    with staged(monitor, writer("a", LOGS), writer("b", LOGS), worker("worker", ALONE[1:])) as stage:
        found = lost(stage, played)
    tell("two writers, one worker", played, stage, found)
    assert found == []


def test_two_writers_of_one_row_wait_for_each_other(monitor):
    amends: Script = (AMEND_THE_SEED, "COMMIT")
    every = [order for order in orders(a=2, b=2, worker=4) if order.index("a") < order.index("b")]
    played = chosen(every, sample=8)
    with staged(monitor, writer("a", amends), writer("b", amends), worker("worker", ALONE[1:])) as stage:
        found = lost(stage, played)
    tell("two writers of one row, one worker", played, stage, found)
    assert found == []
    assert stage.blocked


def test_one_writer_and_two_workers(monitor):
    every = [order for order in orders(writer=2, a=6, b=3) if order.index("a") < order.index("b")]
    played = chosen(every)
    workers = (worker(name, ALL_STEPS) for name in ("a", "b"))
    with staged(monitor, writer("writer", LOGS), *workers) as stage:
        found = lost(stage, played)
    tell("one writer, two workers", played, stage, found)
    assert found == []


def test_one_writer_one_worker_and_an_export_that_waits_for_it(monitor):
    played = chosen(orders(writer=2, worker=5, export=3))
    steps = ALL_STEPS[1:]
    with staged(monitor, writer("writer", LOGS), worker("worker", steps), worker("export", steps, waits=True)) as stage:
        found = lost(stage, played)
    tell("one writer, one worker, one export", played, stage, found)
    assert found == []
    assert stage.blocked


def one_mark_row(monitor: psycopg.Connection) -> tuple[Script, bool, None]:
    """One row a month: who finds it there is content."""
    monitor.execute("CREATE UNIQUE INDEX mutant_one_mark ON stats_dirtymonth (month)")
    return (INSERT, MARK + " ON CONFLICT DO NOTHING", "COMMIT"), False, None


def marked_before(_monitor: psycopg.Connection) -> tuple[Script, bool, None]:
    """The mark in a transaction of its own, before the writer's."""
    return (MARK_OUTSIDE, INSERT, "COMMIT"), False, None


def marked_after(_monitor: psycopg.Connection) -> tuple[Script, bool, None]:
    """The mark in a transaction of its own, after the writer's."""
    return (INSERT, "COMMIT", MARK_OUTSIDE), False, None


def adding(_monitor: psycopg.Connection):
    """For each mark one report more: never counted again."""

    def rewrite(sql: str, params: Any) -> tuple[str, Any]:
        if not sql.lstrip().startswith("WITH reports AS MATERIALIZED"):
            return sql, params
        cells = ", ".join(
            f"(%(first)s::date, '{figure}', 'total', '', '', '', (SELECT count(*) FROM stats_dirtymonth))"
            for figure in ("reports", "urls")
        )
        adds = (
            "INSERT INTO stats_monthlycount (month, figure, breakdown, code_a, code_b, code_c, value)"
            f" VALUES {cells} ON CONFLICT (month, breakdown, figure, code_a, code_b, code_c)"
            " DO UPDATE SET value = stats_monthlycount.value + EXCLUDED.value RETURNING 1, 1, 0"
        )
        return adds, params

    return LOGS, True, rewrite


def forgets_unseen(_monitor: psycopg.Connection):
    """Done with every mark of the month, also those it did not see before it counted."""

    def rewrite(sql: str, params: Any) -> tuple[str, Any]:
        return ('DELETE FROM "stats_dirtymonth"', None) if sql.startswith("DELETE") else (sql, params)

    return LOGS, True, rewrite


@pytest.mark.parametrize("mutant", [one_mark_row, marked_before, marked_after, adding, forgets_unseen])
def test_a_mutant_is_found(mutant, monitor):
    script, triggers, rewrite = mutant(monitor)
    played = list(with_deaths("writer", writer=len(script), worker=len(ALONE) + 1))
    played = played if ALL else list(islice(shuffled(played), 80))
    try:
        with staged(
            monitor, writer("writer", script, triggers=triggers), worker("worker", ALONE, rewrite=rewrite)
        ) as stage:
            found = first_lost(stage, played, rewrite)
    finally:
        monitor.execute("DROP INDEX IF EXISTS mutant_one_mark")
    tell(f"mutant {mutant.__name__}", played, stage, found)
    assert found


def shuffled(played: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return random.Random(5).sample(played, len(played))  # noqa: S311 - no secret


def first_lost(stage: Stage, played: list[tuple[str, ...]], rewrite: Rewrite | None) -> list:
    """All that are lost; in the short form the first is enough."""
    if ALL:
        return lost(stage, played, rewrite)
    return next((found for order in played if (found := lost(stage, [order], rewrite))), [])
