"""What an analyst sees and can do on the pages, as HTTP."""

import re
import uuid
from datetime import date

import pytest
from django.urls import reverse

from cases.models import AuditEvent, Report
from hotline.accounts.permissions import Role
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, analyst):
    """A browser of a signed-in analyst."""
    client.force_login(analyst)
    return client


def log_data(*lines, **fields):
    """What the log form sends."""
    data = {
        "received_date": "2026-03-01",
        "source": "public",
        "url_count": "10",
        "form_key": str(uuid.uuid4()),
        "findings-TOTAL_FORMS": str(max(len(lines), 1)),
        "findings-INITIAL_FORMS": "0",
        **fields,
    }
    for place, line in enumerate(lines):
        data.update({f"findings-{place}-{name}": value for name, value in line.items()})
    return data


def findings_of(report):
    return list(report.findings.values_list("outcome_id", "url_count", "sex_id"))


def test_log_saves_a_report_with_two_findings_and_offers_the_next(page):
    lines = [
        {"outcome": "confirmed_baseline", "url_count": "7", "sex": "girls", "age_band": "10-11"},
        {"outcome": "not_found", "url_count": "3"},
    ]
    answer = page.post(reverse("cases:log"), log_data(*lines), follow=True)
    report = Report.objects.get()
    assert (report.received_date, report.source_id, report.url_count, report.state) == (
        date(2026, 3, 1),
        "public",
        10,
        "assessed",
    )
    assert findings_of(report) == [("confirmed_baseline", 7, "girls"), ("not_found", 3, None)]
    assert report.reference in answer.content.decode()
    assert 'value="2026-03-01"' in answer.content.decode()


def test_line_without_a_number_takes_what_is_left(page):
    lines = [{"outcome": "confirmed_baseline", "url_count": "7"}, {"outcome": "not_found"}]
    page.post(reverse("cases:log"), log_data(*lines))
    assert findings_of(Report.objects.get()) == [("confirmed_baseline", 7, None), ("not_found", 3, None)]


def test_form_sent_twice_is_written_once(page):
    data = log_data({"outcome": "not_found"})
    answers = [page.post(reverse("cases:log"), data) for _ in range(2)]
    assert Report.objects.count() == 1
    assert answers[0]["Location"] == answers[1]["Location"]
    assert AuditEvent.objects.filter(verb="log").count() == 1


@pytest.mark.parametrize(
    ("lines", "fields", "message"),
    [
        ([], {"received_date": "2999-01-01"}, "A report can not have come in after today."),
        ([], {"received_date": "01-03-2026"}, "Type a date as year-month-day"),
        ([], {"url_count": "ten"}, "Type a whole number in digits"),
        ([], {"url_count": "\uff11\uff10"}, "Type a whole number in digits"),
        ([], {"url_count": "10\n"}, None),
        ([], {"source": "pigeon"}, "Choose one of the options listed."),
        ([{"url_count": "3"}], {}, "Choose an outcome."),
        ([{"outcome": "not_found", "url_count": "11"}], {}, "The findings add up to more URLs than the report has."),
        ([{"outcome": "not_found", "sex": "girls"}], {}, "This is recorded of confirmed URLs only."),
        (
            [{"outcome": "not_found"}, {"outcome": "no_access"}],
            {},
            "Say how many: only one line can take what is left.",
        ),
    ],
)
def test_log_refuses_what_breaks_a_rule_and_writes_nothing(page, lines, fields, message):
    answer = page.post(reverse("cases:log"), log_data(*lines, **fields))
    if message is None:
        assert Report.objects.get().url_count == 10
        return
    assert answer.status_code == 400
    assert message in answer.content.decode()
    assert not Report.objects.exists()


def test_refused_values_are_not_said_back(page):
    canary = "https-canary-7f3a"
    fields = dict.fromkeys(("received_date", "source", "url_count", "form_key"), canary)
    line = dict.fromkeys(("outcome", "url_count", "self_generated", "sex", "age_band", "site_type"), canary)
    answer = page.post(reverse("cases:log"), log_data(line, **fields))
    assert answer.status_code == 400
    assert canary not in answer.content.decode()


def test_undo_voids_the_last_entry_unless_someone_has_worked_on_it(page, analyst):
    for version, state in (("1", "void"), ("2", "received")):
        report = make.report(by=analyst)
        page.post(reverse("cases:undo", args=[report.pk]), {"version": version})
        report.refresh_from_db()
        assert report.state == state


def test_triage_with_nothing_left_is_finished_and_leads_to_the_next(page, analyst):
    report = make.report(make.tally("not_found", 1), by=analyst)
    other = make.report(by=analyst)
    data = {
        "version": "1",
        "next": "",
        "findings-TOTAL_FORMS": "1",
        "findings-INITIAL_FORMS": "0",
        "findings-0-outcome": "not_illegal",
    }
    answer = page.post(reverse("cases:findings", args=[report.pk]), data)
    report.refresh_from_db()
    assert (report.state, findings_of(report)) == ("assessed", [("not_illegal", 10, None)])
    assert answer["Location"] == reverse("cases:findings", args=[other.pk])


