"""The pages ask before a month under a final release is changed, and keep what was typed."""

import html
import re
from datetime import date

import pytest
from django.urls import reverse

from cases.actions import referrals, reports
from cases.actions.referrals import Sending
from cases.closed_months import CalendarMonth, EveryMonth
from cases.forms import as_sent, confirmed_months
from cases.models import AuditEvent, Report
from hotline.accounts.permissions import Role
from tests import make
from tests.cases.test_pages import log_data
from tests.published import release

pytestmark = pytest.mark.django_db

DAY = date(2026, 1, 10)
CONFIRM = re.compile(r'<button class="button button--primary" name="confirmed_months" value="([^"]*)"[^>]*autofocus>')
TAG, SPACE = re.compile(r"<[^>]*>"), re.compile(r"\s+")
WRITE_ROUTES = ["log", "amend", "findings", "refer", "answer", "void", "restore", "undo"]
EVERY_MONTH = EveryMonth()


@pytest.fixture
def page(client, lead):
    client.force_login(lead)
    return client


@pytest.fixture
def there(lead):
    """For each page that writes: its address, what is sent, and the months it touches."""
    referred_to = make.recipient("Two")

    def at(name: str) -> tuple[str, dict, str]:
        if name == "log":
            return reverse("cases:log"), log_data({"outcome": "not_found"}, received_date="2026-01-10"), "2026-01"
        report = make.report(make.tally(url_count=7), make.tally("not_found", 3), received_date=DAY, by=lead)
        kwargs, months = {"pk": report.pk}, "2026-01"
        if name == "answer":
            what = Sending(recipient=make.recipient(), url_count=7, sent_date=date(2026, 2, 3))
            sent = referrals.send(by=lead, now=make.NOW, report=report, sending=what, confirmed=EVERY_MONTH)
            kwargs["referral_pk"], months = sent.pk, "2026-01,2026-02"
        if name == "restore":
            reports.void(by=lead, now=make.NOW, report=report, confirmed=EVERY_MONTH)
        if name in {"findings", "amend"}:
            Report.objects.filter(pk=report.pk).update(state="in_triage")
        data = {"version": str(report.version)} | {
            "amend": {"received_date": "2026-02-02", "source": "police", "url_count": "12"},
            "findings": log_data({"outcome": "confirmed_baseline", "url_count": "8", "sex": "girls"}),
            "refer": {"recipient": str(referred_to.pk), "url_count": "6", "sent_date": "2026-01-11"},
            "answer": {"acknowledged_date": "2026-02-04", "acted_date": "2026-02-05", "action": "removed"},
        }.get(name, {})
        return reverse(f"cases:{name}", kwargs=kwargs), data, "2026-01,2026-02" if name == "amend" else months

    return at


def rows() -> tuple[list, int]:
    return list(Report.objects.order_by("pk").values()), AuditEvent.objects.count()


def words(answer) -> str:
    return html.unescape(SPACE.sub(" ", TAG.sub(" ", answer.content.decode())))


@pytest.mark.parametrize("name", WRITE_ROUTES)
def test_a_page_asks_and_one_button_more_saves(page, there, name):
    address, data, months = there(name)
    release("2026-Q1")
    before = rows()
    asked = page.post(address, data)
    assert asked.status_code == 409
    assert rows() == before
    assert CONFIRM.findall(asked.content.decode()) == [months]
    saved = page.post(address, {**data, "confirmed_months": months})
    assert saved.status_code == 302
    assert rows() != before


@pytest.mark.parametrize("name", WRITE_ROUTES)
def test_a_page_does_not_ask_about_an_open_month(page, there, name):
    address, data, _months = there(name)
    release("2026-Q1", "provisional")
    before = rows()
    assert page.post(address, data).status_code == 302
    assert rows() != before


@pytest.mark.parametrize("name", WRITE_ROUTES)
@pytest.mark.parametrize("confirmed", ["2026-03", "2025-01", "2026-1", "2026-01-10", "yes", "2026-01;2026-02", "*"])
def test_another_confirmation_than_the_one_asked_for_is_none(page, there, name, confirmed):
    address, data, months = there(name)
    release("2026-Q1")
    before = rows()
    answer = page.post(address, {**data, "confirmed_months": confirmed})
    assert answer.status_code == 409
    assert rows() == before
    assert CONFIRM.findall(answer.content.decode()) == [months]


def controls(answer) -> dict[str, str]:
    """What the page's form would send, as drawn: names and values of its controls."""
    text = answer.content.decode()
    form = next(part for part in text.split("<form")[1:] if 'name="confirmed_months"' in part).split("</form>")[0]
    form = re.sub(r"<template.*?</template>", "", form, flags=re.DOTALL)
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        fields = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if fields.get("type") != "radio" or " checked" in tag:
            found[fields["name"]] = fields.get("value", "")
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', form, flags=re.DOTALL):
        found[name] = next(iter(re.findall(r'value="([^"]*)"[^>]* selected', options)), "")
    return found


