"""Random workflows against an independent count: here in short, in full by ``make machine`` (RUNS=, STEPS=, SEED=)."""

import os
import time
from collections import Counter

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from hotline.accounts.permissions import Role
from tests import make
from tests.races.workflow import House, Workflow
from tests.stats.records import recorded

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.xdist_group("committed")]

RUNS = int(os.environ.get("RUNS", "10"))
STEPS = int(os.environ.get("STEPS", "50"))
SEED = int(os.environ.get("SEED", "4"))
RECIPIENTS = (("Example Hosting", "hosting_provider"), ("Example Video", "platform"), ("Example Police", "police"))


@pytest.fixture
def house():
    """Who works there: committed, so that a run has only its reports to make."""
    recorded("2024-01-01")
    return House(
        analyst=make.user(Role.ANALYST),
        lead=make.user(Role.LEAD),
        administrator=make.user(Role.ADMINISTRATOR),
        recipients=[make.recipient(name, kind) for name, kind in RECIPIENTS],
    )


def play(machine: type[Workflow], *, runs: int, steps: int = STEPS) -> None:
    """So many runs of so many steps, the same ones for the same SEED."""
    chosen = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    # As a decorator does it: the class bears the seed.
    run_state_machine_as_test(seed(SEED)(machine), settings=chosen, _min_steps=steps)


def machine_of(house: House, *parts: type) -> type[Workflow]:
    return type("Machine", (*parts, Workflow), {"house": house, "told": Counter(), "steps": STEPS})


class Telling:
    """Says now and then how far it is: the long form takes minutes."""

    def teardown(self) -> None:
        super().teardown()
        if self.told["begun"] % 100 == 0:
            print(f"  {told(self)}", flush=True)  # noqa: T201


def told(machine: type[Workflow] | Workflow) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in machine.told.items())


def test_counts_events_and_releases_are_right_whatever_is_done(house):
    machine, start = machine_of(house, Telling), time.monotonic()
    if RUNS < 100:
        machine.release_runs = 2
    play(machine, runs=RUNS)
    print(f"machine: {told(machine)}; {time.monotonic() - start:.0f} s; 0 wrong")  # noqa: T201 - the output
    assert machine.told["runs"] >= RUNS
    assert machine.told["drains"] >= RUNS
    assert machine.told["releases"]
    assert RUNS < 100 or machine.told["asked about a closed month"]


class CountsVoid:
    """The recount forgets to leave void reports out."""

    def __init__(self) -> None:
        self.wrapped = connection.execute_wrapper(
            lambda execute, sql, *rest: execute(sql.replace(" AND state <> 'void'", ""), *rest)
        )
        self.wrapped.__enter__()
        super().__init__()

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            self.wrapped.__exit__(None, None, None)


class Mutant:
    """The database is changed in the run's own transaction."""

    sql = ""

    def __init__(self) -> None:
        super().__init__()
        self.execute(self.sql)

    @staticmethod
    def execute(sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)


class LeavesNoMark(Mutant):
    """A report that is changed leaves no mark."""

    sql = "ALTER TABLE cases_report DISABLE TRIGGER mark_updated"


class LosesAnEvent(Mutant):
    """That a finding was taken back is not noted."""

    sql = """
    CREATE FUNCTION mutant_loses() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
    CREATE TRIGGER mutant_loses BEFORE INSERT ON cases_auditevent FOR EACH ROW WHEN (NEW.verb = 'retract')
      EXECUTE FUNCTION mutant_loses();
    """


class ThawsReleases(Mutant):
    """A frozen number follows when its month is recounted."""

    sql = """
    CREATE FUNCTION mutant_thaws() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM set_config('session_replication_role', 'replica', true);
      UPDATE stats_frozencell SET value = value + 1 WHERE value IS NOT NULL;
      PERFORM set_config('session_replication_role', 'origin', true);
      RETURN NULL;
    END $$;
    CREATE TRIGGER mutant_thaws AFTER UPDATE ON stats_monthlycount FOR EACH STATEMENT EXECUTE FUNCTION mutant_thaws();
    """

    release_runs = 1


@pytest.mark.parametrize("mutant", [CountsVoid, LeavesNoMark, LosesAnEvent, ThawsReleases])
def test_a_mutant_is_found(house, mutant):
    machine = machine_of(house, mutant)
    with pytest.raises(AssertionError):
        play(machine, runs=60, steps=25)
    print(f"mutant {mutant.__name__}: found in run {machine.told['begun']}")  # noqa: T201
