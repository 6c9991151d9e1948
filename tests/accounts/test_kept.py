"""What was typed when the session ended is there again after signing in, and nothing else is."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client

from cases.models import AuditEvent, Report
from tests import make

pytestmark = pytest.mark.usefixtures("cheap_hash")

LOG = "/reports/log/"
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TYPED = {
    "received_date": "2026-11-23",
    "source": "police",
    "url_count": "1234",
    "findings-TOTAL_FORMS": "3",
    "findings-INITIAL_FORMS": "0",
    "findings-MIN_NUM_FORMS": "0",
    "findings-MAX_NUM_FORMS": "40",
    "findings-0-outcome": "confirmed_baseline",
    "findings-0-url_count": "77",
    "findings-0-hosting_country": "NL",
}
FORM_KEY = "b6e9a1c0-3d5a-4f1e-9a56-0a1b2c3d4e5f"


def at(minutes):
    return time_machine.travel(START + timedelta(minutes=minutes), tick=False)


def sign_in(client, user, **more):
    return client.post("/sign-in/", {"username": user.username, "password": make.PASSWORD, **more})


@pytest.fixture
def late(analyst) -> Client:
    """An analyst's browser, 40 minutes after the last click."""
    client = Client()
    with at(0):
        sign_in(client, analyst)
        client.get(LOG)
    return client


def send(client, minutes=40, path=LOG, **fields):
    with at(minutes):
        return client.post(path, {**TYPED, "form_key": FORM_KEY, **fields})


def after_signing_in(client, user, *, minutes=41):
    with at(minutes):
        return client.get(sign_in(client, user, next=LOG)["Location"])


def test_what_was_typed_is_there_again_and_can_be_saved(late, analyst):
    answer = send(late)
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={LOG}")
    assert not Report.objects.exists()
    with at(41):
        said = late.get(answer["Location"]).content.decode()
    assert "What you typed is not saved." in said
    page = after_signing_in(late, analyst)
    drawn = page.context["form"], page.context["lines"]
    assert (drawn[0]["url_count"].value(), drawn[0]["source"].value()) == ("1234", "police")
    assert (drawn[1][0]["url_count"].value(), drawn[1][0]["hosting_country"].value()) == ("77", "NL")
    html = page.content.decode()
    assert "It is not saved yet" in html
    assert 'value="1234"' in html
    key = html.partition('name="form_key" value="')[2].partition('"')[0]
    with at(42):
        late.post(LOG, {**TYPED, "form_key": key})
    assert Report.objects.get().url_count == 1234


def test_it_is_there_once(late, analyst):
    send(late)
    after_signing_in(late, analyst)
    with at(43):
        assert 'value="1234"' not in late.get(LOG).content.decode()


def test_somebody_else_who_signs_in_there_does_not_get_it(late, analyst, colleague):
    send(late)
    assert 'value="1234"' not in after_signing_in(late, colleague).content.decode()


def test_it_is_kept_for_a_quarter_of_an_hour(late, analyst):
    send(late)
    assert 'value="1234"' not in after_signing_in(late, analyst, minutes=56).content.decode()


@pytest.mark.parametrize(
    "value",
    [
        "https://canary.example/x",
        "canary.example",
        "a@canary.example",
        "d41d8cd98f00b204e9800998ecf8427e",
        "192.0.2.77",
        "some words of a description",
        "canary\x00",
    ],
)
def test_nothing_is_kept_but_codes_numbers_and_dates(late, analyst, settings, value):
    answer = send(late, source=value, **{"findings-0-sex": value, value: "girls", "more": "girls"})
    kept = answer.cookies[settings.KEPT_COOKIE_NAME].value
    with at(40):
        _path, _user, fields = signing.loads(kept, salt="hotline.accounts.kept")
    assert value not in str(fields)
    assert not {"source", "findings-0-sex", value, "more", "form_key", "csrfmiddlewaretoken"} & {
        name for name, _ in fields
    }
    page = after_signing_in(late, analyst).content.decode()
    assert value not in page
    assert 'value="1234"' in page


def test_someone_who_was_not_signed_in_gets_nothing_back(client, db, settings):
    assert settings.KEPT_COOKIE_NAME not in send(client).cookies


def test_nothing_is_kept_of_a_form_that_does_not_ask_for_it(late, settings):
    answer = send(late, path="/account/password/", old_password="correcthorse", new_password="batterystaple")
    assert settings.KEPT_COOKIE_NAME not in answer.cookies
    assert "correcthorse" not in str(answer.cookies)


def test_an_assessment_as_long_as_can_be_is_kept(late, settings):
    lines = {
        f"findings-{number}-{name}": value
        for number in range(40)
        for name, value in {
            "outcome": "confirmed_baseline", "url_count": str(number * 137 + 11), "self_generated": "yes",
            "sex": "girls", "age_band": "10-11", "hosting_country": "NL", "site_type": "image_host",
        }.items()
    }  # fmt: skip
    answer = send(late, **lines, **{"findings-TOTAL_FORMS": "40"})
    with at(40):
        sealed = answer.cookies[settings.KEPT_COOKIE_NAME].value
        _path, _user, fields = signing.loads(sealed, salt="hotline.accounts.kept")
    assert len(sealed) < 4000
    assert lines.items() <= dict(fields).items()


def test_findings_amendments_and_referrals_come_back_as_well(late, analyst):
    report = make.report(by=analyst, url_count=10)
    with at(0):
        late.post(f"/reports/{report.pk}/take/", {"version": "1"})
    for path, field, typed in (
        (f"/reports/{report.pk}/findings/", "findings-0-url_count", TYPED | {"version": "2"}),
        (f"/reports/{report.pk}/amend/", "url_count", {"version": "1", "url_count": "4711"}),
        (f"/reports/{report.pk}/refer/", "sent_date", {"version": "1", "sent_date": "2026-11-20"}),
    ):
        client = Client()
        with at(0):
            sign_in(client, analyst)
        with at(40):
            client.post(path, typed)
            page = client.get(sign_in(client, analyst, next=path)["Location"]).content.decode()
        assert f'value="{typed[field]}"' in page, path
    assert not AuditEvent.objects.filter(verb__in=["amend", "refer", "assess"]).exists()


def test_a_button_pressed_too_late_leads_to_the_start_page_and_says_that_nothing_was_done(late, analyst):
    report = make.report(by=analyst, url_count=10)
    answer = send(late, path=f"/reports/{report.pk}/take/", version="1")
    assert answer["Location"] == "/sign-in/?next=/"
    with at(41):
        assert "What you sent was not saved." in late.get(answer["Location"]).content.decode()
    assert not AuditEvent.objects.filter(verb="take").exists()
