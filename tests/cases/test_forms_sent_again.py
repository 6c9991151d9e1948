"""Every form of the workflow and its administration, sent again: the same place, no second event, no error."""

import re
import uuid
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from cases.actions import referrals, reports
from cases.actions.referrals import Sending
from cases.models import AuditEvent, CoveragePeriod, Report, RequestKey
from hotline.accounts.permissions import Role
from stats.models import ExportJob
from tests import make
from tests.cases.test_pages import log_data
from tests.cases.test_races import at_once
from tests.project.routes import routes

in_a_transaction = pytest.mark.django_db
TEMPLATES = Path(__file__).parents[2] / "templates"
KEY = re.compile(r'<input type="hidden" name="form_key" value="([0-9a-f-]{36})">')
# Where forms write records of a case, of what it may hold or of what is told of it; accounts have names to be unique.
KEYED = re.compile(
    r"(cases/.*|stats/.*|_components/message"
    r"|administration/(code|recipient|period|published_total|published_totals|counting_rule))\.html\Z"
)
LABELS = {"label_nl": "burgers", "label_en": "public", "position": "10", "is_active": "on"}
CASES = {
    "log": ("cases:log", log_data({"outcome": "not_found", "url_count": "4"}), 2),
    "take_next": ("cases:take_next", {}, 1),
    "take": ("cases:take", {}, 1),
    "put_back": ("cases:put_back", {}, 1),
    "amend": ("cases:amend", {"received_date": "2026-02-02", "source": "police", "url_count": "12"}, 1),
    "findings": ("cases:findings", log_data({"outcome": "not_found", "url_count": "4"}), 2),
    "findings_next": ("cases:findings", log_data({"outcome": "not_found"}) | {"next": ""}, 4),
    "finish": ("cases:finish", {}, 1),
    "close": ("cases:close", {}, 1),
    "reopen": ("cases:reopen", {}, 1),
    "refer": ("cases:refer", {"recipient": "", "url_count": "6", "sent_date": "2026-03-05"}, 2),
    "answer": ("cases:answer", {"acknowledged_date": "2026-03-04"}, 2),
    "void": ("cases:void", {}, 1),
    "undo": ("cases:undo", {}, 1),
    "restore": ("cases:restore", {}, 1),
    "recipient_add": ("administration:recipient_add", {"name": "Example", "kind": "platform"}, 1),
    "recipient_change": (
        "administration:recipient_change",
        {"name": "Other", "kind": "platform", "is_active": "on"},
        1,
    ),
    "code_add": ("administration:code_add", {**LABELS, "code": "partner"}, 1),
    "code_change": ("administration:code_change", LABELS | {"position": "77"}, 1),
    "coverage_add": (
        "administration:coverage_add",
        {"dimension": "sex", "from_date": "2024-01-01", "to_date": "2024-02-01"},
        1,
    ),
    "coverage_change": ("administration:coverage_change", {"from_date": "2020-01-02", "to_date": "2020-02-01"}, 1),
    "coverage_remove": ("administration:coverage_remove", {}, 1),
    "total_add": (
        "administration:total_add",
        {"year": "2022", "start": "1", "figure": "reports", "value": "7", "source": "INHOPE"},
        1,
    ),
    "rule_add": ("administration:rule_add", {"rule": "urls_assessed@2", "from_month": "2024-03-01", "to_month": ""}, 1),
}
# From which state a step is taken, and what the report has by then.
STATES = {
    "put_back": "in_triage",
    "findings": "in_triage",
    "findings_next": "in_triage",
    "finish": "in_triage",
    "close": "assessed",
    "refer": "assessed",
    "answer": "assessed",
    "reopen": "closed",
    "restore": "void",
}


