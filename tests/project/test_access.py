"""Every route x method x identity, against one table."""

from collections.abc import Mapping

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from hotline.accounts.models import User
from tests import make
from tests.project.access_table import ACCESS, DEACTIVATED, IDENTITIES, NO_ONE_SIGNED_IN, ROLES, Who
from tests.project.routes import METHODS, Route, routes, undeclared

URLCONF = "hotline.urls"
ROUTES = {route.name: route for route in routes(URLCONF)}


def who_may(name: str, method: str) -> Who:
    declared = ACCESS[name]
    if isinstance(declared, Mapping):
        return declared.get("GET" if method in {"HEAD", "OPTIONS"} else method, frozenset())
    return declared


@pytest.fixture
def people(db) -> dict[str, User]:
    return {role: make.user(role) for role in ROLES} | {DEACTIVATED: make.user("administrator", is_active=False)}


def client_of(identity: str, people: dict[str, User]) -> Client:
    client = Client(raise_request_exception=True)
    if identity != NO_ONE_SIGNED_IN:
        client.force_login(people[identity])
    return client


def is_refused(response) -> bool:
    to_sign_in = response.status_code == 302 and response["Location"].startswith(reverse("accounts:sign_in") + "?next=")
    return to_sign_in or response.status_code in {401, 403}


def test_every_route_declares_who_may_enter():
    assert undeclared(URLCONF) == []


def test_every_route_is_in_the_table():
    assert set(ROUTES) - set(ACCESS) == set()


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_route_lets_in_whom_the_table_names_and_no_one_else(name, people):
    route = ROUTES[name]
    let_in = {
        (method, identity)
        for identity in IDENTITIES
        for method in METHODS
        if not is_refused(client_of(identity, people).generic(method, path_of(route)))
    }
    assert let_in == {(method, identity) for method in METHODS for identity in who_may(name, method)}


def path_of(route: Route) -> str:
    return reverse(route.name, kwargs=route.kwargs)


@override_settings(ROOT_URLCONF="tests.project.undeclared_urls")
@pytest.mark.parametrize("identity", sorted(IDENTITIES))
def test_an_undeclared_route_is_refused_to_everyone(identity, people):
    assert client_of(identity, people).get("/open-door/").status_code == 403


def test_an_undeclared_route_is_reported():
    assert undeclared("tests.project.undeclared_urls") == ["open_door"]


def test_a_table_row_too_generous_by_one_would_be_noticed(people):
    """The walk tells the roles apart: what it sees of the users' page is exactly one of them."""
    path = reverse("administration:users")
    seen = {identity for identity in IDENTITIES if not is_refused(client_of(identity, people).get(path))}
    assert seen == {"administrator"}
