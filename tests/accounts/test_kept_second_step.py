"""What was typed comes back also to who signs in with a second factor."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.accounts.conftest import NOW, code

pytestmark = pytest.mark.usefixtures("cheap_hash")

LOG = "/reports/log/"


def test_what_was_typed_is_there_after_the_second_step(owner):
    person, secret = owner
    client, later = Client(), NOW + timedelta(minutes=40)
    with time_machine.travel(NOW, tick=False):
        client.force_login(person)
        client.get(LOG)
    with time_machine.travel(later, tick=False):
        client.post(LOG, {"received_date": "2026-03-09", "source": "police", "url_count": "1234"})
        asked = client.post("/sign-in/", {"username": person.username, "password": make.PASSWORD, "next": LOG})
        assert asked["Location"] == "/sign-in/second-step/"
        done = client.post(asked["Location"], {"code": code(secret, later)})
        assert done["Location"] == LOG
        assert 'value="1234"' in client.get(LOG).content.decode()
