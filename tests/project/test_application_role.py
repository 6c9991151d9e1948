"""What the application's own database role can not do, tried with a real connection as that role."""

import secrets

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from hotline.accounts.permissions import Role
from hotline.grants import APPEND_ONLY, grant_application_role
from tests import make

# Roles belong to the server, which parallel test processes share.
ROLE = f"hotline_app_trial_{secrets.token_hex(4)}"


@pytest.fixture
def as_application(committed_db, settings):
    """A connection as a role that has just what every migrate grants to the application's."""
    password = secrets.token_urlsafe(20)
    name = sql.Identifier(ROLE)
    settings.APP_DATABASE_ROLE = ROLE
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, password))
        grant_application_role()
    make.report(by=make.user(Role.ANALYST))
    there = psycopg.conninfo.make_conninfo(make.database_address(), user=ROLE, password=password)
    with psycopg.connect(there, autocommit=True) as own:
        yield own
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP OWNED BY {}").format(name))
        cursor.execute(sql.SQL("DROP ROLE {}").format(name))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_auditevent SET verb = 'x'",
        "DELETE FROM cases_auditevent",
        "TRUNCATE cases_auditevent",
        "ALTER TABLE cases_auditevent DISABLE TRIGGER ALL",
        "DROP TRIGGER auditevent_append_only ON cases_auditevent",
        "DROP TABLE cases_auditevent",
        "SET session_replication_role = replica",
        "TRUNCATE cases_report CASCADE",
        "ALTER TABLE cases_report DROP CONSTRAINT report_url_count_in_range",
        "CREATE OR REPLACE FUNCTION hotline_today() RETURNS date LANGUAGE sql AS 'SELECT DATE ''2999-01-01'''",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('cases', 'x', now())",
        "GRANT ALL ON cases_auditevent TO CURRENT_USER",
    ],
)
def test_application_can_not_touch_the_past_of_the_log_or_the_schema(as_application, statement):
    events = "SELECT count(*) FROM cases_auditevent"
    before = as_application.execute(events).fetchone()
    try:
        as_application.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        refused = True
    else:
        # PostgreSQL answers a GRANT of what one does not have with a warning; nothing may have come of it.
        refused = statement.startswith("GRANT")
    assert refused
    assert as_application.execute(events).fetchone() == before
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_application.execute("DELETE FROM cases_auditevent")


def test_application_can_do_its_work(as_application):
    as_application.execute(
        "INSERT INTO cases_auditevent (verb, subject, subject_key, changes) VALUES ('log','a','1','{}')"
    )
    as_application.execute("UPDATE cases_report SET url_count = 11")
    assert as_application.execute("SELECT count(*) FROM stats_dirtymonth").fetchone()[0] > 0
    as_application.execute("DELETE FROM stats_dirtymonth")


@pytest.mark.parametrize("table", [name for name in APPEND_ONLY if name.startswith("stats_")])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET {key} = {key}", "DELETE FROM {}", "TRUNCATE {} CASCADE", "ALTER TABLE {} DISABLE TRIGGER ALL"],
)
def test_application_can_not_touch_what_is_frozen(as_application, table, statement):
    key = "number" if table == "stats_release" else "id"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_application.execute(statement.format(table, key=key))
