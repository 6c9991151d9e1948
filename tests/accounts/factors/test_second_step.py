"""Signing in where a second factor is wanted: there is no session before it was shown, and no way around by address."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from cases.models import AuditEvent
from hotline.accounts.factors import actions, totp
from hotline.accounts.factors.models import RecoveryCode, Totp
from hotline.accounts.models import User
from hotline.accounts.permissions import Role
from tests import make
from tests.accounts.conftest import NOW, code
from tests.project.routes import routes

STEP, RECOVERY, SET_UP = "/sign-in/second-step/", "/sign-in/second-step/recovery/", "/sign-in/set-up/"
CODES = re.compile(r"<li>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</li>")
SECRET = re.compile(r'<p class="secret">([A-Z2-7 ]+)</p>')


def verbs() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


def is_in(client) -> bool:
    return client.get("/account/").status_code == 200


def from_the_page(page) -> bytes:
    """The secret as a person types it into an app."""
    from base64 import b32decode  # noqa: PLC0415 - used here alone

    return b32decode(SECRET.search(page.content.decode())[1].replace(" ", ""))


def test_a_right_password_alone_opens_nothing(half):
    client, _person, _secret = half
    assert not is_in(client)
    assert "sign_in" not in verbs()


def test_a_right_code_signs_in_and_leads_on(half):
    client, _person, secret = half
    answer = client.post(STEP, {"code": f"{code(secret)[:3]} {code(secret)[3:]}"})
    assert answer["Location"] == "/account/"
    assert is_in(client)
    assert verbs()[-1] == "sign_in"
    assert client.session["methods"] == ["password", "totp"]


def test_a_wrong_code_is_refused_audited_and_not_said_back(half):
    client, person, secret = half
    wrong = code(secret, steps=5)
    answer = client.post(STEP, {"code": wrong})
    assert answer.status_code == 200
    assert "This is not the present code." in answer.content.decode()
    assert wrong not in answer.content.decode()
    assert not is_in(client)
    event = AuditEvent.objects.latest("pk")
    assert (event.verb, event.subject_key, event.actor) == ("factor_failed", str(person.reference), None)


def test_guessing_is_counted_and_a_right_code_is_refused_after_too_many(half):
    client, _person, secret = half
    answers = [client.post(STEP, {"code": code(secret, steps=5)}).status_code for _try in range(6)]
    assert answers == [200] * 5 + [429]
    assert client.post(STEP, {"code": code(secret)}).status_code == 429
    assert not is_in(client)


def test_the_half_way_ends_after_five_minutes_and_with_the_account(half, at_now):
    client, person, secret = half
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.post(STEP, {"code": code(secret)})["Location"] == "/sign-in/"
    User.objects.filter(pk=person.pk).update(is_active=True)
    at_now.shift(301)
    assert client.get(STEP)["Location"] == "/sign-in/"


def test_no_route_lets_in_who_is_half_way(half):
    client, _person, _secret = half
    open_to_all = {"accounts:sign_in", "accounts:invitation", "healthz", "readyz"}
    reached = []
    for route in routes("hotline.urls"):
        answer = client.get(reverse(route.name, kwargs=route.kwargs))
        if answer.status_code == 200 and "/sign-in/" not in answer.request["PATH_INFO"]:
            reached.append(route.name)
    assert set(reached) <= open_to_all, reached


def test_a_recovery_code_signs_in_once(half):
    client, person, _secret = half
    first, *_others = actions.renew_recovery_codes(user=person, now=NOW)
    assert client.post(RECOVERY, {"code": first})["Location"] == "/account/"
    assert is_in(client)
    assert RecoveryCode.objects.count() == 9
    client.post("/sign-out/")
    client.post("/sign-in/", {"username": person.username, "password": make.PASSWORD})
    again = client.post(RECOVERY, {"code": first})
    assert "none of your recovery codes that are left" in again.content.decode()
    assert first not in again.content.decode()
    assert not is_in(client)


def test_no_one_reaches_the_pages_in_between(client, db):
    for path in (STEP, RECOVERY, SET_UP, "/sign-in/set-up/app/", "/sign-in/set-up/app/qr.svg"):
        assert client.get(path)["Location"] == "/sign-in/"
        assert client.post(path, {"code": "000000"}).status_code in {302, 405}


@pytest.fixture
def new_administrator(client, db, settings, at_now):
    settings.FACTOR_FOR_ADMINISTRATORS = True
    person = make.user(Role.ADMINISTRATOR)
    answer = client.post("/sign-in/", {"username": person.username, "password": make.PASSWORD})
    assert answer["Location"] == SET_UP
    return client, person


def test_an_administrator_sets_a_factor_up_before_there_is_a_session(new_administrator, at_now):
    client, person = new_administrator
    assert client.get("/administration/users/")["Location"].startswith("/sign-in/?next=")
    assert client.post(SET_UP)["Location"] == "/sign-in/set-up/app/"
    secret = from_the_page(client.get("/sign-in/set-up/app/"))
    wrong = client.post("/sign-in/set-up/app/", {"code": code(secret, steps=4)})
    assert wrong.status_code == 200
    assert not is_in(client)
    page = client.post("/sign-in/set-up/app/", {"code": code(secret)}).content.decode()
    codes = CODES.findall(page)
    assert len(codes) == 10
    assert is_in(client)
    assert [verb for verb in verbs() if verb != "factor_failed"] == ["totp_set", "recovery_renewed", "sign_in"]
    assert codes[0] not in client.get("/account/second-factor/").content.decode()
    client.post("/sign-out/")
    at_now.shift(60)
    client.post("/sign-in/", {"username": person.username, "password": make.PASSWORD})
    client.post(STEP, {"code": code(secret, NOW + timedelta(seconds=60))})
    assert client.get("/administration/users/").status_code == 200


def test_who_has_a_factor_can_not_make_another_on_the_way_in(half):
    client, _person, _secret = half
    for path in (SET_UP, "/sign-in/set-up/app/", "/sign-in/set-up/passkey/", "/sign-in/set-up/passkey/options/"):
        assert client.post(path)["Location"] == "/sign-in/"
    assert Totp.objects.filter(confirmed_at=None).count() == 0


def test_the_qr_code_is_an_image_of_its_own_that_nobody_keeps(new_administrator):
    client, person = new_administrator
    assert client.get("/sign-in/set-up/app/qr.svg").status_code == 404
    client.post(SET_UP)
    page = client.get("/sign-in/set-up/app/")
    image = client.get("/sign-in/set-up/app/qr.svg")
    assert image["Content-Type"] == "image/svg+xml"
    assert "no-store" in image["Cache-Control"]
    assert image.content.startswith(b"<?xml")
    assert "no-store" in page["Cache-Control"]
    assert b"style=" not in image.content
    assert b"<script" not in image.content
    assert totp.address(from_the_page(page), username=person.username).startswith("otpauth://totp/Hotline:")


def test_a_link_alone_begins_nothing(new_administrator):
    client, _person = new_administrator
    client.get(SET_UP)
    client.get("/sign-in/set-up/app/")
    assert not Totp.objects.exists()
