"""One's own password, language and theme."""

import pytest
from django.urls import reverse

from cases.models import AuditEvent
from hotline.accounts.models import User
from tests import make

NEW = "another long enough password"
PASSWORD_PAGE = "/account/password/"


def choose(client, old=make.PASSWORD, new=NEW, again=NEW):
    return client.post(PASSWORD_PAGE, {"old_password": old, "new_password": new, "again": again})


def test_a_new_password_keeps_this_session_and_ends_the_others(client, analyst):
    client.force_login(analyst)
    elsewhere = type(client)()
    elsewhere.force_login(analyst)
    assert choose(client).status_code == 302
    assert client.get(reverse("accounts:account")).status_code == 200
    assert elsewhere.get(reverse("accounts:account")).status_code == 302
    assert User.objects.get(pk=analyst.pk).check_password(NEW)
    assert AuditEvent.objects.get().verb == "password_change"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"old": "wrong"}, "This is not your present password."),
        ({"new": "short", "again": "short"}, "at least 12 characters"),
        ({"new": "password1234", "again": "password1234"}, "too common"),
        ({"again": "another long enough passwort"}, "This differs from the new password."),
        ({"new": make.PASSWORD, "again": make.PASSWORD}, "Choose another than the present one."),
    ],
)
def test_a_password_is_refused_with_the_rule(client, analyst, typed, said):
    client.force_login(analyst)
    answer = choose(client, **typed)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert User.objects.get(pk=analyst.pk).check_password(make.PASSWORD)
    assert not AuditEvent.objects.exists()


def test_the_language_stays_with_the_account_and_is_audited(client, analyst):
    client.force_login(analyst)
    answer = client.post("/account/language/", {"language": "nl", "next": "/account/"})
    assert answer["Location"] == "/account/"
    page = client.get("/account/")
    assert page["Content-Language"] == "nl"
    assert '<html lang="nl"' in page.content.decode()
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor, event.changes) == ("user_change", analyst.reference, {"language": ["en", "nl"]})


def test_the_sign_in_page_remembers_language_and_theme(client, db):
    client.post("/account/language/", {"language": "nl"})
    client.post("/account/theme/", {"theme": "dark"})
    page = client.get("/sign-in/").content.decode()
    assert '<html lang="nl" data-theme="dark">' in page


@pytest.mark.parametrize("path", ["/account/language/", "/account/theme/"])
def test_an_unknown_choice_changes_nothing(client, analyst, path, settings):
    client.force_login(analyst)
    answer = client.post(path, {"language": "xx", "theme": "red"})
    assert answer.status_code == 302
    assert not client.cookies.keys() & {settings.THEME_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME}
    assert not AuditEvent.objects.exists()
