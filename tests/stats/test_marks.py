"""Marks are left by the database itself, whoever writes and however."""

from datetime import date

import pytest
from django.db import connection

from cases.models import Outcome, Recipient, Report
from stats.counting.rollups import settle
from stats.models import DirtyMonth
from stats.periods import Month
from tests.stats.records import NOW, finding, recipient, referral, report

pytestmark = pytest.mark.django_db


def marked() -> list[str]:
    return sorted(str(Month.containing(month)) for month in DirtyMonth.objects.values_list("month", flat=True))


@pytest.fixture
def clean():
    """Forget the marks so far."""

    def forget() -> None:
        DirtyMonth.objects.all().delete()

    return forget


def execute(sql: str, *parameters) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_insert_marks_the_month():
    report("2024-03-05")
    assert marked() == ["2024-03"]


def test_one_statement_marks_each_month_once():
    execute(
        "INSERT INTO cases_report"
        " (received_date, source_id, url_count, state, referral_status, reference_year, version)"
        " SELECT date '2024-02-28' + i, 'public', 1, 'received', 'not_needed', 2024, 1 FROM generate_series(0, 9) i"
    )
    assert marked() == ["2024-02", "2024-03"]


def test_copy_marks_every_month_of_the_file_once():
    rows = "".join(f"2024-0{month}-07\tpublic\t1\treceived\tnot_needed\t2024\t1\n" for month in (1, 1, 2, 4))
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY cases_report (received_date, source_id, url_count, state, referral_status, reference_year, version)"
            " FROM STDIN"
        ) as copy,
    ):
        copy.write(rows)
    assert marked() == ["2024-01", "2024-02", "2024-04"]


def test_copy_of_findings_marks_the_months_of_their_reports(clean):
    reports = [report("2024-01-07"), report("2024-05-07")]
    clean()
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY cases_finding (report_id, outcome_id, counts_as, url_count) FROM STDIN") as copy,
    ):
        for received in reports:
            copy.write_row((received.pk, "not_found", "unassessable", 1))
    assert marked() == ["2024-01", "2024-05"]


def test_raw_update_of_any_column_marks_the_month(clean):
    report("2024-03-05")
    clean()
    execute("UPDATE cases_report SET source_id = 'police'")
    assert marked() == ["2024-03"]


def test_moved_date_marks_both_months(clean):
    received = report("2024-03-05")
    clean()
    execute("UPDATE cases_report SET received_date = %s WHERE id = %s", date(2023, 12, 31), received.pk)
    assert marked() == ["2023-12", "2024-03"]


def test_statement_that_changes_nothing_marks_nothing(clean):
    report("2024-03-05")
    clean()
    execute("UPDATE cases_report SET url_count = 1 WHERE id = 0")
    execute("DELETE FROM cases_report WHERE id = 0")
    assert marked() == []


def test_delete_marks_the_month(clean):
    received = report("2024-03-05")
    clean()
    execute("DELETE FROM cases_report WHERE id = %s", received.pk)
    assert marked() == ["2024-03"]


def test_findings_and_referrals_mark_the_month_of_their_report(clean):
    received = report("2024-03-05")
    host = recipient()
    for change in (
        lambda: finding(received, 1),
        lambda: execute("UPDATE cases_finding SET url_count = 2"),
        lambda: execute("DELETE FROM cases_finding"),
        lambda: referral(received, host, 1),
        lambda: execute("UPDATE cases_referral SET url_count = 2"),
        lambda: execute("DELETE FROM cases_referral"),
    ):
        clean()
        change()
        assert marked() == ["2024-03"]


def test_finding_moved_to_another_report_marks_both_months(clean):
    first, second = report("2024-03-05"), report("2024-06-05")
    finding(first, 1)
    clean()
    execute("UPDATE cases_finding SET report_id = %s", second.pk)
    assert marked() == ["2024-03", "2024-06"]


def test_outcome_that_counts_otherwise_marks_the_months_of_its_findings(clean):
    finding(report("2024-03-05"), 1, "not_found")
    clean()
    Outcome.objects.filter(pk="not_found").update(counts_as="out_of_remit")
    assert marked() == ["2024-03"]


def test_recipient_of_another_kind_marks_its_months_and_a_new_name_marks_none(clean):
    host = recipient()
    referral(report("2024-03-05"), host, 1)
    clean()
    Recipient.objects.filter(pk=host.pk).update(name="Other Hosting")
    assert marked() == []
    Recipient.objects.filter(pk=host.pk).update(kind="platform")
    assert marked() == ["2024-03"]


def test_truncate_marks_every_month_that_was_counted_or_holds_a_report(clean):
    report("2024-03-05")
    settle([Month(2024, 3), Month(2024, 4)], now=NOW)
    Report.objects.all().delete()
    report("2024-06-05")
    settle([Month(2024, 3)], now=NOW)
    clean()
    execute("TRUNCATE cases_referral, cases_finding")
    assert set(marked()) == {"2024-03", "2024-06"}


def test_rolled_back_write_leaves_no_mark(clean):
    execute("SAVEPOINT here")
    report("2024-03-05")
    assert marked() == ["2024-03"]
    execute("ROLLBACK TO here")
    assert marked() == []