@pytest.fixture
def there(lead):
    """For each case: the address, and what is sent."""

    def at(name: str) -> tuple[str, dict[str, str]]:
        route, data, _events = CASES[name]
        confirmed = name in {"refer", "answer"}
        tallies = [make.tally(url_count=10) if confirmed else make.tally("not_found", 10)] if name in STATES else []
        report = make.report(*([] if name.startswith("findings") else tallies), by=lead)
        kwargs: dict[str, object] = {}
        if route.startswith("cases:") and name not in {"log", "take_next"}:
            kwargs = {"pk": report.pk}
        if name == "answer":
            what = Sending(recipient=make.recipient(), url_count=7, sent_date=date(2026, 3, 3))
            sent = referrals.send(by=lead, now=make.NOW, report=report, sending=what)
            kwargs["referral_pk"] = sent.pk
        elif name in STATES:
            Report.objects.filter(pk=report.pk).update(state=STATES[name], assignee=lead)
        if name == "findings_next":
            make.report(by=lead)
        if name == "refer":
            data = {**data, "recipient": str(make.recipient().pk)}
        kwargs |= {
            "recipient_change": lambda: {"pk": make.recipient().pk},
            "code_add": lambda: {"name": "source"},
            "code_change": lambda: {"name": "source", "code": "public"},
            "coverage_change": lambda: {"pk": last_period()},
            "coverage_remove": lambda: {"pk": last_period()},
        }.get(name, dict)()
        return reverse(route, kwargs=kwargs), {"version": str(report.version), **data, "form_key": str(uuid.uuid4())}

    return at


def last_period() -> int:
    return CoveragePeriod.objects.create(dimension="sex", from_date="2020-01-01", to_date="2020-02-01").pk


@pytest.fixture
def page(lead, administrator):
    """A browser of a team lead; what lies under administration it does as the administrator."""

    class Browser(Client):
        def post(self, path, *args, **kwargs):
            self.force_login(administrator if path.startswith("/administration/") else lead)
            return super().post(path, *args, **kwargs)

    return Browser()


@in_a_transaction
@pytest.mark.parametrize("name", CASES)
def test_a_form_sent_again_leads_to_the_same_place_and_writes_nothing_more(page, there, name):
    address, data = there(name)
    before = AuditEvent.objects.count()
    first = page.post(address, data)
    events = AuditEvent.objects.count() - before
    again = [page.post(address, data) for _ in range(2)]
    assert [answer.status_code for answer in (first, *again)] == [302] * 3
    assert {answer["Location"] for answer in again} == {first["Location"]}
    assert (events, AuditEvent.objects.count() - before) == (CASES[name][2],) * 2
    assert RequestKey.objects.filter(key=data["form_key"]).count() == 1


@in_a_transaction
@pytest.mark.parametrize("name", ["log", "take_next", "amend", "void", "recipient_add", "coverage_remove"])
def test_the_same_key_for_something_else_is_refused_and_writes_nothing(page, there, name, lead):
    make.report(by=lead)
    page.post(reverse("cases:take_next"), {"form_key": (key := str(uuid.uuid4()))})
    address, data = there(name)
    if name == "take_next":
        data = {**data, "other": "1"}
    before = AuditEvent.objects.count(), Report.objects.count()
    answer = page.post(address, {**data, "form_key": key}, follow=True)
    assert "This form was saved before with other content." in answer.content.decode()
    assert (AuditEvent.objects.count(), Report.objects.count()) == before


@in_a_transaction
def test_another_person_does_not_get_the_answer(page, there, colleague):
    address, data = there("log")
    page.post(address, data)
    other = Client()
    other.force_login(colleague)
    answer = other.post(address, data)
    assert answer.status_code == 400
    assert "This form was saved before with other content." in answer.content.decode()
    assert Report.objects.filter(state="in_triage").count() == 1


@in_a_transaction
@pytest.mark.parametrize("key", ["", "1", "{0}", "urn:uuid:5a3e", "5A3E" * 8, "http" * 9])
def test_a_key_that_is_none_is_refused_and_not_said_back(page, there, key):
    address, data = there("log")
    before = Report.objects.count()
    answer = page.post(address, {**data, "form_key": key})
    assert (answer.status_code, Report.objects.count()) == (400, before)
    assert "The form came without its key." in answer.content.decode()
    (fresh,) = set(KEY.findall(answer.content.decode()))
    assert page.post(address, {**data, "form_key": fresh}).status_code == 302