def test_second_analyst_with_an_older_page_is_told(page, colleague, analyst, client):
    report = make.report(by=analyst)
    page.post(reverse("cases:take", args=[report.pk]), {"version": "1"})
    client.force_login(colleague)
    answer = client.post(reverse("cases:take", args=[report.pk]), {"version": "1"}, follow=True)
    assert "Someone else changed this report a moment ago." in answer.content.decode()
    report.refresh_from_db()
    assert report.assignee == analyst


def test_report_page_tells_the_history_as_sentences(page, analyst):
    report = make.report(make.tally("not_found", 10), by=analyst)
    answer = page.get(reverse("cases:report", args=[report.pk])).content.decode()
    assert f"{analyst.name} logged this report" in answer


@pytest.mark.parametrize("reports", [1, 3])
def test_queue_takes_the_same_number_of_queries_for_one_row_and_three(
    page, analyst, reports, django_assert_num_queries
):
    for _ in range(reports):
        make.report(make.tally("not_found", 1), by=analyst)
    # session, user, rows, three counts of tabs, two lists of the filter
    with django_assert_num_queries(8):
        answer = page.get(reverse("cases:queue"))
    assert len(re.findall(r'<th scope="row"', answer.content.decode())) == reports


def test_tabs_of_the_queue_hold_what_they_say(page, analyst, colleague):
    received = make.report(by=analyst)
    mine = make.report(make.tally(url_count=1), by=analyst)
    theirs = make.report(make.tally(url_count=1), by=colleague)
    to_refer = make.report(make.tally(url_count=10), by=colleague)
    done = make.report(make.tally("not_found", 10), by=colleague)
    for name, expected in (
        ("open", [received, mine, theirs]),
        ("mine", [mine]),
        ("waiting", [to_refer]),
        ("all", [done, to_refer, theirs, mine, received]),
    ):
        answer = page.get(reverse("cases:queue_named", args=[name])).content.decode()
        shown = re.findall(r'<th scope="row"[^>]*><a href="[^"]*">([^<]*)<', answer)
        assert shown == [report.reference for report in expected], name


def test_pages_of_the_queue_lead_on_and_back_without_loss(page, analyst, monkeypatch):
    monkeypatch.setattr("cases.queries.PAGE_SIZE", 2)
    references = [make.report(by=analyst, received_date=date(2026, 2, day)).reference for day in (1, 1, 2, 3, 4)]
    seen, url = [], reverse("cases:queue")
    pages = []
    while url:
        answer = page.get(url).content.decode()
        pages.append(re.findall(r'<th scope="row"[^>]*><a href="[^"]*">([^<]*)<', answer))
        seen += pages[-1]
        following = re.search(r'rel="next" href="([^"]*)"', answer)
        before = re.search(r'rel="prev" href="([^"]*)"', answer)
        url = reverse("cases:queue") + following[1].replace("&amp;", "&") if following else None
    assert seen == references
    answer = page.get(reverse("cases:queue") + before[1].replace("&amp;", "&")).content.decode()
    assert re.findall(r'<th scope="row"[^>]*><a href="[^"]*">([^<]*)<', answer) == pages[-2]


@pytest.mark.parametrize("reference", ["", "x", "2026-9999999", "2025-{pk:07d}", "'; --", "٢٠٢٦-1"])
def test_unknown_number_is_answered_without_repeating_it(page, analyst, reference):
    report = make.report(by=analyst)
    asked = reference.format(pk=report.pk)
    answer = page.get(reverse("cases:find"), {"reference": asked}, follow=True)
    assert "There is no report with that number." in answer.content.decode()


def test_known_number_leads_to_its_report(page, analyst):
    report = make.report(by=analyst)
    answer = page.get(reverse("cases:find"), {"reference": report.reference})
    assert answer["Location"] == reverse("cases:report", args=[report.pk])


def test_lead_sees_restore_and_analyst_does_not(client, analyst, lead):
    report = make.report(by=analyst)
    client.force_login(analyst)
    client.post(reverse("cases:void", args=[report.pk]), {"version": "1"})
    url = reverse("cases:restore", args=[report.pk])
    for user, shown in ((analyst, False), (lead, True)):
        client.force_login(user)
        assert (url in client.get(reverse("cases:report", args=[report.pk])).content.decode()) == shown


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.READER])
def test_roles_without_reports_may_not_enter(client, analyst, role):
    report = make.report(by=analyst)
    client.force_login(make.user(role))
    assert client.get(reverse("cases:report", args=[report.pk])).status_code == 403


def test_referral_is_sent_and_answered_on_the_page(page, analyst):
    report, host = make.report(make.tally(url_count=10), by=analyst), make.recipient()
    data = {"version": "1", "recipient": host.pk, "url_count": "10", "sent_date": "2026-03-02"}
    page.post(reverse("cases:refer", args=[report.pk]), data)
    referral = report.referrals.get()
    data = {"version": "2", "acknowledged_date": "2026-03-02", "acted_date": "2026-03-03", "action": "removed"}
    page.post(reverse("cases:answer", args=[report.pk, referral.pk]), data)
    report.refresh_from_db()
    assert (report.state, report.referral_status) == ("referred", "completed")
