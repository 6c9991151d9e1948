"""How long a session lasts, what ends it, and where one is signed in."""

from datetime import UTC, datetime, timedelta

import pytest
import redis
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import AuditEvent
from hotline.accounts.ending import end_sessions
from hotline.accounts.models import Session
from tests import make

pytestmark = pytest.mark.usefixtures("cheap_hash")

ACCOUNT = "/account/"
SESSIONS = "/account/sessions/"
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def signed_in_at(moment, user) -> Client:
    client = Client()
    with time_machine.travel(moment, tick=False):
        answer = client.post("/sign-in/", {"username": user.username, "password": make.PASSWORD})
    assert answer.status_code == 302
    return client


def ask(client, *, minutes, path=ACCOUNT, **headers):
    with time_machine.travel(START + timedelta(minutes=minutes), tick=False):
        return client.get(path, headers=headers)


def test_a_session_ends_after_half_an_hour_without_use(analyst):
    client = signed_in_at(START, analyst)
    assert [ask(client, minutes=minute).status_code for minute in (0, 29, 58, 87)] == [200] * 4
    answer = ask(client, minutes=87 + 31)
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={ACCOUNT}")
    assert not Session.objects.exists()
    page = ask(client, minutes=87 + 31, path="/sign-in/").content.decode()
    assert "You were signed out: nothing was done for 30 minutes." in page


def test_a_session_ends_twelve_hours_after_signing_in_however_it_is_used(analyst):
    client = signed_in_at(START, analyst)
    answers = [ask(client, minutes=minute).status_code for minute in range(0, 12 * 60 + 1, 20)]
    assert answers == [200] * len(answers)
    assert ask(client, minutes=12 * 60 + 1).status_code == 302
    assert "a sign-in lasts 12 hours" in ask(client, minutes=12 * 60 + 2, path="/sign-in/").content.decode()


def test_what_a_page_asks_by_itself_is_no_use(analyst):
    client = signed_in_at(START, analyst)
    for minute in range(2, 30, 2):
        ask(client, minutes=minute, **{"hx-request": "true"})
    answer = ask(client, minutes=31, **{"hx-request": "true"})
    assert (answer.status_code, answer["HX-Refresh"]) == (401, "true")


def test_reading_writes_the_moment_into_a_cookie_at_most_once_a_minute_and_nothing_into_the_database(analyst, settings):
    client = signed_in_at(START, analyst)
    ask(client, minutes=5)
    with CaptureQueriesContext(connection) as queries:
        set_at = [
            minutes
            for minutes in (5.2, 5.9, 6.1, 6.5, 7.3)
            if settings.ACTIVITY_COOKIE_NAME in ask(client, minutes=minutes).cookies
        ]
    assert set_at == [6.1, 7.3]
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_the_moment_of_another_sign_in_or_of_ones_own_making_counts_for_nothing(analyst, settings):
    early, late = signed_in_at(START, analyst), signed_in_at(START + timedelta(minutes=29), analyst)
    name = settings.ACTIVITY_COOKIE_NAME
    for value in (late.cookies[name].value, "made:up:value", ""):
        early.cookies[name] = value
        assert ask(early, minutes=20).status_code == 200
    early.cookies[name] = late.cookies[name].value
    assert ask(early, minutes=31).status_code == 302
    assert ask(late, minutes=31).status_code == 200


def test_a_session_without_the_moment_ends_after_half_an_hour(analyst, settings):
    client = signed_in_at(START, analyst)
    del client.cookies[settings.ACTIVITY_COOKIE_NAME]
    assert ask(client, minutes=31).status_code == 302


def test_no_session_ends_because_redis_is_away(analyst, settings):
    client = signed_in_at(START, analyst)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert [ask(client, minutes=minute).status_code for minute in (10, 35, 60)] == [200] * 3
    assert ask(client, minutes=60, path=SESSIONS).status_code == 200
    assert ask(client, minutes=91).status_code == 302


def test_no_session_lasts_longer_because_redis_forgot(analyst, settings):
    client = signed_in_at(START, analyst)
    redis.Redis.from_url(settings.REDIS_URL).delete(*redis.Redis.from_url(settings.REDIS_URL).keys("hotline:used:*"))
    assert ask(client, minutes=31).status_code == 302


def test_the_key_in_the_cookie_is_not_the_key_in_the_table(client, analyst, settings):
    client.force_login(analyst)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(s)::text FROM accounts_session s")
        [[row]] = cursor.fetchall()
    assert client.cookies[settings.SESSION_COOKIE_NAME].value not in row
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = Session.objects.get().session_key
    assert thief.get(ACCOUNT).status_code == 302


def test_signing_in_changes_the_key_of_the_session(client, analyst, settings):
    client.get("/sign-in/")
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    client.post("/sign-in/", {"username": analyst.username, "password": make.PASSWORD})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != "a" * 32
    assert client.get(ACCOUNT).status_code == 200


def test_sessions_that_were_ended_stay_ended(client, analyst):
    client.force_login(analyst)
    end_sessions(analyst)
    assert client.get(ACCOUNT).status_code == 302
    # Even if the row were still there: its stamp is another.
    client.force_login(analyst)
    type(analyst).objects.filter(pk=analyst.pk).update(session_stamp="00000000-0000-4000-8000-000000000000")
    assert client.get(ACCOUNT).status_code == 302


def test_ones_sign_ins_are_listed_by_their_moments_alone(analyst, colleague):
    here = signed_in_at(START, analyst)
    signed_in_at(START - timedelta(minutes=10), analyst)
    signed_in_at(START - timedelta(minutes=45), analyst)  # over for a quarter of an hour
    signed_in_at(START, colleague)
    page = ask(here, minutes=1, path=SESSIONS).content.decode()
    assert page.count('<th scope="row"') == 2
    assert page.count("now, in this browser") == 1
    assert "127.0.0.1" not in page


def test_one_signs_out_everywhere_else_and_stays_here(analyst, colleague):
    here, there, theirs = (signed_in_at(START, user) for user in (analyst, analyst, colleague))
    with time_machine.travel(START, tick=False):
        assert here.post(SESSIONS)["Location"] == SESSIONS
    assert [ask(client, minutes=1).status_code for client in (here, there, theirs)] == [200, 302, 200]
    assert AuditEvent.objects.filter(verb="sign_out_elsewhere", actor=analyst.reference).count() == 1


def test_a_new_password_keeps_the_session_it_was_chosen_in_for_its_half_hour(analyst):
    here = signed_in_at(START, analyst)
    new = "another long enough passphrase"
    with time_machine.travel(START + timedelta(minutes=20), tick=False):
        here.post("/account/password/", {"old_password": make.PASSWORD, "new_password": new, "again": new})
    assert ask(here, minutes=49).status_code == 200


def test_sessions_that_are_over_are_cleared(analyst):
    signed_in_at(START - timedelta(days=2), analyst)
    signed_in_at(START, analyst)
    with time_machine.travel(START, tick=False):
        call_command("clearsessions")
    assert Session.objects.count() == 1


@pytest.mark.parametrize("path", [ACCOUNT, SESSIONS, "/reports/log/"])
def test_a_sessions_checks_cost_no_query(client, analyst, path):
    """One for the session and one for its person, as without them; the rest is the page's own."""
    client.force_login(analyst)
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    asked = [query["sql"] for query in queries]
    assert sum('FROM "accounts_session"' in sql and '"session_key"' in sql.partition("WHERE")[2] for sql in asked) == 1
    assert sum('FROM "accounts_user"' in sql for sql in asked) == 1
