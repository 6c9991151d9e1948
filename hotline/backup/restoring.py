"""Putting a backup back, and making sure that it came back whole."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.management import call_command
from django.db import OperationalError, connection, transaction

from cases.seal.form import Head
from cases.seal.heads import head_file, keep
from hotline.backup import clients
from hotline.backup.manifest import (
    DUMP,
    Contents,
    Manifest,
    contents,
    fingerprints,
    read,
    server_version,
    unknown_migrations,
)
from hotline.health.actions import note_restore
from stats.counting.snapshot import one_snapshot
from stats.releases.audit_checks import check_audit
from stats.releases.chain import check_chain

# Emptying a database waits so long for who is using it.
LOCK_SECONDS = 10
# Who was signed in when the backup was made is not signed in now: those sessions may have been ended since.
FORGOTTEN = ("django_session", "accounts_session")


class RestoreError(Exception):
    """A backup is not put back, or did not come back as it was; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """``replace``: empty the database first. ``other_secrets``: go on where the secrets are others than they were."""

    folder: Path
    replace: bool = False
    other_secrets: bool = False


def restore(wish: Wish, *, now: datetime) -> Manifest:
    """Put it back into the settings' database as the schema's owner, migrate, grant, verify.

    Nothing is touched before the backup's digests agree and the database is empty or may be emptied. Raises
    ``ManifestError``, ``ClientError``, ``RestoreError``.
    """
    manifest = read(wish.folder)
    _refuse(wish, manifest)
    if wish.replace:
        _empty()
    clients.run(
        "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges",
        f"--dbname={connection.settings_dict['NAME']}", wish.folder / DUMP,
    )  # fmt: skip
    connection.close()
    _compare(manifest.contents)
    _begin_anew()
    call_command("migrate", interactive=False, verbosity=0)
    _note_head(manifest.contents, now)
    _verify(manifest.contents)
    note_restore(name=manifest.name, now=now)
    return manifest


def _refuse(wish: Wish, manifest: Manifest) -> None:
    for why in _hindrances(wish, manifest):
        raise RestoreError(why)


def _hindrances(wish: Wish, manifest: Manifest) -> Iterator[str]:
    if unknown := unknown_migrations(manifest.contents):
        yield f"the backup is of a later version than this one: it has {', '.join(unknown)}"
    ours = fingerprints()
    if not wish.other_secrets and (others := [name for name, one in manifest.secrets.items() if ours.get(name) != one]):
        yield (
            f"{', '.join(others)} here: not what it was where the backup was made. Set it, or say --other-secrets "
            "(sessions end, second factors must be set up again, imported reports are not known again)"
        )
    if server_version() // 10000 < manifest.postgres // 10000:
        yield "the backup is of a later version of PostgreSQL than this server"
    if not wish.replace and connection.introspection.table_names():
        yield "the database is not empty. To throw away what it holds, say --replace"


def _empty() -> None:
    """Remove everything, also from before a version that this one knows."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
    except OperationalError as error:
        msg = "somebody is using the database. Stop web, worker and beat first"
        raise RestoreError(msg) from error


def _compare(held: Contents) -> None:
    """Before anything is migrated: what came back is what the manifest says."""
    with one_snapshot():
        found = contents()
    tables = [name for name in held.rows.keys() | found.rows.keys() if held.rows.get(name) != found.rows.get(name)]
    if tables:
        msg = f"not as many rows came back as there were, in: {', '.join(sorted(tables))}"
        raise RestoreError(msg)
    if held != found:
        msg = "releases, audit log or migrations are not those of the manifest"
        raise RestoreError(msg)


def _begin_anew() -> None:
    """What is of the old server's life only: sessions, and the numbers of its transactions, which come again here."""
    present = set(connection.introspection.table_names())
    with transaction.atomic(), connection.cursor() as cursor:
        for table in FORGOTTEN:
            if table in present:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - a constant of our own
        # By its transaction's number a release knows which rows may still be added to it: none.
        cursor.execute("ALTER TABLE stats_release DISABLE TRIGGER frozen")
        cursor.execute("UPDATE stats_release SET written_in = 0")
        cursor.execute("ALTER TABLE stats_release ENABLE TRIGGER frozen")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _note_head(held: Contents, now: datetime) -> None:
    """The file of heads may know later blocks: it has to know that the database was put back to this one."""
    file = head_file()
    if file and held.audit_block and os.access(file.parent, os.W_OK):
        keep(Head(held.audit_block, held.audit_digest), file, now=now, restored=True)


def _verify(held: Contents) -> None:
    chain, audit = check_chain(), check_audit()
    if chain.findings:
        msg = f"releases are not as they were frozen: {', '.join(str(one.number) for one in chain.findings)}"
        raise RestoreError(msg)
    if audit.faults:
        msg = f"the audit log is not as it was sealed: {audit.faults} faults; verify_audit names them"
        raise RestoreError(msg)
    with one_snapshot():
        found = contents()
    if (found.releases, found.audit_block, found.audit_digest) != (
        held.releases,
        held.audit_block,
        held.audit_digest,
    ):
        msg = "releases or audit log are not those of the manifest"
        raise RestoreError(msg)
