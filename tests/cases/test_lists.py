"""The lists among ten thousand reports: every tab and filter, forwards and back, and each query through an index."""

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.filling import NEVER
from cases import audit_queries, queries
from cases.actions import reports as actions
from cases.audit_queries import Wanted, page_of_log
from cases.models import AuditEvent, Report
from cases.queries import Page, capped_count, filtered, listed, page_of, queue
from hotline.accounts.models import User
from tests import make
from tests.many import many_reports

# One that is frequent, one that is rare, one that never comes together with the frequent of the next.
FILTERS = {
    "source": (None, "public", NEVER["source"]),
    "outcome": (None, "confirmed_baseline", NEVER["outcome"]),
    "state": (None, "closed", "in_triage", "assessed"),
    "received": (None, "a quarter"),
}
COMBINATIONS = [dict(zip(FILTERS, values, strict=True)) for values in product(*FILTERS.values())]
# Of the other tabs those with no filter, with one, and with all of them.
FEW = [found for found in COMBINATIONS if sum(value is not None for value in found.values()) in {0, 1, 4}]
LISTS = [(name, found) for name in queries.QUEUES for found in (COMBINATIONS if name == "all" else FEW)]


@pytest.fixture(scope="module")
def person(django_db_setup, django_db_blocker) -> Iterator[User]:
    with django_db_blocker.unblock(), many_reports() as person:
        yield person


@pytest.fixture
def again(person) -> Iterator[User]:
    """Ten thousand reports, whatever a test does to them."""
    with transaction.atomic():
        yield person
        transaction.set_rollback(True)


def chosen(combination: dict[str, Any]) -> dict[str, Any]:
    found = {name: combination[name] for name in ("source", "outcome", "state")}
    if combination["received"]:
        last = timezone.now().date()
        found |= {"received_from": last - timedelta(days=200), "received_until": last - timedelta(days=20)}
    return found


def test_every_list_is_what_its_filters_say_page_by_page_and_back(person, db, monkeypatch):
    """Against the plain queries: the order, every row once, on the way there and on the way back."""
    monkeypatch.setattr(queries, "PAGE_SIZE", 100)
    seen = 0
    for name, combination in LISTS:
        filters, newest_first = chosen(combination), name == "all"
        plain = filtered(queue(name, person), filters)
        ordered = plain.newest_first() if newest_first else plain.oldest_first()
        expected = list(ordered.values_list("pk", flat=True)[:250])
        found, last = walk(listed(name, person, filters), newest_first=newest_first)
        assert found == expected, (name, combination)
        if last.before:
            back = page_of(listed(name, person, filters), before=last.before, newest_first=newest_first)
            assert [row.pk for row in back.rows] == expected[-len(last.rows) - 100 : -len(last.rows)]
        seen += len(found)
    assert seen > 5_000


def walk(listing: Any, *, newest_first: bool) -> tuple[list[int], Page]:
    """The keys of the first 250 rows, and the page on which the last of them stands."""
    page = page_of(listing, newest_first=newest_first)
    keys = [row.pk for row in page.rows]
    while page.after and len(keys) < 250:
        page = page_of(listing, after=page.after, newest_first=newest_first)
        page = Page(page.rows[: 250 - len(keys)], page.after, page.before)
        keys += [row.pk for row in page.rows]
    return keys, page


def test_every_list_counts_what_its_filters_say_and_no_further_than_the_limit(person, db):
    found = {
        (name, str(combination)): (
            capped_count(listed(name, person, chosen(combination))),
            min(1001, filtered(queue(name, person), chosen(combination)).count()),
        )
        for name, combination in LISTS
    }
    assert {key for key, (counted, expected) in found.items() if counted != expected} == set()
    assert {counted for counted, _expected in found.values()} >= {0, 1001}


# What is few is rather gathered and sorted than read in order, and of ten thousand every part is few.
AS_AMONG_MILLIONS = "SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
AS_IT_IS = "RESET enable_bitmapscan; RESET enable_sort"


def plans(run: Any, how: str = AS_IT_IS) -> list[dict[str, Any]]:
    """The steps of the plans of the statements that something runs, with what each went through."""
    with CaptureQueriesContext(connection) as captured:
        run()
    found = []
    with connection.cursor() as cursor:
        for query in list(captured):
            cursor.execute(how)
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
            (plan,) = cursor.fetchone()
            found += json.loads(plan) if isinstance(plan, str) else plan
        cursor.execute(AS_IT_IS)
    return [step for plan in found for step in steps(plan["Plan"])]


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from steps(part)


