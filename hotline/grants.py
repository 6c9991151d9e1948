"""What the application's database role may do, set after every migrate, by rule.

The owner of the schema migrates. The application reads every table and writes those of its own models. What is closed
(the audit log, its seals, what is frozen) it may only add to: a table is closed when a trigger refuses to change its
rows, so that a table which a migration closes is closed to this role as well. What only a superuser can take away is in
docker/postgres/rights.sql.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

OWN = ("hotline", "cases", "stats")
# Tables with a trigger that is fired once a statement, before an update as well as before a delete (pg_trigger.tgtype:
# 1 row, 2 before, 8 delete, 16 update).
CLOSED = """
    SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger
    WHERE NOT tgisinternal AND tgtype & 27 = 26 ORDER BY 1
"""
# What the owner alone writes, though it is a model of ours: what may be removed (set_retention_limit).
OWNERS_OWN = {"cases_retentionlimit"}
# Our functions, and whether a statement calls one, itself or by a CHECK; to fire a trigger's takes no right.
FUNCTIONS = """
    SELECT oid::regprocedure::text, prorettype <> 'trigger'::regtype FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND pg_has_role(proowner, 'USAGE')
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    ORDER BY 1
"""


def set_retention_limit(*, using: str = "default", **_sender: Any) -> None:
    """Write down, with the owner's rights, after how many years audit events may be removed: the settings' number.

    The function that removes them reads it there: whoever has the application's rights can not choose another.
    """
    connection = connections[using]
    if "cases_retentionlimit" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_retentionlimit (id, audit_years) VALUES (1, %s)"
            " ON CONFLICT (id) DO UPDATE SET audit_years = EXCLUDED.audit_years",
            [settings.AUDIT_YEARS],
        )


def grant_application_role(*, using: str = "default", **_sender: Any) -> None:
    """Set the rights of the application's role on everything there is now, and take those that everybody had.

    Does nothing when the application migrates as itself (one role only): then triggers alone guard the audit log.
    """
    connection = connections[using]
    role = settings.APP_DATABASE_ROLE
    if not role or connection.settings_dict["USER"] == role:
        return
    present = set(connection.introspection.table_names())
    with transaction.atomic(using=using), connection.cursor() as cursor:
        closed = closed_tables(cursor)
        cursor.execute(FUNCTIONS)
        functions = dict(cursor.fetchall())
        written = {*written_tables(), *closed} & present
        names = {"role": sql.Identifier(role), "database": sql.Identifier(connection.settings_dict["NAME"])}
        for statement in _statements(written, closed, functions):
            cursor.execute(sql.SQL(statement).format(**names))


def _statements(written: set[str], closed: set[str], functions: dict[str, bool]) -> Iterator[str]:
    yield "REVOKE ALL ON DATABASE {database} FROM PUBLIC"
    # Imports stage their rows in temporary tables.
    yield "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}"
    yield "REVOKE ALL ON SCHEMA public FROM PUBLIC, {role}"
    yield "GRANT USAGE ON SCHEMA public TO {role}"
    for kind in ("TABLES", "SEQUENCES"):
        yield f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM PUBLIC, {{role}}"
    yield "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"
    yield "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
    yield "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"
    for table in sorted(written):
        yield f"GRANT {'INSERT' if table in closed else 'INSERT, UPDATE, DELETE'} ON {table} TO {{role}}"
    for function, is_called in functions.items():
        yield f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC, {{role}}"
        if is_called:
            yield f"GRANT EXECUTE ON FUNCTION {function} TO {{role}}"


def closed_tables(cursor: CursorWrapper) -> set[str]:
    """The tables whose rows are never changed: the audit log, its seals, what is frozen."""
    cursor.execute(CLOSED)
    return {name for (name,) in cursor.fetchall()}


def written_tables() -> set[str]:
    """The tables that the application writes: those of its own models, and its sessions'."""
    sessions = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    own = {model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith(OWN)}
    return {model._meta.db_table for model in (*own, sessions)} - OWNERS_OWN  # noqa: SLF001 - Django's public name for it
