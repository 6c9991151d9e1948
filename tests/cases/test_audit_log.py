"""The auditor's page."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.actions import audit
from cases.audit_queries import PAGE_SIZE, Wanted, page_of_log
from cases.models import AuditEvent
from hotline.accounts.permissions import Role
from tests import make
from tests.make import AMSTERDAM, NOW

LOG = "/audit-log/"


@pytest.fixture
def auditor(db, client):
    client.force_login(make.user(Role.AUDITOR))
    return client


def write(count: int, *, at: datetime = NOW, step: timedelta = timedelta(0), by=None, verb: str = "close") -> None:
    for number in range(count):
        event = audit.Event(verb=verb, subject="report", subject_key=str(number))
        audit.record(event, by=by, now=at + number * step)


@pytest.mark.parametrize("step", [timedelta(0), timedelta(seconds=1)], ids=["one moment", "apart"])
def test_pages_hold_every_event_once_newest_first_both_ways(db, step):
    write(2 * PAGE_SIZE + 5, step=step)
    newest_first = list(AuditEvent.objects.order_by("-at", "-pk").values_list("pk", flat=True))
    pages = [page_of_log(Wanted())]
    while pages[-1].older:
        pages.append(page_of_log(Wanted(), older_than=pages[-1].older))
    assert [event.pk for page in pages for event in page.events] == newest_first
    assert [len(page.events) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 5]
    back = page_of_log(Wanted(), newer_than=pages[2].newer)
    assert back.events == pages[1].events
    first = page_of_log(Wanted(), newer_than=back.newer)
    assert (first.events, first.newer) == (pages[0].events, None)


def test_a_page_is_read_without_counting_or_skipping(auditor):
    write(PAGE_SIZE + 1)
    with CaptureQueriesContext(connection) as captured:
        page = auditor.get(LOG)
        auditor.get(LOG + page.context["older_url"])
    statements = [query["sql"].upper() for query in captured if "CASES_AUDITEVENT" in query["sql"].upper()]
    assert len(statements) >= 2
    assert [sql for sql in statements if "OFFSET" in sql or "COUNT(" in sql] == []


def test_an_old_month_is_found_by_its_index(db):
    write(3)
    with connection.cursor() as cursor:
        # Of so few rows, either of these may look cheaper than walking the index, as the last ANALYZE happened to find.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        events = AuditEvent.objects.order_by("-at", "-pk").filter(at__gte=NOW, at__lt=NOW + timedelta(days=31))
        plan = events[:51].explain()
    assert "auditevent_by_time" in plan
    assert "Sort" not in plan


def shown(client, **filters) -> list[str]:
    return [sentence.text for sentence in client.get(LOG, filters).context["sentences"]]


def test_a_month_is_that_of_the_hotlines_clock(auditor):
    write(1, at=datetime(2025, 12, 31, 23, 30, tzinfo=AMSTERDAM), verb="close")
    write(1, at=datetime(2026, 1, 1, 0, 30, tzinfo=AMSTERDAM), verb="void")
    assert ["closed" in text for text in shown(auditor, month="2025-12")] == [True]
    assert ["void" in text for text in shown(auditor, month="2026-01")] == [True]


def test_filters_by_verb_person_and_report(auditor, analyst, colleague):
    report, other = make.report(by=analyst), make.report(by=colleague)
    write(1)
    assert len(shown(auditor, verb="log")) == 2
    assert len(shown(auditor, person=str(analyst.reference))) == 1
    assert len(shown(auditor, person="system")) == 1
    assert [report.reference in text for text in shown(auditor, report=report.reference)] == [True]
    assert shown(auditor, report=other.reference, person=str(analyst.reference)) == []


@pytest.mark.parametrize(
    "wrong", [{"month": "2025-13"}, {"month": "0000-01"}, {"verb": "nonsense"}, {"person": "x"}, {"report": "2026-1"}]
)
def test_a_filter_that_can_not_be_read_shows_nothing_and_says_why(auditor, wrong):
    write(1)
    answer = auditor.get(LOG, wrong)
    assert answer.status_code == 200
    assert answer.context["sentences"] == []
    assert "field__errors" in answer.content.decode()
