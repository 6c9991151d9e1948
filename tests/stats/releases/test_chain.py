"""What a superuser changes is found: every column of every frozen row, a release taken out, one put in."""

import contextlib

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from stats.models import Release
from stats.releases.chain import Fault, Finding, check_chain
from tests.stats.releases.conftest import FROZEN_AT, LATER, as_superuser, frozen

pytestmark = pytest.mark.usefixtures("hotline_2024")

# Keys of the database's own, the number of a transaction: no reader sees them.
OWN = {"id", "table_id", "release_id", "written_in", "number"}


def columns() -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
            " AND (table_name LIKE 'stats_frozen%' OR table_name = 'stats_release') ORDER BY 1, ordinal_position"
        )
        # Quoted: "row" and "column" are words of SQL's own.
        return [(table, f'"{column}"', kind) for table, column, kind in cursor.fetchall() if column not in OWN]


def other_value(column: str, kind: str) -> str:
    """SQL for another value than the one that stands there."""
    return {
        "boolean": f"NOT {column}",
        "date": f"(date_trunc('month', {column}) + interval '1 month')::date",
        "timestamp with time zone": f"{column} + interval '1 second'",
        "uuid": "gen_random_uuid()",
        "character varying": f"CASE WHEN {column} = '' THEN 'x' ELSE overlay({column} PLACING 'y' FROM 1 FOR 1) END",
    }.get(kind, f"coalesce({column}, 0) + 1000")


def drop_checks() -> None:
    """What a superuser may do as well."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype IN ('c', 'u') AND conrelid IN"
            " ('stats_release'::regclass, 'stats_frozencell'::regclass, 'stats_frozenline'::regclass,"
            " 'stats_frozentable'::regclass, 'stats_frozenpassport'::regclass)"
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def test_every_column_that_is_changed_is_found(hotline_2024):
    frozen("2024-01", "final")
    assert check_chain().findings == ()
    missed = []
    # One transaction, and no way out of it but back: other connections wait for the tables whose checks are dropped.
    with contextlib.suppress(_UndoneError), transaction.atomic():
        drop_checks()
        for table, column, kind in columns():
            with contextlib.suppress(_UndoneError), transaction.atomic():
                change(table, column, kind)
                if not check_chain().findings:
                    missed.append((table, column))
                raise _UndoneError
        raise _UndoneError
    assert missed == []


class _UndoneError(Exception):
    """Rolls back."""


def change(table: str, column: str, kind: str) -> None:
    key = "number" if table == "stats_release" else "id"
    as_superuser(
        f"UPDATE {table} SET {column} = {other_value(column, kind)} WHERE {key} = (SELECT min({key}) FROM {table})"
    )


def test_a_changed_number_is_named_with_its_release(hotline_2024):
    for month in ("2024-01", "2024-02", "2024-03"):
        frozen(month, "final")
    as_superuser("UPDATE stats_frozencell SET value = value + 1 WHERE id = (SELECT min(id) FROM stats_frozencell)")
    assert check_chain().findings == (Finding(1, Fault.CHANGED),)
    with pytest.raises(CommandError, match=r"^release 1: its frozen rows do not give its digest"):
        call_command("verify_releases")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_release_that_was_taken_out_is_missed_the_last_one_too(hotline_2024, number):
    for month in ("2024-01", "2024-02", "2024-03"):
        frozen(month, "final")
    for table in ("frozencell", "frozenline"):
        as_superuser(
            f"DELETE FROM stats_{table} WHERE table_id IN (SELECT id FROM stats_frozentable WHERE release_id = %s)",
            number,
        )
    for table in ("frozentable", "frozenpassport"):
        as_superuser(f"DELETE FROM stats_{table} WHERE release_id = %s", number)
    as_superuser("DELETE FROM stats_release WHERE number = %s", number)
    assert Finding(number, Fault.MISSING) in check_chain().findings


def test_a_row_put_in_is_found(hotline_2024):
    frozen("2024-01", "final")
    as_superuser(
        'INSERT INTO stats_frozencell (table_id, "row", "column", places, status, coverage, rule, scheme, source,'
        " is_suppressed) SELECT min(table_id), 99, 0, 0, 'A', 'F', '', '', '', false FROM stats_frozencell"
    )
    assert check_chain().findings == (Finding(1, Fault.CHANGED),)


def test_a_digest_made_to_fit_breaks_the_chain_and_the_log_knows_better(hotline_2024):
    from stats.releases.canonical import canonical, digest  # noqa: PLC0415
    from stats.releases.reading import frozen_of, passports_of  # noqa: PLC0415

    frozen("2024-01", "final")
    frozen("2024-02", "final")
    as_superuser("UPDATE stats_frozencell SET value = value + 1 WHERE id = (SELECT min(id) FROM stats_frozencell)")
    first = Release.objects.get(number=1)
    fitting = digest(canonical(first, frozen_of([first])[1], passports_of(first)))
    as_superuser("UPDATE stats_release SET digest = %s WHERE number = 1", fitting)
    assert set(check_chain().findings) == {Finding(1, Fault.UNLOGGED), Finding(2, Fault.CHAIN)}


def test_releases_that_agree_are_counted(hotline_2024, capsys):
    call_command("verify_releases")
    frozen("2024", "final", now=FROZEN_AT)
    frozen("2024", "revised", reason="correction", now=LATER)
    call_command("verify_releases")
    assert capsys.readouterr().out == "0 releases agree with their digests\n2 releases agree with their digests\n"
