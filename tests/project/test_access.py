"""Every route x method x identity, on records that are there and on records that are not, against one table."""

import re
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from django.test import override_settings
from django.urls import reverse

from tests.project.access_table import (
    ACCESS,
    IDENTITIES,
    NO_ONE_SIGNED_IN,
    ROLES,
    STALE_EXPIRED,
    STALE_ROLE,
    Who,
)
from tests.project.headers import ASSERTED, faults
from tests.project.routes import METHODS, routes, undeclared
from tests.project.world import ARGUMENTS, World

URLCONF = "hotline.urls"
ROUTES = {route.name: route for route in routes(URLCONF)}
# For records that are not there these stand for all seven: one that reads, one that writes.
COUNTED: Counter[int] = Counter()
# Where whoever is let in finds nothing all the same.
NOT_HERE = {
    # Sign-in at a provider is off unless it is set: tests/accounts tries it on.
    **{f"accounts:provider{step}": {404} for step in ("", "_back", "_finish", "_refused")},
    "administration:user_identity": {404},
    # Of an app that somebody is setting up, and of a passkey: one's own alone.
    **{f"accounts:{name}": {404} for name in ("app_qr", "set_up_qr", "passkey_remove")},
    # No worker runs beside these tests.
    "readyz": {503},
}
UNLIKE = ("GET", "POST")
# They come to the same refusal as STALE_PASSWORD, who is walked with all seven: a request that reads, one that writes.
LIKE_ANOTHER = {STALE_ROLE, STALE_EXPIRED}
OF_EACH = {who: UNLIKE if who in LIKE_ANOTHER else METHODS for who in IDENTITIES}


def who_may(name: str, method: str) -> Who:
    declared = ACCESS[name]
    if isinstance(declared, Mapping):
        return declared.get("GET" if method in {"HEAD", "OPTIONS"} else method, frozenset())
    return declared


def is_refused(response) -> bool:
    to_sign_in = response.status_code == 302 and response["Location"].startswith(reverse("accounts:sign_in") + "?next=")
    return to_sign_in or response.status_code in {401, 403}


@dataclass
class Walk:
    """What a walk over one route saw. ``statuses``: by method and identity, 0 for refused; the rest: what was wrong."""

    statuses: dict[tuple[str, str], int] = field(default_factory=dict)
    headers: dict[str, list[str]] = field(default_factory=dict)
    written: dict[str, list[str]] = field(default_factory=dict)

    @property
    def let_in(self) -> set[tuple[str, str]]:
        return {who for who, status in self.statuses.items() if status}


# A session that is over goes with the request that finds it so; nothing else of a request that reads may write.
ENDS_A_SESSION = 'DELETE FROM "accounts_session" WHERE'
# What must be exact first counts what waits, as the next tick would two seconds later: rows that are worked out from
# others, and that are the same whoever asks and how often.
RECOUNTS = {"stats:release_differences", "stats:api_year"}
OF_COUNTS = re.compile(r'(DELETE FROM|INSERT INTO|UPDATE) "?stats_(monthlycount|dirtymonth|countedmonth)"? ')
SAFE = {"GET", "HEAD", "OPTIONS"}


def walk(world: World, name: str, paths: dict[str, str], of_each: Mapping[str, tuple[str, ...]] = OF_EACH) -> Walk:
    """``paths``: what each identity asks for."""
    seen = Walk()
    for identity, path in sorted(paths.items()):
        for method in of_each[identity]:
            response = world.ask(method, path, identity)
            seen.statuses[method, identity] = 0 if is_refused(response) else response.status_code
            COUNTED[response.status_code] += 1
            if wrong := faults(response.headers):
                seen.headers[f"{method} as {identity}: {response.status_code}"] = wrong
            written = [what for what in response.written if not what.startswith(ENDS_A_SESSION)]
            if name in RECOUNTS:
                written = [what for what in written if not OF_COUNTS.match(what)]
            if method in SAFE and written:
                seen.written[f"{method} as {identity}"] = written
    return seen


def expected(name: str, of_each: Mapping[str, tuple[str, ...]] = OF_EACH) -> set[tuple[str, str]]:
    return {(method, who) for who, methods in of_each.items() for method in methods if who in who_may(name, method)}


def test_every_route_declares_who_may_enter():
    assert undeclared(URLCONF) == []


def test_every_route_is_in_the_table():
    assert set(ROUTES) - set(ACCESS) == set()


def test_no_row_of_the_table_is_of_a_route_that_is_gone():
    assert set(ACCESS) - set(ROUTES) == set()


def test_every_argument_has_a_record():
    """A route with arguments that is missing here belongs in tests/project/world.py."""
    assert {name for name, route in ROUTES.items() if route.kwargs} - set(ARGUMENTS) == set()


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_route_lets_in_whom_the_table_names_and_no_one_else(name, world, db):
    route = ROUTES[name]
    seen = walk(world, name, {identity: world.path(route, identity) for identity in IDENTITIES})
    assert seen.let_in == expected(name)
    # No 404 hides a wrong grant: whoever is let in finds the record, or a method that is not offered.
    assert {status for status in seen.statuses.values() if status == 404 or status >= 500} <= NOT_HERE.get(name, set())
    assert seen.headers == {}
    assert seen.written == {}


@pytest.mark.parametrize("name", sorted(name for name, route in ROUTES.items() if route.kwargs))
def test_route_says_nothing_of_what_is_not_there_to_who_may_not_enter(name, world, db):
    route = ROUTES[name]
    path = reverse(name, kwargs=route.kwargs)
    two_of_each = dict.fromkeys(ROLES | {NO_ONE_SIGNED_IN}, UNLIKE)
    seen = walk(world, name, dict.fromkeys(two_of_each, path), two_of_each)
    assert seen.let_in == expected(name, two_of_each)
    assert seen.headers == {}
    assert seen.written == {}


def test_the_walk_is_as_long_as_the_table(capsys):
    with_arguments = sum(bool(route.kwargs) for route in ROUTES.values())
    there = len(ROUTES) * sum(len(methods) for methods in OF_EACH.values())
    not_there = with_arguments * len(UNLIKE) * (len(ROLES) + 1)
    with capsys.disabled():
        sys.stdout.write(
            f"\naccess: {len(ROUTES)} routes x {len(METHODS)} methods x 8 identities, 2 more stale ones = {there} on "
            f"records that are there, {not_there} on records that are not\n"
            f"headers: {ASSERTED} on each of {sum(COUNTED.values())} answers, by status "
            f"{dict(sorted(COUNTED.items()))}\n"
        )
    assert there >= 5000


@override_settings(ROOT_URLCONF="tests.project.undeclared_urls")
@pytest.mark.parametrize("identity", sorted(IDENTITIES))
def test_an_undeclared_route_is_refused_to_everyone(identity, world, db):
    assert world.ask("GET", "/open-door/", identity).status_code == 403


def test_an_undeclared_route_is_reported():
    assert undeclared("tests.project.undeclared_urls") == ["open_door"]


def test_a_table_row_too_generous_by_one_would_be_noticed(world, db):
    """The walk tells the identities apart: what it sees of the users' page is exactly one of them."""
    path = reverse("administration:users")
    seen = {identity for identity in IDENTITIES if not is_refused(world.ask("GET", path, identity))}
    assert seen == {"administrator"}
