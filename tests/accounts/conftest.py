"""A person with an app, on the way in; a hash that costs nothing."""

from datetime import UTC, datetime

import pytest
import time_machine

from hotline.accounts.factors import actions, totp
from hotline.accounts.permissions import Role
from tests import make

NOW = datetime(2026, 3, 10, 11, 0, 10, tzinfo=UTC)


@pytest.fixture
def cheap_hash(settings):
    """For tests that sign in often and do not ask how passwords are kept."""
    settings.PASSWORD_HASHERS = ["tests.accounts.cheap.CheapHasher"]
    make.hashed.cache_clear()
    yield
    make.hashed.cache_clear()


@pytest.fixture
def at_now():
    """Time stands at NOW until it is moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def with_app(person, *, now=NOW) -> bytes:
    """Give somebody an app that counts, set up a minute before; returns its secret."""
    before = datetime.fromtimestamp(now.timestamp() - 120, UTC)
    actions.begin_totp(user=person, now=before)
    secret = actions.waiting_secret(user=person, now=before)
    actions.confirm_totp(user=person, now=before, code=code(secret, before))
    person.refresh_from_db()
    return secret


def code(secret: bytes, now=NOW, *, steps: int = 0) -> str:
    """The app's code, some steps from now."""
    return totp.code_at(secret, totp.step_of(now) + steps)


@pytest.fixture
def owner(db):
    """Somebody whose app counts: the person and the secret."""
    person = make.user(Role.LEAD)
    return person, with_app(person)


@pytest.fixture
def half(client, owner, at_now):
    """A client that is half signed in, the person, the secret."""
    person, secret = owner
    answer = client.post("/sign-in/", {"username": person.username, "password": make.PASSWORD, "next": "/account/"})
    assert answer["Location"] == "/sign-in/second-step/"
    return client, person, secret
