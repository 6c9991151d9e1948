"""Database errors without what was typed. PostgreSQL repeats a refused value, and Django and psycopg pass that on.

An error keeps its class, its SQLSTATE and the name of the constraint, by which our code tells one refusal from another.
Its text becomes a sentence that holds names of the schema only.
"""

from collections.abc import Callable
from typing import Any

import psycopg
from django.db import Error

# Classes of SQLSTATE whose first line speaks of the schema, a right or the server, and never of a value: integrity,
# transactions, rights, locks, resources, the connection. What follows the first line repeats the row.
WITHOUT_VALUES = ("08", "23", "25", "40", "42501", "53", "55", "57")


def told(error: psycopg.Error) -> str:
    """What may be said of it."""
    state = error.sqlstate or ""
    if state.startswith(WITHOUT_VALUES) and error.diag.message_primary:
        return error.diag.message_primary
    return f"{type(error).__name__} {state}".strip() if state else type(error).__name__


def without_values(
    execute: Callable[..., Any],
    sql: Any,
    params: Any,
    many: bool,  # noqa: FBT001 - Django's signature
    context: dict[str, Any],
) -> Any:
    """Run a statement; an error of it leaves without values. One of Django's execute wrappers."""
    try:
        return execute(sql, params, many, context)
    except Error as error:
        cause = error.__cause__
        if isinstance(cause, psycopg.Error) and (cause.sqlstate or not cause.args):
            error.args = cause.args = (told(cause),)
        raise


def wrap_connection(*, connection: Any, **_sender: Any) -> None:
    """Let every statement of a connection pass through; first in the row, where a test's own does not take it out.

    Receives Django's ``connection_created``.
    """
    if without_values not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, without_values)
