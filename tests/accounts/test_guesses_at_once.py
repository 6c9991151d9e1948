"""Two hundred guesses at once at the real web server."""

import dj_database_url
import pytest
from django.db import connection

from cases.models import AuditEvent
from tests import make
from tests.accounts.guessing import Guesser, guess_at_once, web
from tests.project.processes import free_port

ATTACKER, ELSEWHERE = "203.0.113.66", "198.51.100.7"


def database_url() -> str:
    there = connection.settings_dict
    url = f"postgresql://{there['USER']}:{there['PASSWORD']}@{there['HOST']}:{there['PORT']}/{there['NAME']}"
    assert dj_database_url.parse(url)["NAME"] == there["NAME"]
    return url


@pytest.fixture
def port(committed_db):
    port = free_port()
    with web(port, DATABASE_URL=database_url()):
        yield port


def test_of_two_hundred_guesses_at_once_ten_are_looked_at_and_the_victim_gets_in_from_elsewhere(port):
    victim, guesser = make.user(), Guesser.at(port)
    assert guess_at_once(guesser, victim.username, addresses=[ATTACKER] * 200) == {200: 10, 429: 190}
    assert AuditEvent.objects.filter(verb="sign_in_failed").count() == 10
    assert AuditEvent.objects.filter(verb="sign_in_limited").count() == 1
    assert guesser.guess(victim.username, make.PASSWORD, address=ATTACKER) == 429
    assert guesser.guess(victim.username, make.PASSWORD, address=f"{ATTACKER}, {ELSEWHERE}") == 302
