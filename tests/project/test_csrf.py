"""Forms of others are refused: every route, every method that may write, with a wrong token, from a foreign origin or
with a foreign referrer, for someone whom the route lets in. 403 each time, and nothing written."""

import sys

import pytest
from django.conf import settings

from tests.project.access_table import ADMINISTRATOR, ANALYST, AUDITOR, LEAD, NO_ONE_SIGNED_IN
from tests.project.test_access import ENDS_A_SESSION, ROUTES, who_may
from tests.project.world import World

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
TOKEN = "a" * 32
# No cookie and no token; both, and not the same; a cookie alone; and what the browser says of where a form came from.
ATTACKS = {
    "nothing": {},
    "another token": {"cookie": "b" * 32, "headers": {"x-csrftoken": TOKEN}},
    "a cookie alone": {"cookie": TOKEN},
    "foreign origin": {"cookie": TOKEN, "headers": {"x-csrftoken": TOKEN, "origin": "https://elsewhere.example"}},
    "no origin": {"cookie": TOKEN, "headers": {"x-csrftoken": TOKEN, "origin": "null"}},
    "foreign referrer": {
        "cookie": TOKEN,
        "headers": {"x-csrftoken": TOKEN, "referer": "https://elsewhere.example/form"},
        "secure": True,
    },
    "no referrer": {"cookie": TOKEN, "headers": {"x-csrftoken": TOKEN}, "secure": True},
}


def one_who_may(name: str, method: str) -> str:
    """Someone whom the route lets in, or anybody where it offers that method to no one."""
    found = who_may(name, method)
    return next((who for who in (LEAD, ADMINISTRATOR, ANALYST, AUDITOR, NO_ONE_SIGNED_IN) if who in found), LEAD)


def answer(world: World, name: str, method: str, attack: dict) -> tuple[int, list[str]]:
    who, how = one_who_may(name, method), {key: value for key, value in attack.items() if key != "cookie"}
    cookies = {settings.CSRF_COOKIE_NAME: attack["cookie"]} if "cookie" in attack else {}
    response = world.ask(method, world.path(ROUTES[name], who), who, enforce_csrf_checks=True, cookies=cookies, **how)
    return response.status_code, [what for what in response.written if not what.startswith(ENDS_A_SESSION)]


# Which method it is makes no difference to the check: all attacks are tried with POST, and one with each of the others.
TRIED = [*((attack, ("POST",)) for attack in ATTACKS), ("nothing", UNSAFE[1:])]


@pytest.mark.parametrize(("attack", "methods"), TRIED)
def test_no_form_of_others_writes_anything(attack, methods, world, db):
    found = {f"{method} {name}": answer(world, name, method, ATTACKS[attack]) for name in ROUTES for method in methods}
    assert {request: seen for request, seen in found.items() if seen != (403, [])} == {}


def test_the_right_token_is_let_through(world, db):
    """What the refusals are told by: the same request with its token goes on to the view."""
    right = {"cookie": TOKEN, "headers": {"x-csrftoken": TOKEN}}
    assert answer(world, "cases:log", "POST", right)[0] != 403
    assert answer(world, "administration:user_add", "POST", right)[0] == 200


def test_no_view_is_exempt_but_the_apis():
    """Django REST framework's views check by themselves, for whoever is signed in."""
    exempt = {name for name, route in ROUTES.items() if getattr(route.view, "csrf_exempt", False)}
    assert exempt == {name for name in ROUTES if ":api_" in name}


def test_how_much_was_tried(capsys):
    requests = len(ROUTES) * sum(len(methods) for _attack, methods in TRIED)
    with capsys.disabled():
        sys.stdout.write(f"\ncsrf: {len(ROUTES)} routes, {len(ATTACKS)} attacks, {requests} requests, all 403\n")
