"""What the application's database role may do, set after every migrate.

The owner of the schema migrates. The application reads and writes rows: it can not truncate or alter
a table, and the audit log and what is frozen it may only add to.
"""

from typing import Any

from django.conf import settings
from django.db import connections
from psycopg import sql

APPEND_ONLY = (
    "cases_auditevent",
    "cases_auditblock",
    "cases_auditrange",
    "stats_release",
    "stats_frozentable",
    "stats_frozenline",
    "stats_frozencell",
    "stats_frozenpassport",
)


def grant_application_role(*, using: str = "default", **_sender: Any) -> None:
    """Grant the application's role its rights on every table there is now.

    Does nothing when the application migrates as itself (one role only): then triggers alone guard the audit log.
    """
    connection = connections[using]
    role = settings.APP_DATABASE_ROLE
    if not role or connection.settings_dict["USER"] == role:
        return
    name = sql.Identifier(role)
    statements = [
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
    ]
    present = set(connection.introspection.table_names())
    statements += [f"REVOKE UPDATE, DELETE ON {table} FROM {{role}}" for table in APPEND_ONLY if table in present]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(sql.SQL(statement).format(role=name))
