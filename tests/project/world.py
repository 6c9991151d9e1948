"""One of every record that a route may name, and someone of every kind who asks: for walks over all routes.

Extend ARGUMENTS when you add a route with arguments: a route that is missing fails test_every_argument_has_a_record.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions import referrals
from cases.actions.referrals import Sending
from cases.models import CoveragePeriod
from hotline.accounts.invitations import open_invitation
from hotline.accounts.models import InvitationKind, User
from hotline.accounts.permissions import Role
from stats.figures import VERSIONS
from stats.models import CountingRule, JobState, PublishedTotal, Release
from stats.periods import Month
from tests import make
from tests.project.access_table import (
    ANALYST,
    DEACTIVATED,
    IDENTITIES,
    NO_ONE_SIGNED_IN,
    ROLES,
    STALE_EXPIRED,
    STALE_PASSWORD,
    STALE_ROLE,
)
from tests.project.routes import Route
from tests.stats.records import report as make_record
from tests.stats.releases.small import fill, frozen, job

SESSIONS: Any = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()


@dataclass
class World:
    """What there is: keys of records, and of each identity its person and its session's key ('' for no one)."""

    keys: dict[str, Any] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Two for all: each has the whole chain of middleware, which takes longer to make than to run.
    lenient: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    strict: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True, raise_request_exception=False))

    def path(self, route: Route, identity: str) -> str:
        """The address of a route, of a record that is there."""
        arguments = ARGUMENTS.get(route.name)
        found = reverse(route.name, kwargs=arguments(self, identity) if arguments else route.kwargs)
        return found + QUERIES.get(route.name, "")

    def ask(self, method: str, path: str, identity: str, **how: Any) -> Any:
        """The answer to one identity, with what it wrote as ``written``; that is taken back."""
        client = self.strict if how.pop("enforce_csrf_checks", False) else self.lenient
        client.cookies.clear()
        client.cookies.load(how.pop("cookies", {}))
        if self.sessions[identity]:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[identity]
        written: list[str] = []
        with transaction.atomic(), connection.execute_wrapper(noting_writes(written)):
            response = client.generic(method, path, **{"content_type": "application/x-www-form-urlencoded", **how})
            transaction.set_rollback(True)
        response.written = written
        return response


READS = ("SELECT", "WITH", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "SET ", "SHOW")
# WITH may write, a SELECT may lock or call what writes.
HIDDEN = re.compile(
    r'\b(INSERT INTO|UPDATE "?[a-z_]+"? SET|DELETE FROM|MERGE INTO|nextval|setval|FOR (NO KEY )?UPDATE)\b'
)


def noting_writes(written: list[str]) -> Callable[..., Any]:
    """What notes each statement that is no plain reading; its first words, for a test to say."""

    def note(execute: Callable[..., Any], query: Any, params: Any, many: bool, context: Any) -> Any:
        text = " ".join(str(query).split()).lstrip("(")
        hidden = HIDDEN.search(text)
        if hidden or not text.upper().startswith(READS):
            written.append(text[hidden.start() if hidden else 0 :][:60])
        return execute(query, params, many, context)

    return note


Arguments = Callable[[World, str], dict[str, Any]]


def _key(**names: str) -> Arguments:
    return lambda world, _identity: {argument: world.keys[name] for argument, name in names.items()}


def _always(**arguments: Any) -> Arguments:
    return lambda _world, _identity: arguments


def _job(state: str) -> Arguments:
    return lambda world, identity: {"key": world.jobs[state][identity]}


# What a page can not do without.
QUERIES = {"stats:release_draft": "?period=2024-03"}
REPORT, YEAR, RELEASE = _key(pk="report"), _always(year=2024), _always(number=2)
ARGUMENTS: dict[str, Arguments] = {
    "administration:user_change": _key(pk="user"),
    **{
        f"administration:user_{name}": _key(pk="user")
        for name in ("erase", "invite", "invite_withdraw", "factors", "identity")
    },
    "accounts:passkey_remove": _key(pk="user"),
    "administration:recipient_change": _key(pk="recipient"),
    "administration:code_list": _always(name="outcome"),
    "administration:code_add": _always(name="source"),
    "administration:code_change": _always(name="outcome", code="no_access"),
    "administration:coverage_change": _key(pk="coverage"),
    "administration:coverage_remove": _key(pk="coverage"),
    "administration:total_remove": _key(pk="total"),
    "administration:rule_change": _key(pk="rule"),
    "administration:rule_remove": _key(pk="rule"),
    "cases:queue_named": _always(name="all"),
    **{f"cases:{name}": REPORT for name in ("undo", "report", "findings", "amend", "void", "refer")},
    **{f"cases:{name}": REPORT for name in ("take", "put_back", "finish", "close", "reopen", "restore")},
    **{
        f"cases:api_{name}": REPORT
        for name in (
            "report",
            "take",
            "put_back",
            "finish",
            "close",
            "reopen",
            "void",
            "restore",
            "findings",
            "referrals",
        )
    },
    "cases:api_referral": _key(pk="referred", referral_pk="referral"),
    "cases:answer": _key(pk="referred", referral_pk="referral"),
    "stats:month": _always(month=Month(2024, 3)),
    "stats:year": YEAR,
    "stats:api_year": YEAR,
    "stats:year_export": _always(year=2024, file_format="csv"),
    **{f"stats:{name}": RELEASE for name in ("release", "release_differences", "release_press", "release_export")},
    "stats:release_differences_between": _always(number=1, other=2),
    "stats:export_job": _job("queued"),
    "stats:export_cancel": _job("queued"),
    "stats:export_again": _job("cancelled"),
    "stats:export_download": _job("done"),
}