@pytest.mark.parametrize("name", WRITE_ROUTES)
def test_what_was_typed_is_kept(page, there, name):
    address, data, _months = there(name)
    release("2026-Q1")
    drawn = controls(page.post(address, data))
    # A fresh key: nothing was written under the one that was sent.
    sent = {key: value for key, value in data.items() if key in drawn and key != "form_key"}
    missing = set(data) - set(drawn)
    assert {key: drawn[key] for key in sent} == sent
    # What 'log_data' gives for the findings' page has fields of a report that this page does not ask for.
    assert missing <= ({"received_date", "source", "url_count"} if name == "findings" else set())


def test_the_page_tells_which_release_and_what_saving_does(page, there):
    address, data, _months = there("amend")
    release("2025-11..2026-10", on=date(2026, 3, 4))
    release("2026-01", on=date(2026, 2, 8))
    release("2026-01", "revised", revision=1, on=date(2026, 3, 5))
    said = words(page.post(address, data))
    assert "The figures of these months are final" in said
    assert "Release 1: November 2025 to October 2026, final, published on 4 March 2026" in said
    assert "Release 3: January 2026, revised (1), published on 5 March 2026" in said
    assert "Release 2" not in said
    assert "Nothing has been saved yet. The published figures stay as they are" in said
    assert (
        "January 2026 February 2026 Reports \N{MINUS SIGN}1 +1 URLs reported \N{MINUS SIGN}10 +12"
        " URLs assessed \N{MINUS SIGN}10 +10 URLs confirmed \N{MINUS SIGN}7 +7 Save all the same"
    ) in said


def test_the_page_tells_it_in_dutch(client):
    client.force_login(make.user(Role.LEAD, language="nl"))
    release("2026-01", on=date(2026, 3, 5))
    data = log_data({"outcome": "confirmed_baseline"}, received_date="2026-01-10", url_count="1234")
    said = words(client.post(reverse("cases:log"), data))
    assert "De cijfers van januari 2026 zijn definitief" in said
    assert "Uitgave 1: januari 2026, definitief, gepubliceerd op 5 maart 2026" in said
    assert "Er is nog niets opgeslagen." in said
    assert (
        "Januari 2026 Meldingen +1 Gemelde URL's +1.234 Beoordeelde URL's +1.234 Bevestigde URL's +1.234 Toch opslaan"
    ) in said


def test_an_edit_that_changes_no_count_says_so(page, there):
    address, data, _months = there("amend")
    release("2026-01")
    said = words(page.post(address, data | {"received_date": "2026-01-10", "url_count": "10"}))
    assert "None of these counts changes, only what they are broken down into." in said
    assert "Reports no change URLs reported no change" in said


def test_typing_something_else_after_being_asked_is_asked_again(page, there):
    """Enter in a field presses the form's first button: that one confirms nothing."""
    address, data, _months = there("log")
    release("2026-Q1")
    text = page.post(address, data).content.decode()
    form = text[text.index("data-log-form") :]
    first = re.search(r"<button[^>]*>", form)[0]
    assert first == '<button class="visually-hidden" tabindex="-1" aria-hidden="true">'


def test_what_was_pressed_is_kept_too(page, there):
    address, data, months = there("findings")
    release("2026-Q1")
    waiting = make.report(received_date=DAY)
    asked = page.post(address, {**data, "next": ""})
    assert "next" in controls(asked)
    saved = page.post(address, {**data, "next": "", "confirmed_months": months})
    assert saved["Location"] == reverse("cases:findings", args=[waiting.pk])
    assert "next" not in controls(page.post(*there("findings")[:2]))


def test_a_report_logged_with_confirmation_is_taken_back_in_one_step(page, there):
    address, data, months = there("log")
    release("2026-Q1")
    after = page.post(address, {**data, "confirmed_months": months}, follow=True)
    form = next(part for part in after.content.decode().split("<form")[1:] if "/undo/" in part).split("</form>")[0]
    sent = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', form))
    report = Report.objects.get()
    assert (sent["version"], sent["confirmed_months"]) == ("1", "2026-01")
    page.post(reverse("cases:undo", args=[report.pk]), sent)
    report.refresh_from_db()
    assert report.state == "void"


def test_a_form_sent_twice_with_its_confirmation_is_written_once(page, there):
    address, data, months = there("log")
    release("2026-Q1")
    answers = [page.post(address, {**data, "confirmed_months": months}) for _ in range(2)]
    assert Report.objects.count() == 1
    assert answers[0]["Location"] == answers[1]["Location"]


def test_a_field_that_is_wrong_is_told_before_anything_is_asked(page, there):
    address, data, _months = there("log")
    release("2026-Q1")
    answer = page.post(address, data | {"url_count": "-1"})
    assert answer.status_code == 400
    assert not CONFIRM.search(answer.content.decode())


def test_months_are_read_as_they_are_written_and_nothing_else_is():
    months = [CalendarMonth(2024, 3), CalendarMonth(2024, 11)]
    assert as_sent(months) == "2024-03,2024-11"
    assert confirmed_months({"confirmed_months": "2024-03,2024-11"}) == frozenset(months)
    for text in ("", "2024-13", "2024-3", "0000-01", "2024-03\n", "2024-03,x", "\uff12024-03", "2024-03-01"):
        assert confirmed_months({"confirmed_months": text}) == frozenset()
