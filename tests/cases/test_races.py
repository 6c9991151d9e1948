"""Two at once: with real transactions, threads and connections of their own."""

import threading
from collections.abc import Callable

import psycopg
import pytest
from django.db import connections

from cases.actions import findings, reports
from cases.actions.errors import ActionError
from cases.models import AuditEvent, Report
from tests import make

pytestmark = pytest.mark.usefixtures("committed_db")


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls in threads that begin together; what each returned or raised."""
    go = threading.Barrier(len(calls))
    results: list[object] = [None] * len(calls)

    def run(place: int, call: Callable[[], object]) -> None:
        go.wait()
        try:
            results[place] = call()
        except (ActionError, psycopg.Error) as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=numbered) for numbered in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def insert_six(report_id: int) -> str:
    with psycopg.connect(make.database_address()) as other:
        other.execute(
            "INSERT INTO cases_finding (report_id, outcome_id, counts_as, url_count)"
            " VALUES (%s, 'not_illegal', 'not_confirmed', 6)",
            [report_id],
        )
    return "written"


def test_two_writers_at_once_can_not_together_exceed_the_url_count():
    analyst = make.user()
    for _ in range(20):
        report = make.report(by=analyst, url_count=10)
        results = at_once(lambda pk=report.pk: insert_six(pk), lambda pk=report.pk: insert_six(pk))
        refused = [result for result in results if isinstance(result, psycopg.errors.CheckViolation)]
        assert results.count("written") == 1
        assert [error.diag.constraint_name for error in refused] == ["finding_tallies_fit"]


def lower_to_five(report_id: int) -> str:
    with psycopg.connect(make.database_address()) as other:
        other.execute("UPDATE cases_report SET url_count = 5 WHERE id = %s", [report_id])
    return "written"


def test_lowering_the_url_count_while_findings_are_written_lets_one_of_the_two_through():
    analyst = make.user()
    for _ in range(20):
        report = make.report(by=analyst, url_count=10)
        results = at_once(lambda pk=report.pk: insert_six(pk), lambda pk=report.pk: lower_to_five(pk))
        assert results.count("written") == 1
        report.refresh_from_db()
        assert sum(finding.url_count for finding in report.findings.all()) <= report.url_count


def insert_seven(database: psycopg.Connection, report_id: int) -> None:
    database.execute(
        "INSERT INTO cases_finding (report_id, outcome_id, counts_as, url_count)"
        " VALUES (%s, 'not_illegal', 'not_confirmed', 7)",
        [report_id],
    )


def lower_to_six(database: psycopg.Connection, report_id: int) -> None:
    database.execute("UPDATE cases_report SET url_count = 6 WHERE id = %s", [report_id])


@pytest.mark.parametrize("level", [psycopg.IsolationLevel.REPEATABLE_READ, psycopg.IsolationLevel.SERIALIZABLE])
@pytest.mark.parametrize("write", [insert_seven, lower_to_six])
def test_a_transaction_that_can_not_see_what_others_wrote_does_not_get_past_the_tallies(level, write):
    report = make.report(by=make.user(), url_count=10)
    with psycopg.connect(make.database_address()) as blind, psycopg.connect(make.database_address()) as other:
        blind.isolation_level = level
        blind.execute("SELECT count(*) FROM cases_finding")
        insert_seven(other, report.pk)
        other.commit()
        with pytest.raises(psycopg.errors.InvalidTransactionState):
            write(blind, report.pk)


def test_of_two_analysts_acting_at_once_one_wins_and_the_other_is_told():
    first, second = make.user(), make.user()
    for _ in range(20):
        report = make.report(by=first)
        copies = [Report.objects.get(pk=report.pk) for _ in range(2)]
        results = at_once(
            lambda copy=copies[0]: reports.take(by=first, now=make.NOW, report=copy),
            lambda copy=copies[1]: reports.take(by=second, now=make.NOW, report=copy),
        )
        lost = [result for result in results if isinstance(result, ActionError)]
        assert [error.rule for error in lost] == ["changed_meanwhile"]
        assert AuditEvent.objects.filter(report_id=report.pk, verb="take").count() == 1


def test_two_who_take_next_at_once_get_two_reports():
    first, second = make.user(), make.user()
    for _ in range(10):
        made = {make.report(by=first).pk, make.report(by=first).pk}
        taken = at_once(
            lambda: reports.take_next(by=first, now=make.NOW), lambda: reports.take_next(by=second, now=make.NOW)
        )
        assert {report.pk for report in taken} == made


def test_two_who_assess_at_once_leave_one_set_of_findings():
    first, second = make.user(), make.user()
    tally = make.tally(url_count=6)
    for _ in range(10):
        report = make.report(make.tally("not_found", url_count=1), by=first, url_count=10)
        copies = [Report.objects.get(pk=report.pk) for _ in range(2)]
        results = at_once(
            lambda copy=copies[0]: findings.replace(by=first, now=make.NOW, report=copy, tallies=[tally]),
            lambda copy=copies[1]: findings.replace(by=second, now=make.NOW, report=copy, tallies=[tally]),
        )
        assert sum(isinstance(result, ActionError) for result in results) == 1
        assert [finding.url_count for finding in report.findings.all()] == [6]
