"""Signing in under attack: what is refused, to whom, and how it is told."""

import pytest
from django.test import Client

from cases.models import AuditEvent
from hotline.accounts import limits
from hotline.accounts.models import User
from tests import make

pytestmark = pytest.mark.usefixtures("cheap_hash")

SIGN_IN = "/sign-in/"
ATTACKER = "203.0.113.66"


def guess(username, password="wrong", client=None, address=ATTACKER):
    return (client or Client()).post(SIGN_IN, {"username": username, "password": password}, REMOTE_ADDR=address)


def verbs():
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


def test_the_eleventh_guess_is_not_looked_at_right_or_wrong(analyst):
    assert [guess(analyst.username).status_code for _ in range(10)] == [200] * 10
    for password in ("wrong", make.PASSWORD):
        answer = guess(analyst.username, password)
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= 15 * 60
        assert "Wait 15 minutes, then try again." in answer.content.decode()
    assert verbs() == ["sign_in_failed"] * 10 + ["sign_in_limited"]


def test_the_victim_still_gets_in_from_elsewhere(analyst):
    for _ in range(50):
        guess(analyst.username)
    assert guess(analyst.username, make.PASSWORD, address="198.51.100.7").status_code == 302


def test_a_known_device_gets_in_while_the_whole_world_guesses(analyst):
    device = Client()
    assert guess(analyst.username, make.PASSWORD, client=device, address=ATTACKER).status_code == 302
    device.post("/sign-out/")
    for guesses in range(110):
        limits.attempt("sign_in", subject=analyst.username, address=f"198.51.100.{guesses // 10}")
    assert guess(analyst.username, make.PASSWORD, address="192.0.2.1").status_code == 429
    assert guess(analyst.username, make.PASSWORD, client=device, address="192.0.2.1").status_code == 302


def test_a_known_device_guesses_no_more_than_ten_times_either(analyst, settings):
    device = Client()
    guess(analyst.username, make.PASSWORD, client=device)
    device.post("/sign-out/")
    assert [guess(analyst.username, client=device).status_code for _ in range(12)] == [200] * 10 + [429] * 2


def test_a_device_is_known_for_who_signed_in_on_it_and_for_nobody_else(analyst, colleague, settings):
    device = Client()
    guess(colleague.username, make.PASSWORD, client=device)
    device.post("/sign-out/")
    answers = [guess(analyst.username, client=device, address=ATTACKER).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    value = device.cookies[settings.DEVICE_COOKIE_NAME].value
    assert colleague.username not in value
    device.cookies[settings.DEVICE_COOKIE_NAME] = value[:-3] + "abc"
    guess(colleague.username, client=device)  # a cookie of one's own making is none
    assert guess(colleague.username, client=device).status_code == 200


def test_the_devices_cookie_opens_nothing_and_no_script_reads_it(analyst, settings):
    device = Client()
    guess(analyst.username, make.PASSWORD, client=device)
    cookie = device.cookies[settings.DEVICE_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    other = Client()
    other.cookies[settings.DEVICE_COOKIE_NAME] = cookie.value
    assert other.get("/account/").status_code == 302


def test_what_can_be_no_user_name_is_counted_like_one(db):
    typed = [f"https://canary{number}.example" for number in range(11)]
    assert [guess(name).status_code for name in typed] == [200] * 10 + [429]


def test_a_made_up_forwarding_header_changes_nothing(analyst):
    answers = [
        Client()
        .post(
            SIGN_IN,
            {"username": analyst.username, "password": "wrong"},
            REMOTE_ADDR=ATTACKER,
            headers={"x-forwarded-for": f"198.51.100.{number}", "forwarded": f"for=198.51.100.{number}"},
        )
        .status_code
        for number in range(11)
    ]
    assert answers == [200] * 10 + [429]


def test_without_redis_nobody_signs_in_and_whoever_is_signed_in_goes_on(analyst, settings):
    inside = Client()
    inside.force_login(analyst)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = guess(analyst.username, make.PASSWORD)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Try again in half a minute." in answer.content.decode()
    new = "another long enough passphrase"
    typed = {"old_password": make.PASSWORD, "new_password": new, "again": new}
    assert inside.post("/account/password/", typed).status_code == 503
    assert User.objects.get(pk=analyst.pk).check_password(make.PASSWORD)
    assert inside.get("/reports/log/").status_code == 200
    assert verbs() == []


def test_the_present_password_is_guessed_ten_times_at_most(client, analyst):
    client.force_login(analyst)
    new = "another long enough passphrase"
    typed = {"old_password": "wrong", "new_password": new, "again": new}
    answers = [client.post("/account/password/", typed).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    right = client.post("/account/password/", typed | {"old_password": make.PASSWORD})
    assert right.status_code == 429
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_the_page_is_no_try(client, db, method):
    for _ in range(20):
        assert getattr(client, method)(SIGN_IN).status_code == 200