RECORDS = {"cases_report", "cases_finding", "cases_referral", "cases_auditevent"}


def gone_through(found: list[dict[str, Any]]) -> tuple[set[str], float]:
    """The tables of records that were read from end to end, and how many of their rows were looked at in all."""
    read = [step for step in found if step.get("Relation Name") in RECORDS]
    rows = sum(
        (step["Actual Rows"] + step.get("Rows Removed by Filter", 0) + step.get("Rows Removed by Index Recheck", 0))
        * step["Actual Loops"]
        for step in read
    )
    return {step["Relation Name"] for step in read if step["Node Type"] == "Seq Scan"}, rows


# Sources x states, a page of each at most; then the page's rows and their findings.
PARTS = 7 * 6
MOST_ROWS = PARTS * 51 + 51 * 4


@pytest.mark.parametrize("name", queries.QUEUES)
def test_every_list_is_read_through_an_index_and_no_further_than_a_page_of_each_part(name, person, db):
    for combination in (found for tab, found in LISTS if tab == name):
        for deep in (False, True):
            middle = filtered(queue(name, person), chosen(combination)).oldest_first()
            rows = list(middle.values_list("received_date", "pk"))
            after = "{}_{}".format(*rows[len(rows) // 2]) if deep and rows else ""
            listing = listed(name, person, chosen(combination))
            run = partial(page_of, listing, after=after, newest_first=name == "all")
            whole, _looked_at = gone_through(plans(run))
            _whole, looked_at = gone_through(plans(run, AS_AMONG_MILLIONS))
            assert (whole, looked_at <= MOST_ROWS) == (set(), True), (combination, deep, looked_at)


@pytest.mark.parametrize("name", queries.QUEUES)
def test_every_count_of_a_list_is_read_through_an_index_and_no_further_than_its_limit(name, person, db):
    for combination in (found for tab, found in LISTS if tab == name):
        listing = listed(name, person, chosen(combination))
        run = partial(capped_count, listing)
        whole, _looked_at = gone_through(plans(run))
        _whole, looked_at = gone_through(plans(run, AS_AMONG_MILLIONS))
        assert (whole, looked_at <= 1001 + PARTS) == (set(), True), (combination, looked_at)


def test_a_list_without_its_index_would_be_seen(again):
    found = plans(lambda: page_of(listed("all", again, NEVER), newest_first=True))
    assert gone_through(found) == (set(), 0)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX report_by_outcome")
    found = plans(lambda: page_of(listed("all", again, NEVER), newest_first=True))
    assert gone_through(found)[1] > 500


def test_the_report_to_take_next_is_found_through_its_index(again):
    whole, looked_at = gone_through(plans(lambda: Report.objects.to_triage().unassigned().oldest_first().first()))
    # Those that somebody has are passed over.
    assert (whole, looked_at < 50) == (set(), True)
    assert actions.take_next(by=again, now=make.NOW).assignee == again


LOGS = [
    Wanted(),
    Wanted(verb="log"),
    Wanted(verb="import"),
    Wanted(by_system=True),
    Wanted(by_system=True, verb="log"),
]


@pytest.mark.parametrize("wanted", LOGS, ids=str)
def test_every_page_of_the_audit_log_is_read_through_an_index(wanted, person, db):
    middle = AuditEvent.objects.order_by("at", "pk")[500].pk
    for key in (None, middle):
        found = plans(lambda: page_of_log(wanted, older_than=key))  # noqa: B023 - run at once
        whole, looked_at = gone_through(found)
        assert (whole, looked_at <= 3 * audit_queries.PAGE_SIZE) == (set(), True), (key, looked_at)


@pytest.mark.parametrize(
    "cursor", ["x", "2024-01-01_", "2024-13-01_1", "2024-01-01_99999999999999999999", "2024-01-01_٣"]
)
def test_what_is_no_cursor_gives_the_first_page(cursor, person, db):
    listing = listed("open", person, {})
    assert page_of(listing, after=cursor).rows == page_of(listing).rows
