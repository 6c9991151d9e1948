"""Every route x method x identity, against one table."""

from collections.abc import Mapping

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from hotline.accounts.models import User
from hotline.accounts.permissions import Role
from tests.project.access_table import ACCESS, DEACTIVATED, IDENTITIES, NO_ONE_SIGNED_IN, Who
from tests.project.routes import METHODS, Route, routes, undeclared

URLCONF = "hotline.urls"
ROUTES = {route.name: route for route in routes(URLCONF)}


def who_may(name: str, method: str) -> Who:
    declared = ACCESS[name]
    if isinstance(declared, Mapping):
        return declared.get("GET" if method in {"HEAD", "OPTIONS"} else method, frozenset())
    return declared


@pytest.fixture
def clients(db) -> dict[str, Client]:
    """A client of each identity; the deactivated one was signed in when it happened."""
    clients = {NO_ONE_SIGNED_IN: Client()}
    for identity in sorted(IDENTITIES - {NO_ONE_SIGNED_IN}):
        role = Role.ADMINISTRATOR if identity == DEACTIVATED else identity
        user = User.objects.create(username=f"u{identity}", name="Somebody", role=role, language="en")
        clients[identity] = Client()
        clients[identity].force_login(user)
        User.objects.filter(pk=user.pk, username=f"u{DEACTIVATED}").update(is_active=False)
    return clients


def is_refused(response) -> bool:
    to_sign_in = response.status_code == 302 and response["Location"].startswith(reverse("accounts:sign_in") + "?next=")
    return to_sign_in or response.status_code in {401, 403}


def test_every_route_declares_who_may_enter():
    assert undeclared(URLCONF) == []


def test_every_route_is_in_the_table():
    assert set(ROUTES) - set(ACCESS) == set()


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_route_lets_in_whom_the_table_names_and_no_one_else(name, clients):
    route = ROUTES[name]
    let_in = {
        (method, identity)
        for identity in IDENTITIES
        for method in METHODS
        if not is_refused(clients[identity].generic(method, path_of(route)))
    }
    assert let_in == {(method, identity) for method in METHODS for identity in who_may(name, method)}


def path_of(route: Route) -> str:
    return reverse(route.name, kwargs=route.kwargs)


@override_settings(ROOT_URLCONF="tests.project.undeclared_urls")
@pytest.mark.parametrize("identity", sorted(IDENTITIES))
def test_an_undeclared_route_is_refused_to_everyone(identity, clients):
    assert clients[identity].get("/open-door/").status_code == 403


def test_an_undeclared_route_is_reported():
    assert undeclared("tests.project.undeclared_urls") == ["open_door"]


def test_a_table_row_too_generous_by_one_would_be_noticed(clients):
    """The walk tells the roles apart: what it sees of the users' page is exactly one of them."""
    path = reverse("administration:users")
    seen = {identity for identity in IDENTITIES if not is_refused(clients[identity].get(path))}
    assert seen == {"administrator"}
