"""The independent recount finds every kind of wrong cell, names it, and is quiet when all is well."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from stats.counting.rollups import settle
from stats.counting.verify import CellKey, Difference, expected_cells, verify, verify_months
from stats.declarations import TOTAL
from stats.figures import COUNTED, HELD, counted_keys
from stats.models import CountedMonth, MonthlyCount, Verification
from stats.periods import Month
from tests.stats.records import MARCH, NOW, cells, finding, recipient, referral, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted():
    """Two counted months with something in every breakdown."""
    for day in ("2024-03-05", "2024-04-30"):
        received = report(day, outcome_id="confirmed_baseline", url_count=30)
        report(day, source_id="police", referral_status=None, url_count=0)
        report(day, state="void")
        finding(received, 7, self_generated="yes", sex="girls", age_band="6-9", hosting_country="NL", site_type="forum")
        finding(received, 5, "confirmed_national", self_generated="no", sex="both")
        finding(received, 3, "not_found")
        host = recipient(f"Host {day[5:7]}")
        referral(received, host, 7, "removed")
        referral(received, host, 2, "none")
        referral(received, host, 1)
    settle([MARCH, Month(2024, 4)], now=NOW)


def tamper(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount == 1


@pytest.mark.usefixtures("counted")
def test_counts_agree_with_the_records():
    outcome = verify(now=NOW)
    assert (outcome.agrees, outcome.cells, outcome.months) == (True, MonthlyCount.objects.count(), 2)


@pytest.mark.usefixtures("counted")
def test_the_independent_recount_knows_every_declared_figure_and_breakdown():
    declared = {(figure, breakdown.key) for breakdown in HELD.values() for figure in counted_keys(breakdown.figures)}
    known = {(key.figure, key.breakdown) for key in expected_cells([MARCH])[MARCH]}
    assert known == declared | {(figure, TOTAL) for figure in COUNTED}


@pytest.mark.usefixtures("counted")
def test_changed_cell_is_named():
    tamper(
        "UPDATE stats_monthlycount SET value = value + 1"
        " WHERE month = '2024-03-01' AND breakdown = 'self_generated_sex' AND code_a = 'yes'"
    )
    key = CellKey("urls_confirmed", "self_generated_sex", "yes", "girls")
    assert verify(now=NOW).differences == (Difference(MARCH, key, 7, 8),)


@pytest.mark.usefixtures("counted")
def test_missing_cell_is_named():
    tamper(
        "DELETE FROM stats_monthlycount WHERE month = '2024-03-01' AND code_a = 'girls' AND figure = 'urls_confirmed'"
    )
    assert verify(now=NOW).differences == (Difference(MARCH, CellKey("urls_confirmed", "sex", "girls"), 7, None),)


@pytest.mark.usefixtures("counted")
def test_cell_nobody_accounts_for_is_named_also_in_a_month_that_was_never_counted():
    tamper(
        "INSERT INTO stats_monthlycount (month, figure, breakdown, code_a, code_b, value)"
        " VALUES ('2020-05-01', 'reports', 'source', 'public', '', 3)"
    )
    tampered = Difference(Month(2020, 5), CellKey("reports", "source", "public"), None, 3)
    assert tampered in verify(now=NOW).differences


@pytest.mark.usefixtures("counted")
def test_month_with_records_that_lost_its_counts_and_its_note_is_named():
    MonthlyCount.objects.filter(month=MARCH.first).delete()
    CountedMonth.objects.filter(month=MARCH.first).delete()
    outcome = verify(now=NOW)
    assert (outcome.agrees, outcome.months) == (False, 2)
    assert Difference(MARCH, CellKey("reports", TOTAL), 2, None) in outcome.differences


@pytest.mark.usefixtures("counted")
def test_several_months_are_gone_through_at_once_and_only_those_asked_for():
    report("2024-01-31", url_count=4)
    settle([Month(2024, 1)], now=NOW)
    MonthlyCount.objects.filter(breakdown="source").update(value=9)
    january, april = Month(2024, 1), Month(2024, 4)
    outcome = verify_months([april, january], now=NOW)
    assert outcome.months == 2
    # Also in order, and with nothing of March between them.
    assert [(found.month, found.key.figure, found.key.code_a, found.expected) for found in outcome.differences] == [
        (january, "reports", "public", 1),
        (january, "urls", "public", 4),
        (april, "reports", "police", 1),
        (april, "reports", "public", 1),
        (april, "urls", "public", 30),
    ]


def test_month_without_records_that_was_never_counted_agrees():
    outcome = verify(now=NOW, only=Month(2019, 1))
    assert (outcome.agrees, outcome.cells, outcome.months) == (True, 0, 1)


@pytest.mark.usefixtures("counted")
def test_every_single_cell_is_compared():
    for key, value in cells().items():
        MonthlyCount.objects.filter(
            month=MARCH.first, figure=key[0], breakdown=key[1], code_a=key[2], code_b=key[3], code_c="".join(key[4:])
        ).update(value=value + 1)
    found = [difference.key for difference in verify(now=NOW, only=MARCH).differences]
    assert {key if key.code_c else key[:-1] for key in found} == set(cells())


@pytest.mark.usefixtures("counted")
def test_months_with_marks_are_recounted_first_and_are_no_error():
    report("2024-03-09")
    report("2024-07-09")
    outcome = verify(now=NOW)
    assert (outcome.agrees, outcome.months) == (True, 3)
    assert CountedMonth.objects.count() == 3


@pytest.mark.usefixtures("counted")
def test_runs_are_kept_and_a_run_of_one_month_is_none():
    verify(now=NOW, only=MARCH)
    assert Verification.objects.count() == 0
    verify(now=NOW)
    tamper("DELETE FROM stats_monthlycount WHERE month = '2024-03-01' AND code_a = 'police' AND figure = 'reports'")
    verify(now=NOW)
    assert [run.differences for run in Verification.objects.order_by("pk")] == [0, 1]


@pytest.mark.usefixtures("counted")
def test_command_says_how_many_cells_agree():
    out = io.StringIO()
    call_command("verify_counts", stdout=out)
    assert out.getvalue() == f"{MonthlyCount.objects.count()} cells in 2 months agree\n"


@pytest.mark.usefixtures("counted")
def test_command_fails_and_names_the_cell():
    tamper(
        "UPDATE stats_monthlycount SET value = 99"
        " WHERE month = '2024-04-01' AND breakdown = 'self_generated_age_band' AND code_a = 'yes'"
    )
    err = io.StringIO()
    with pytest.raises(CommandError, match=r"1 of [0-9]+ cells in 2 months differ"):
        call_command("verify_counts", stderr=err)
    assert err.getvalue() == (
        "2024-04 figure=urls_confirmed breakdown=self_generated_age_band codes=yes, 6-9 expected=7 found=99\n"
    )
    call_command("verify_counts", "--month", "2024-03", stdout=io.StringIO())


def test_command_refuses_a_month_that_is_none():
    with pytest.raises(CommandError, match="a month is written as 2024-03"):
        call_command("verify_counts", "--month", "March")
