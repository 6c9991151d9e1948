"""Signing in and out, and what of it the audit log keeps."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import AuditEvent
from hotline.accounts.permissions import Role
from tests import make

SIGN_IN = "/sign-in/"


def sign_in(client: Client, username: str, password: str = make.PASSWORD, **more: str):
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def events() -> list[tuple]:
    return list(AuditEvent.objects.order_by("pk").values_list("verb", "subject", "subject_key", "actor", "changes"))


def test_signing_in_leads_to_the_page_that_was_asked_for_and_is_audited(client, administrator):
    asked = client.get(reverse("administration:users"))
    assert asked.status_code == 302
    assert asked["Location"] == f"{SIGN_IN}?next={reverse('administration:users')}"
    answer = sign_in(client, administrator.username, next=reverse("administration:users"))
    assert answer["Location"] == reverse("administration:users")
    reference = administrator.reference
    assert events() == [("sign_in", "user", str(reference), reference, {})]


@pytest.mark.parametrize(
    "onward", ["https://elsewhere.example/", "//elsewhere.example/", "/no-such-page/", "javascript:1", "queue/"]
)
def test_signing_in_leads_nowhere_else(client, analyst, onward):
    assert sign_in(client, analyst.username, next=onward)["Location"] == "/"


def test_a_wrong_password_is_audited_under_the_accounts_reference(client, analyst):
    answer = sign_in(client, analyst.username, "wrong")
    assert answer.status_code == 200
    assert events() == [("sign_in_failed", "user", str(analyst.reference), None, {})]


@pytest.mark.parametrize("typed", ["nobodyhere", "https://canary.example/x", "canary\x00x", "", "C" * 300])
def test_an_unknown_user_name_is_kept_and_shown_nowhere(client, db, typed):
    answer = sign_in(client, typed, "wrong")
    assert answer.status_code == 200
    assert events() == [("sign_in_failed", "user", "none", None, {})]
    if typed:
        assert typed not in answer.content.decode()


def test_the_user_name_may_be_typed_with_capitals(client, analyst):
    assert sign_in(client, analyst.username.upper()).status_code == 302


def test_which_of_the_two_was_wrong_is_not_said(client, analyst):
    wrong_password = sign_in(client, analyst.username, "wrong").content.decode()
    wrong_name = sign_in(client, "nobodyhere").content.decode()
    said = "User name and password do not belong together."
    assert said in wrong_password
    assert said in wrong_name
    assert analyst.username not in wrong_password


def test_a_deactivated_person_can_not_sign_in(client, db):
    person = make.user(Role.LEAD, is_active=False)
    assert sign_in(client, person.username).status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_person_deactivated_meanwhile_is_out_at_the_next_request(client, analyst):
    client.force_login(analyst)
    assert client.get(reverse("accounts:account")).status_code == 200
    analyst.is_active = False
    analyst.save()
    answer = client.get(reverse("accounts:account"))
    assert (answer.status_code, answer["Location"]) == (302, f"{SIGN_IN}?next={reverse('accounts:account')}")


def test_signing_out_ends_the_session_and_is_audited(client, analyst):
    client.force_login(analyst)
    answer = client.post(reverse("accounts:sign_out"))
    assert answer["Location"] == SIGN_IN
    assert client.get(reverse("accounts:account")).status_code == 302
    assert [event[0] for event in events()] == ["sign_out"]


def test_a_link_alone_signs_no_one_out(client, analyst):
    client.force_login(analyst)
    assert client.get(reverse("accounts:sign_out")).status_code == 405
    assert client.get(reverse("accounts:account")).status_code == 200


def test_what_someone_signed_in_reads_is_kept_by_no_cache(client, analyst):
    client.force_login(analyst)
    assert client.get(reverse("accounts:account"))["Cache-Control"] == "private, no-store"


def test_a_form_without_its_token_is_refused_with_the_projects_own_page(analyst):
    client = Client(enforce_csrf_checks=True)
    client.force_login(analyst)
    answer = client.post(reverse("accounts:sign_out"))
    assert answer.status_code == 403
    assert "Not for your role" in answer.content.decode()