@in_a_transaction
def test_a_refused_form_is_drawn_with_a_fresh_key_and_is_saved_when_it_is_mended(page, there):
    address, data = there("amend")
    refused = page.post(address, {**data, "url_count": "none"})
    (fresh,) = KEY.findall(refused.content.decode())
    assert fresh != data["form_key"]
    assert page.post(address, {**data, "form_key": fresh}).status_code == 302
    # Also under the key that was sent first: nothing was written under it.
    assert not RequestKey.objects.filter(key=data["form_key"]).exists()


@in_a_transaction
def test_an_answer_that_was_lost_is_given_again_after_the_world_has_moved_on(page, there, lead):
    address, data = there("void")
    first = page.post(address, data)
    report = Report.objects.get(state="void")
    reports.restore(by=lead, now=make.NOW, report=report)
    again = page.post(address, data)
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    report.refresh_from_db()
    assert report.state == "in_triage"


@in_a_transaction
def test_freezing_is_asked_for_once(client):
    client.force_login(make.user(Role.ADMINISTRATOR))
    make.report(received_date=date(2024, 3, 1))
    address = reverse("stats:release_draft") + "?period=2024-03"
    data = {"status": "provisional", "reason": "", "form_key": str(uuid.uuid4())}
    first = client.post(address, data)
    assert first.status_code == 302
    ExportJob.objects.update(state="cancelled", finished_at=make.NOW)
    assert client.post(address, data)["Location"] == first["Location"]
    assert ExportJob.objects.count() == 1


@pytest.mark.xdist_group("committed")
@pytest.mark.parametrize("name", ["log", "amend"])
def test_twenty_copies_at_once_get_one_answer(committed_db, name):
    """Over HTTP, with real transactions: as when a button is pressed again and again while the first answer is late."""
    person = make.user(Role.LEAD)
    address, data = reverse("cases:log"), log_data({"outcome": "not_found", "url_count": "4"})
    if name == "amend":
        pk = make.report(by=person).pk
        address = reverse("cases:amend", kwargs={"pk": pk})
        data = {**CASES["amend"][1], "version": "1", "form_key": str(uuid.uuid4())}
    signed_in = Client()
    signed_in.force_login(person)

    def send() -> tuple[int, str]:
        copy = Client()
        copy.cookies = signed_in.cookies
        answer = copy.post(address, data)
        return answer.status_code, answer.headers.get("Location", "")

    before = AuditEvent.objects.count()
    answers = at_once(*[send] * 20)
    assert {status for status, _location in answers} == {302}
    assert len(set(answers)) == 1
    assert Report.objects.count() == 1
    assert AuditEvent.objects.count() - before == CASES[name][2]
    assert RequestKey.objects.count() == 1


def forms() -> dict[str, list[str]]:
    found = {}
    for path in sorted(TEMPLATES.rglob("*.html")):
        name = str(path.relative_to(TEMPLATES))
        posted = [part for part in path.read_text().split("<form")[1:] if 'method="post"' in part]
        if posted and KEYED.match(name):
            found[name] = [part.split("</form>")[0] for part in posted]
    return found


def test_every_form_that_writes_a_record_carries_a_key():
    lacking = {name for name, parts in forms().items() if any("{% form_key %}" not in part for part in parts)}
    # Files are made again as often as they are asked for.
    assert lacking == {
        "stats/_export_actions.html",
        "stats/release.html",
        "stats/release_press.html",
        "stats/year.html",
    }


def test_the_name_of_every_route_fits_as_the_verb_of_a_key():
    names = {route.name.rpartition(":")[2] for route in routes("hotline.urls")}
    assert {name for name in names if not re.fullmatch(r"[a-z_]{1,32}", name)} == set()