def build() -> World:
    """Make it, in the transaction that the caller takes back."""
    world = World()
    fill()
    frozen(status="provisional")
    release = frozen()
    # Entered since: a mark that waits to be counted.
    make_record("2024-03-20", url_count=3, state="closed")
    _identities(world)
    for person in world.people.values():
        _jobs(world, person, release)
    analyst = world.people[ANALYST]
    report = make.report(by=analyst)
    referred = make.report(make.tally(url_count=10), by=analyst)
    recipient = make.recipient()
    sending = Sending(recipient=recipient, url_count=1, sent_date=make.NOW.date())
    world.keys |= {
        "report": report.pk,
        "referred": referred.pk,
        "recipient": recipient.pk,
        "referral": referrals.send(by=analyst, now=make.NOW, report=referred, sending=sending).pk,
        "user": _invited().pk,
        "coverage": CoveragePeriod.objects.earliest("pk").pk,
        "total": PublishedTotal.objects.create(
            first_month=date(2021, 1, 1), figure="reports", value=413_262, source="Example"
        ).pk,
        "rule": _rule(),
    }
    return world


def _invited() -> User:
    person = make.user(username="somebody")
    open_invitation(person, kind=InvitationKind.PASSWORD, now=timezone.now())
    return person


def _rule() -> int:
    figure, version = next(iter(VERSIONS))
    entry = CountingRule.objects.create(figure=figure, version=version, from_month=date(2024, 1, 1))
    return entry.pk


def _identities(world: World) -> None:
    """Everybody is signed in first; then some of them have lost what they were let in by."""
    world.sessions[NO_ONE_SIGNED_IN] = ""
    rows: dict[str, str] = {}
    for number, identity in enumerate(sorted(IDENTITIES - {NO_ONE_SIGNED_IN})):
        role = identity if identity in ROLES else Role.ADMINISTRATOR
        person = User.objects.create(username=f"walker{number}", name="Somebody", role=role, language="en")
        before, client = set(SESSIONS.objects.values_list("pk", flat=True)), Client()
        client.force_login(person)
        world.people[identity] = person
        world.sessions[identity] = client.session.session_key
        (rows[identity],) = set(SESSIONS.objects.values_list("pk", flat=True)) - before
    _lose(world, rows[STALE_EXPIRED])


def _lose(world: World, expired: str) -> None:
    User.objects.filter(pk=world.people[DEACTIVATED].pk).update(is_active=False)
    User.objects.filter(pk=world.people[STALE_PASSWORD].pk).update(password=make_password(make.PASSWORD))
    User.objects.filter(pk=world.people[STALE_ROLE].pk).update(role=Role.LEAD)
    SESSIONS.objects.filter(pk=expired).update(expire_date=timezone.now() - timedelta(seconds=1))


def _jobs(world: World, person: User, release: Release) -> None:
    """What each has asked for: exports that wait, were cancelled, and are done."""
    now = timezone.now()
    done = {
        "state": JobState.DONE,
        "progress": 100,
        "content": b"x",
        "size": 1,
        "sha256": hashlib.sha256(b"x").hexdigest(),
        "started_at": now,
        "finished_at": now,
        "expires_at": now + timedelta(days=1),
    }
    identity = next(name for name, found in world.people.items() if found == person)
    for state, fields in {"queued": {}, "cancelled": {"state": "cancelled", "finished_at": now}, "done": done}.items():
        world.jobs.setdefault(state, {})[identity] = job(person, release, **fields).pk
        world.jobs[state].setdefault(NO_ONE_SIGNED_IN, world.jobs[state][identity])
