"""The fault harness in short: every fault once or twice on the running product, and the alarms of the comparison.

The long form is ``make faults``, the product broken on purpose ``make faults FAULTS_FLAGS=--mutants``.
"""

import time
from collections.abc import Iterator

import pytest

from tests.faults.check import compare
from tests.faults.hits import FAULTS
from tests.faults.journal import Journal, Kind, Told
from tests.faults.load import Months
from tests.faults.product import Product
from tests.faults.runs import MONTHS, Runs, settle, span_of
from tests.project.processes import assert_ended

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(240)]
CREATES = 25


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> Iterator[Runs]:
    """The product, running, and nothing of it afterwards."""
    folder = tmp_path_factory.mktemp("faults") / "product"
    with Product(folder) as product:
        yield Runs(product, seed=0, creates=CREATES, fewest_hits=1)
    assert_ended(folder)


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_is_lost_or_doubled_and_every_count_is_right(runs, fault):
    result = runs.run(fault)
    assert result.is_clean, f"{result}\n{result.verdict.notes}"
    assert result.acknowledged[Kind.CREATE] >= CREATES
    assert result.hits


@pytest.fixture(scope="module")
def quiet(runs) -> tuple[Journal, dict[str, str]]:
    """A run without a fault, in months that no fault's run has: its journal and its span."""
    months = Months(len(FAULTS) * MONTHS, 12)
    journal = Journal(runs.product.folder / "journal-quiet.jsonl")
    load = runs.load("quiet", journal, months, creates=CREATES)
    load.start()
    while not (load.is_done and journal.count(Kind.VOID, Told.ACKNOWLEDGED)):
        time.sleep(0.05)
    load.enough()
    load.join()
    journal.close()
    settled, verdict = settle(runs.product, journal, span_of(months))
    assert settled is not None
    assert verdict.is_clean
    return journal, span_of(months)


# What the database must never hold, made by its superuser with triggers off, inside a transaction that is rolled back.
TWICE = """INSERT INTO cases_report
(received_date, source_id, url_count, state, referral_status, reference_year, version)
SELECT received_date, source_id, url_count, state, referral_status, reference_year, version
FROM cases_report WHERE id = %(pk)s"""
NOTED_TWICE = """INSERT INTO cases_auditevent (actor, verb, subject, subject_key, report_id, changes)
SELECT actor, verb, subject, subject_key, report_id, changes FROM cases_auditevent
WHERE report_id = %(pk)s AND verb = 'log'"""
OFF_BY_ONE = """UPDATE stats_monthlycount SET value = value + 1 WHERE breakdown = 'total' AND figure = 'urls'
AND month = date_trunc('month', (SELECT received_date FROM cases_report WHERE id = %(pk)s))"""
DAMAGE = {
    "a report that is gone": ("DELETE FROM cases_report WHERE id = %(pk)s", "lost"),
    "a report that is there twice": (TWICE, "doubled"),
    "an event that is there twice": (NOTED_TWICE, "doubled"),
    "an event that is gone": ("DELETE FROM cases_auditevent WHERE report_id = %(pk)s AND verb = 'log'", "lost"),
    "a void taken back": ("UPDATE cases_report SET state = 'received' WHERE id = %(voided)s", "lost"),
    "a count that is off by one": (OFF_BY_ONE, "wrong"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_seen(runs, quiet, damage):
    journal, span = quiet
    told = [operation for operation in journal.operations if operation.told is Told.ACKNOWLEDGED]
    later = {operation.pk for operation in told if operation.kind is not Kind.CREATE}
    whole = next(operation.pk for operation in told if operation.pk not in later and not operation.source.endswith("+"))
    voided = next(operation.pk for operation in told if operation.kind is Kind.VOID)
    statement, seen_as = DAMAGE[damage]
    with runs.product.database() as connection, connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(statement, {"pk": whole, "voided": voided})
        verdict = compare(connection, journal, span)
    assert getattr(verdict, seen_as) > 0, verdict
