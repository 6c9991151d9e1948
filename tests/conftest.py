"""Fixtures that all tests may use."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, connections
from django.test.utils import setup_databases, teardown_databases

from hotline.accounts.models import User
from hotline.accounts.permissions import Role
from tests import make

# What tests that really commit leave behind. Code lists stay: they came with the migrations.
RECORD_TABLES = (
    "cases_report, cases_importbatch, cases_requestkey, cases_auditevent, "
    "cases_unsealedevent, cases_auditblock, cases_auditrange, "
    "cases_recipient, accounts_user, accounts_session, accounts_invitation, "
    "stats_monthlycount, stats_dirtymonth, stats_countedmonth, stats_verification, "
    "stats_release, stats_frozentable, stats_frozenline, stats_frozencell, stats_frozenpassport, stats_exportjob, "
    "factors_totp, factors_recoverycode, factors_passkey, factors_requiredrole, factors_once, factors_identity, "
    "stats_publishedtotal, stats_countingrule, stats_chaincheck, stats_auditcheck, "
    "stats_retentionrun, cases_retiredmonth, "
    "health_tick, health_schemacheck, health_backup"
)

OTHER_EYES = pytest.StashKey[psycopg.Connection]()


@pytest.fixture(scope="session")
def django_db_setup(
    pytestconfig, django_test_environment, django_db_blocker, django_db_modify_db_settings
) -> Iterator[None]:
    """The test database, always: pytest-django's own makes it only for tests that carry its mark."""
    with django_db_blocker.unblock():
        databases = setup_databases(verbosity=0, interactive=False)
        made = connection.settings_dict
    with psycopg.connect(
        host=made["HOST"], port=made["PORT"], user=made["USER"], password=made["PASSWORD"], dbname=made["NAME"],
        autocommit=True,
    ) as other:  # fmt: skip
        pytestconfig.stash[OTHER_EYES] = other
        yield
        del pytestconfig.stash[OTHER_EYES]
    with django_db_blocker.unblock():
        teardown_databases(databases, verbosity=0)


@pytest.fixture(autouse=True)
def nothing_left(pytestconfig) -> Iterator[None]:
    """Fails the test that leaves rows, and not one that comes long after it: seen by a connection of its own."""
    yield
    if OTHER_EYES in pytestconfig.stash:
        left = rows_left(pytestconfig.stash[OTHER_EYES])
        assert not left, f"this test left rows in {', '.join(left)}"


def rows_left(other: psycopg.Connection) -> list[str]:
    """The tables that hold rows, among those that tests empty."""
    tables = RECORD_TABLES.split(", ")
    found = other.execute("SELECT " + ", ".join(f"EXISTS (SELECT FROM {table})" for table in tables)).fetchone()
    return [table for table, any_row in zip(tables, found, strict=True) if any_row]


@pytest.fixture(autouse=True)
def tries_counted_apart(settings) -> None:
    """Each test counts tries to sign in by itself: they share one Redis, and all come from one address."""
    settings.LIMITS_NAMESPACE = f"tries-{uuid.uuid4().hex}"


@pytest.fixture
def committed_db(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A database in which transactions really commit, for tests with threads and processes; emptied afterwards.

    Django's own flush can not be used: the audit log refuses TRUNCATE, and code lists would be gone.
    """
    with django_db_blocker.unblock():
        periods = _coverage()
        # Before as well as after: what a test that was broken off has left must not break the next.
        _empty(periods)
        yield
        _empty(periods)
        connections.close_all()


def _empty(periods: list[tuple]) -> None:
    with connection.cursor() as cursor:
        # The test server's role is a superuser; replica mode switches triggers off for this session only.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {RECORD_TABLES} RESTART IDENTITY CASCADE")
        cursor.execute("DELETE FROM cases_coverageperiod")
        cursor.executemany(
            "INSERT INTO cases_coverageperiod (dimension, from_date, to_date) VALUES (%s, %s, %s)", periods
        )
        cursor.execute("SET session_replication_role = origin")


def _coverage() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT dimension, from_date, to_date FROM cases_coverageperiod")
        return cursor.fetchall()


@pytest.fixture
def analyst(db) -> User:
    """An analyst."""
    return make.user(Role.ANALYST)


@pytest.fixture
def colleague(db) -> User:
    """Another analyst."""
    return make.user(Role.ANALYST)


@pytest.fixture
def lead(db) -> User:
    """A team lead."""
    return make.user(Role.LEAD)


@pytest.fixture
def administrator(db) -> User:
    """An administrator."""
    return make.user(Role.ADMINISTRATOR)
