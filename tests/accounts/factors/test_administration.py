"""For whom a second factor is asked, and a fresh start for who lost theirs."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from cases.models import AuditEvent
from cases.presenters import sentences
from hotline.accounts.actions import NotAllowedError
from hotline.accounts.factors import actions, administration
from hotline.accounts.factors.models import Passkey, RecoveryCode, RequiredRole, Totp
from hotline.accounts.models import User
from hotline.accounts.permissions import Role
from tests import make
from tests.accounts.conftest import NOW, code, with_app

RULES = "/administration/second-factor/"


@pytest.fixture
def office(client, administrator):
    client.force_login(administrator)
    return client


def enter(client, person) -> str:
    answer = client.post("/sign-in/", {"username": person.username, "password": make.PASSWORD})
    return answer["Location"]


def test_a_role_that_must_have_one_is_signed_out_and_sets_it_up(office, client, analyst):
    theirs, colleague = type(client)(), make.user(Role.ANALYST)
    theirs.force_login(analyst)
    with_app(colleague)
    with_one = type(client)()
    with_one.force_login(colleague)
    assert office.post(RULES, {"analyst": "on"}).status_code == 302
    assert theirs.get("/account/").status_code == 302
    assert with_one.get("/account/").status_code == 200
    assert enter(theirs, analyst) == "/sign-in/set-up/"
    assert enter(type(client)(), make.user(Role.LEAD)) == "/"
    event = AuditEvent.objects.filter(verb="factor_rule").get()
    assert event.changes == {"factor_analyst": ["no", "yes"]}
    assert [sentence.text for sentence in sentences([event])] == [
        "Test administrator changed who must have a second factor: second factor for analysts: no → yes."
    ]


def test_saving_what_is_so_already_ends_no_session_and_leaves_no_event(office):
    office.post(RULES, {})
    office.post(RULES, {})
    assert office.get(RULES).status_code == 200
    assert not AuditEvent.objects.exists()


def test_a_rule_is_taken_back(office, analyst):
    office.post(RULES, {"analyst": "on", "lead": "on"})
    office.post(RULES, {"lead": "on"})
    assert list(RequiredRole.objects.values_list("role", flat=True)) == ["lead"]
    assert enter(type(office)(), analyst) == "/"


def test_administrators_can_not_be_let_off_where_the_settings_ask_for_it(office, settings):
    settings.FACTOR_FOR_ADMINISTRATORS = True
    page = office.get(RULES).content.decode()
    assert "Administrators must, always." in page
    assert 'name="administrator"' not in page
    office.post(RULES, {})
    assert enter(type(office)(), make.user(Role.ADMINISTRATOR)) == "/sign-in/set-up/"


def test_who_must_and_has_none_is_listed(office, analyst):
    office.post(RULES, {"analyst": "on"})
    assert analyst.name in office.get(RULES).content.decode()
    with_app(analyst)
    assert analyst.name not in office.get(RULES).content.decode()


def test_a_reset_takes_everything_away_ends_sessions_and_shows_no_secret(office, administrator, analyst):
    secret = with_app(analyst)
    codes = actions.renew_recovery_codes(user=analyst, now=NOW)
    actions.add_passkey(user=analyst, now=NOW, credential_id="a" * 40, public_key="b" * 60, sign_count=0)
    theirs = type(office)()
    theirs.force_login(User.objects.get(pk=analyst.pk))
    page = office.get(reverse("administration:user_change", args=[analyst.pk])).content.decode()
    assert "authenticator app, 1 passkey" in page
    assert [shown for shown in (secret.hex(), *codes, "a" * 40) if shown in page] == []
    office.post(reverse("administration:user_factors", args=[analyst.pk]))
    assert [model.objects.count() for model in (Totp, RecoveryCode, Passkey)] == [0, 0, 0]
    assert theirs.get("/account/").status_code == 302
    event = AuditEvent.objects.latest("pk")
    assert (event.verb, event.subject_key, event.actor) == (
        "factors_reset", str(analyst.reference), administrator.reference,
    )  # fmt: skip
    assert enter(type(office)(), analyst) == "/"


def test_an_open_session_does_not_take_ones_own_factors_away(office, administrator):
    with_app(administrator)
    office.force_login(administrator)
    office.post(reverse("administration:user_factors", args=[administrator.pk]))
    assert Totp.objects.count() == 1


@pytest.mark.parametrize("role", ["analyst", "lead", "auditor", "reader"])
def test_an_action_refuses_who_may_not_manage_users(db, role):
    person, other = make.user(role), make.user()
    for act in (
        lambda: administration.reset(by=person, now=NOW, user=other),
        lambda: administration.require(by=person, now=NOW, roles=set()),
        lambda: administration.link(by=person, now=NOW, user=other, subject_hash="a" * 64, known_hashes=[]),
        lambda: administration.unlink(by=person, now=NOW, user=other),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_whoever_runs_the_server_helps_the_only_administrator(administrator):
    with_app(administrator)
    call_command("reset_factors", administrator.username, stdout=io.StringIO())
    assert not Totp.objects.exists()
    assert AuditEvent.objects.latest("pk").actor is None
    with pytest.raises(CommandError) as refused:
        call_command("reset_factors", "https://canary.example/x")
    assert "canary" not in str(refused.value)


def test_a_new_key_takes_over_what_is_sealed(administrator, settings):
    secret = with_app(administrator)
    settings.FACTOR_SECRETS = ["another", *settings.FACTOR_SECRETS]
    call_command("reseal_factors", stdout=io.StringIO())
    settings.FACTOR_SECRETS = ["another"]
    assert actions.use_totp(user=administrator, now=NOW, code=code(secret))
    settings.FACTOR_SECRETS = ["a third"]
    with pytest.raises(CommandError):
        call_command("reseal_factors", stdout=io.StringIO())


@pytest.fixture
def after_a_while(client, analyst, at_now):
    """Signed in, and then gone for a quarter of an hour."""
    client.force_login(analyst)
    at_now.shift(11 * 60)
    return client


def test_an_open_session_is_not_enough_to_change_with_what_one_signs_in(after_a_while, analyst):
    client = after_a_while
    for path in ("", "app/", "app/qr.svg"):
        assert client.get(f"/account/second-factor/{path}")["Location"] == "/account/second-factor/confirm/"
    for path in ("app/", "app/remove/", "codes/", "passkeys/", "passkeys/options/", "passkeys/1/remove/"):
        assert client.post(f"/account/second-factor/{path}")["Location"] == "/account/second-factor/confirm/"
    wrong = client.post("/account/second-factor/confirm/", {"password": "wrong"})
    assert "This is not your present password." in wrong.content.decode()
    client.post("/account/second-factor/confirm/", {"password": make.PASSWORD})
    assert client.get("/account/second-factor/").status_code == 200


def test_guessing_the_password_again_is_counted(after_a_while):
    answers = [
        after_a_while.post("/account/second-factor/confirm/", {"password": "wrong"}).status_code for _try in range(11)
    ]
    assert answers == [200] * 10 + [429]


def test_setting_up_replacing_and_removing_an_app_of_ones_own(client, analyst, at_now):
    client.force_login(analyst)
    client.post("/account/second-factor/app/")
    secret = actions.waiting_secret(user=analyst, now=NOW)
    page = client.post("/account/second-factor/app/", {"code": code(secret)})
    assert "Recovery codes, shown once" in page.content.decode()
    assert client.get("/account/second-factor/app/qr.svg").status_code == 404
    assert "10 codes left" in client.get("/account/second-factor/").content.decode()
    assert "Recovery codes, shown once" in client.post("/account/second-factor/codes/").content.decode()
    client.post("/account/second-factor/app/remove/")
    assert not Totp.objects.exists()
    assert "Recovery codes" not in client.get("/account/second-factor/").content.decode()
    assert client.post("/account/second-factor/codes/")["Location"] == "/account/second-factor/"
