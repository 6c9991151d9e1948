"""Which months are closed, as the read side tells the write side."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cases.closed_months import CalendarMonth, closings_of
from cases.signals import closed_by
from stats.releases.closing import closing_releases
from tests.published import release

pytestmark = pytest.mark.django_db


def told(*months: str) -> list[tuple]:
    closings = closings_of([CalendarMonth.parse(month) for month in months])
    return [(closing.number, str(closing.period), str(closing.status), *map(str, sorted(closing.months)))
            for closing in closings]  # fmt: skip


def test_a_month_without_a_release_is_open():
    release("2025")
    assert told("2024-12", "2026-01") == []


def test_a_provisional_release_closes_nothing():
    release("2025", "provisional")
    assert told("2025-03") == []


@pytest.mark.parametrize("month", ["2025-01", "2025-07", "2025-12"])
def test_a_final_year_closes_its_months(month):
    release("2025")
    assert told(month) == [(1, "2025", "final", month)]


@pytest.mark.parametrize(("month", "is_closed"), [("2024-10", False), ("2024-11", True), ("2025-10", True)])
def test_a_year_that_starts_in_november_closes_its_own_months(month, is_closed):
    release("2024-11..2025-10")
    assert bool(told(month)) is is_closed


def test_of_a_period_the_release_in_force_is_told_and_of_two_periods_both():
    release("2025-Q1")
    release("2025-03")
    release("2025-Q1", "revised", revision=1)
    assert told("2025-02", "2025-03", "2025-04") == [
        (2, "March 2025", "final", "2025-03"),
        (3, "first quarter of 2025", "revised (1)", "2025-02", "2025-03"),
    ]


def test_it_is_told_in_the_readers_language():
    release("2025-Q1", on=date(2025, 5, 1))
    with translation.override("nl"):
        assert told("2025-02") == [(1, "eerste kwartaal van 2025", "definitief", "2025-02")]


def test_with_nobody_to_answer_nothing_is_closed():
    release("2025")
    assert closed_by.disconnect(dispatch_uid="stats.releases.closing")
    try:
        assert told("2025-03") == []
    finally:
        closed_by.connect(closing_releases, dispatch_uid="stats.releases.closing")
    assert told("2025-03") != []


def test_one_question_whatever_the_number_of_months_and_none_about_none():
    for year in range(2000, 2020):
        release(str(year))
    with CaptureQueriesContext(connection) as asked:
        assert len(told(*[f"{year}-05" for year in range(2000, 2020)])) == 20
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        assert told() == []
    assert len(asked) == 0


def test_the_question_is_answered_by_the_index():
    with CaptureQueriesContext(connection) as asked:
        told("2025-03")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        # Without its order: on a table without rows the key's own index costs as little, and gives the order besides.
        cursor.execute("EXPLAIN " + asked[0]["sql"].partition(" ORDER BY ")[0])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Scan using" in plan
    assert "Index Cond: ((first_month > '2024-03-01'::date) AND (first_month <= '2025-03-01'::date))" in plan
