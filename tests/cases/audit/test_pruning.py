"""Audit events past their time go, by whole blocks, and the chain verifies without them."""

import secrets
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone
from psycopg import sql

from cases.actions import retention, sealing
from cases.models import AuditBlock, AuditEvent, RetentionLimit
from cases.seal.verify import Fault, check_seal
from hotline.grants import grant_application_role, set_retention_limit
from tests import make
from tests.cases.audit import tampering
from tests.cases.audit.test_sealing import events

LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)


def limit(years: int | None) -> None:
    RetentionLimit.objects.update_or_create(id=1, defaults={"audit_years": years})


@pytest.fixture
def old_and_new(db, monkeypatch):
    """Three blocks of three events sealed in 2015, one of two sealed now, and an event that waits."""
    monkeypatch.setattr(sealing, "BLOCK_EVENTS", 3)
    events(9)
    sealing.seal_waiting(now=LONG_AGO)
    events(2)
    sealing.seal_waiting(now=timezone.now())
    events(1)


def faults() -> list[tuple]:
    return [(found.fault, found.block) for found in check_seal().findings]


def test_events_of_old_blocks_go_and_the_chain_verifies(old_and_new, capsys):
    limit(5)
    assert retention.removable_audit_events() == 9
    assert retention.prune_audit() == 9
    assert retention.prune_audit() == 0
    assert retention.removable_audit_events() == 0
    assert AuditBlock.objects.count() == 4
    told = AuditEvent.objects.order_by("pk").last()
    assert (told.verb, told.subject, told.subject_key, told.changes, told.actor) == (
        "audit_prune", "audit", "3", {"events": ["9", None]}, None,
    )  # fmt: skip
    call_command("verify_audit")
    assert "3 blocks are kept without their events, which were removed in due time" in capsys.readouterr().out
    sealing.seal_waiting(now=timezone.now())
    assert faults() == []


def test_some_at_a_time_one_block_at_least(old_and_new):
    limit(5)
    assert [retention.prune_audit(most=1) for _round in range(4)] == [3, 3, 3, 0]
    assert faults() == []


def test_nothing_goes_without_a_limit_or_before_its_time(old_and_new):
    assert retention.prune_audit() == 0
    limit(90)
    assert retention.prune_audit() == 0
    assert AuditEvent.objects.count() == 12


def test_a_young_block_holds_those_after_it(old_and_new):
    limit(5)
    tampering.sql("UPDATE cases_auditblock SET sealed_at = now() WHERE number = 2")
    assert retention.prune_audit() == 3


def test_an_event_removed_by_hand_is_missing_all_the_same(old_and_new):
    limit(5)
    tampering.sql("DELETE FROM cases_auditevent WHERE id = (SELECT max(id) - 1 FROM cases_auditevent)")
    retention.prune_audit()
    assert faults() == [(Fault.MISSING, 4)]


def test_a_log_that_says_so_itself_of_young_events_is_not_believed(old_and_new):
    tampering.sql("DELETE FROM cases_auditevent WHERE id > (SELECT max(id) - 3 FROM cases_auditevent)")
    tampering.sql(
        "INSERT INTO cases_auditevent (at, verb, subject, subject_key, changes)"
        " VALUES (now(), 'audit_prune', 'audit', '4', '{}')"
    )
    assert (Fault.MISSING, 4) in faults()


def test_an_event_put_back_into_a_pruned_block_is_found(old_and_new):
    limit(5)
    first = AuditEvent.objects.order_by("pk").first().pk
    retention.prune_audit()
    tampering.sql(
        "INSERT INTO cases_auditevent (id, at, verb, subject, subject_key, changes)"
        " VALUES (%s, now(), 'log', 'report', '0', '{}')",
        first,
    )
    assert (Fault.MISSING, 1) in faults()


def test_nobody_removes_an_event_otherwise(old_and_new):
    limit(5)
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_auditevent")


def test_migrate_writes_the_limit_down(db, settings):
    settings.AUDIT_YEARS = 7
    set_retention_limit()
    assert RetentionLimit.objects.get().audit_years == 7
    settings.AUDIT_YEARS = None
    set_retention_limit()
    assert RetentionLimit.objects.get().audit_years is None


@pytest.fixture
def as_application(committed_db, settings):
    """A connection with just the rights of the application's role."""
    role, password = f"hotline_prune_trial_{secrets.token_hex(4)}", secrets.token_urlsafe(20)
    name = sql.Identifier(role)
    settings.APP_DATABASE_ROLE = role
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, password))
        grant_application_role()
    there = psycopg.conninfo.make_conninfo(make.database_address(), user=role, password=password)
    with psycopg.connect(there, autocommit=True) as own:
        yield own
    limit(None)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP OWNED BY {}").format(name))
        cursor.execute(sql.SQL("DROP ROLE {}").format(name))


def test_the_application_removes_by_the_function_alone_and_can_not_choose_the_limit(as_application):
    events(3)
    sealing.seal_waiting(now=LONG_AGO)
    events(3)
    sealing.seal_waiting(now=timezone.now() - timedelta(days=200))
    limit(5)
    for statement in (
        "UPDATE cases_retentionlimit SET audit_years = 1",
        "INSERT INTO cases_retentionlimit VALUES (2, 1)",
        "DELETE FROM cases_auditevent",
        "SELECT set_config('hotline.pruning', 'on', false); DELETE FROM cases_auditevent",
        "DELETE FROM cases_auditblock",
        "CREATE OR REPLACE FUNCTION cases_prunable_block() RETURNS bigint LANGUAGE sql AS 'SELECT 9'",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_application.execute(statement)
    # Not by names of its own that come first, either.
    as_application.execute("CREATE TEMP TABLE cases_retentionlimit (id int, audit_years int)")
    as_application.execute("INSERT INTO cases_retentionlimit VALUES (1, 1), (1, 0)")
    assert as_application.execute("SELECT cases_prune_audit(1000)").fetchone() == (3,)
    assert AuditEvent.objects.count() == 4
    assert faults() == []
