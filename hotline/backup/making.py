"""Making a backup: dump and manifest of one and the same moment, in a folder that appears whole or not at all."""

import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from hotline.backup import clients
from hotline.backup.manifest import (
    DUMP,
    MANIFEST,
    Contents,
    Manifest,
    contents,
    fingerprints,
    server_version,
    sha256_of,
    text_of,
)
from hotline.health.actions import note_backup
from stats.counting.snapshot import one_snapshot

NAME = re.compile(r"hotline-[0-9]{8}T[0-9]{6}Z\Z")


def make_backup(*, into: Path, now: datetime) -> tuple[Path, Manifest]:
    """Make one, note that it was made, and return its folder ``hotline-TIME`` (only its owner may read it).

    Writing goes on meanwhile: dump and manifest see one snapshot. Raises ``ClientError``, ``OSError``.
    """
    name = f"hotline-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    folder, draft = into / name, into / f".{name}.new"
    into.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        raise FileExistsError(folder)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    try:
        manifest = _write(draft, name, now)
        _to_disk(draft)
        draft.rename(folder)
        _to_disk(into)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    note_backup(name=name, size=manifest.size, sha256=manifest.sha256, now=now)
    return folder, manifest


def forget_old(into: Path, *, keep: int) -> list[Path]:
    """Remove all backups but the newest so many; returns those. Touches nothing that is not named as a backup is."""
    made = sorted(path for path in into.iterdir() if NAME.match(path.name) and (path / MANIFEST).is_file())
    old = made[: max(len(made) - keep, 0)]
    for path in old:
        shutil.rmtree(path)
    return old


def _write(draft: Path, name: str, now: datetime) -> Manifest:
    dump = draft / DUMP
    dump.touch(mode=0o600)
    held = _dump(dump)
    manifest = Manifest(
        name=name,
        made_at=now.astimezone(UTC).isoformat(timespec="seconds"),
        postgres=server_version(),
        size=dump.stat().st_size,
        sha256=sha256_of(dump),
        contents=held,
        secrets=fingerprints(),
    )
    (draft / MANIFEST).touch(mode=0o600)
    (draft / MANIFEST).write_text(text_of(manifest), encoding="ascii")
    for path in (dump, draft / MANIFEST):
        _to_disk(path)
    return manifest


def _dump(dump: Path) -> Contents:
    """Write the dump, of the very snapshot that what is returned was read in."""
    with one_snapshot():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone() or ("",)
        clients.run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={dump}")
        return contents()


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
