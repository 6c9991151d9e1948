"""Every migration is tried with data: one after another, each with rows present in every table there is by then.

The order is that of their numbers, not of their apps, so that a migration of one app finds rows of the others as an
installation that grew with the versions has them.
"""

import secrets
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection, migrations
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from tests import make
from tests.project.rows_of_every_table import ROWS

DOCS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
Row = frozenset[tuple[str, str | None]]
# What a migration is meant to change: (app, name) -> tables whose rows may be others afterwards, with the reason.
MEANT: dict[tuple[str, str], dict[str, str]] = {
    ("hotline", "0001_patterns_of_djangos_columns"): {"django_session": "sessions moved to accounts_session"},
}
# Tables that are empty in the end, since the product keeps nothing there any more.
EMPTY = {"django_session"}


@pytest.fixture
def new_database(django_db_setup, django_db_blocker) -> Iterator[None]:
    """An empty database, in the place of the test database."""
    name, address, before = f"steps_{secrets.token_hex(4)}", make.database_address(), connection.settings_dict["NAME"]
    with psycopg.connect(address, autocommit=True) as superuser:
        superuser.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        with django_db_blocker.unblock():
            connection.close()
            connection.settings_dict["NAME"] = name
            try:
                yield
            finally:
                connection.close()
                connection.settings_dict["NAME"] = before
        superuser.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def in_order_of_numbers(executor: MigrationExecutor) -> list[migrations.Migration]:
    graph = executor.loader.graph
    left = {migration: (migration.app_label, migration.name) for migration, _ in
            executor.migration_plan(graph.leaf_nodes())}  # fmt: skip
    done: set[tuple[str, str]] = set()
    order = []
    while left:
        ready = [one for one, key in left.items() if {node.key for node in graph.node_map[key].parents} <= done]
        one = min(ready, key=lambda migration: (migration.name[:4], migration.app_label))
        done.add(left.pop(one))
        order.append(one)
    return order


def tables() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor)) - {"django_migrations"}


def rows(table: str) -> list[dict[str, str | None]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        names = [column.name for column in cursor.description]
        return [dict(zip(names, map(str, row), strict=True)) for row in cursor.fetchall()]


def fill(there: set[str]) -> None:
    """A row in each of these tables that has none."""
    with connection.cursor() as cursor:
        for table, insert in ROWS.items():
            if table in there:
                cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
                if not cursor.fetchone()[0]:
                    cursor.execute(f"INSERT INTO {table} {insert}")


def kept(before: list[dict], after: list[dict]) -> Counter:
    """The rows of before that are not there afterwards, as far as columns are in both."""
    both = set(before[0]) & set(after[0]) if before and after else set()

    def shown(found: list[dict]) -> Counter:
        return Counter(frozenset((name, row[name]) for name in both) for row in found)

    return shown(before) - shown(after)


def test_every_migration_carries_over_the_rows_of_every_table_and_can_be_undone(new_database):
    executor = MigrationExecutor(connection)
    executor.recorder.ensure_schema()
    state = executor._create_project_state(with_applied_migrations=True)
    lost = {}
    order = in_order_of_numbers(executor)
    for migration in order:
        before = {table: rows(table) for table in tables()}
        state = executor.migrate(None, plan=[(migration, False)], state=state)
        there, key = tables(), (migration.app_label, migration.name)
        for table, held in before.items():
            if table in there and table not in MEANT.get(key, ()) and (gone := kept(held, rows(table))):
                lost[(*key, table)] = gone
        fill(there - before.keys())
    assert lost == {}
    assert {table for table in tables() if not rows(table)} == EMPTY
    # And back, still with rows: what a migration brought is gone then, but none stops half-way.
    MigrationExecutor(connection).migrate(None, plan=[(migration, True) for migration in reversed(order)])
    assert tables() == set()


def test_migrations_that_can_not_be_undone_are_named(db):
    loader = MigrationExecutor(connection).loader
    found = [f"{app}.{name}" for (app, name), one in loader.disk_migrations.items() if not all(
        operation.reversible for operation in one.operations)]  # fmt: skip
    assert [name for name in sorted(found) if f"`{name}`" not in DOCS.read_text(encoding="utf-8")] == []
