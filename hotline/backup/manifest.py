"""What a backup holds, as its manifest says it: enough to tell whether it came back whole.

Shape: see :class:`Manifest`; JSON with sorted keys, and ``digest``, SHA-256 over all the rest.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from cases.seal.state import sealed_head
from stats.models import Release

FORMAT = 1
DUMP, MANIFEST = "database.dump", "manifest.json"
CHUNK = 1 << 20


class ManifestError(ValueError):
    """The manifest is missing, damaged, or of another format; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What the database holds: rows by table, digests of the releases by number, the newest block of the audit log.

    ``migrations``: the last one applied of each app.
    """

    rows: Mapping[str, int]
    releases: Mapping[str, str]
    audit_block: int
    audit_digest: str
    migrations: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One backup. ``name``: its folder; ``made_at`` in UTC, ISO 8601; ``postgres`` the server's version as a
    number; ``size`` in bytes.

    ``secrets``: a fingerprint of each secret that has to be kept along with it. The secrets themselves are not in it.
    """

    name: str
    made_at: str
    postgres: int
    size: int
    sha256: str
    contents: Contents
    secrets: Mapping[str, str]


def contents() -> Contents:
    """What the database holds. To be called within one snapshot."""
    head = sealed_head()
    return Contents(
        rows=_rows(),
        releases={str(number): digest for number, digest in Release.objects.values_list("number", "digest")},
        audit_block=head.number if head else 0,
        audit_digest=head.digest if head else "",
        migrations=_migrations(),
    )


def _rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        quoted = {name: connection.ops.quote_name(name) for name in connection.introspection.table_names(cursor)}
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {table}" for name, table in quoted.items())  # noqa: S608 - our tables
        )
        return dict(sorted(cursor.fetchall()))


def _migrations() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, max(name) FROM django_migrations GROUP BY app ORDER BY app")
        return dict(cursor.fetchall())


def server_version() -> int:
    """PostgreSQL's own, as a number: 180006 for 18.6."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        (number,) = cursor.fetchone() or (0,)
    return int(number)


def unknown_migrations(made: Contents) -> list[str]:
    """What was applied where the backup was made and this version does not have."""
    ours = MigrationLoader(None).disk_migrations
    return [f"{app}.{name}" for app, name in made.migrations.items() if (app, name) not in ours]


def fingerprints() -> dict[str, str]:
    """Half a SHA-256 keyed with each secret: tells whether it is the same one, and nothing else of it."""
    kept = {"SECRET_KEY": settings.SECRET_KEY, "REPORT_KEY_SECRET": settings.REPORT_KEY_SECRET}
    if settings.FACTOR_SECRETS[0] != settings.SECRET_KEY:
        kept["FACTOR_SECRET"] = settings.FACTOR_SECRETS[0]
    return {
        name: hmac.new(secret.encode(), f"hotline backup {name}".encode(), "sha256").hexdigest()[:32]
        for name, secret in kept.items()
    }


def text_of(manifest: Manifest) -> str:
    """The manifest as it is written."""
    content = {"format": FORMAT, **asdict(manifest)}
    return json.dumps({**content, "digest": _digest(content)}, sort_keys=True, indent=1) + "\n"


def read(folder: Path) -> Manifest:
    """The manifest of a backup, after its own digest and that of the dump. Raises ``ManifestError``."""
    try:
        content: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="ascii"))
        digest, version = content.pop("digest"), content.pop("format")
    except (OSError, ValueError, KeyError, AttributeError) as error:
        msg = f"there is no manifest of a backup in that folder ({MANIFEST})"
        raise ManifestError(msg) from error
    if digest != _digest({"format": version, **content}):
        msg = f"{MANIFEST} is damaged: it does not give its own digest"
        raise ManifestError(msg)
    if version != FORMAT:
        msg = f"{folder / MANIFEST} is of another format than this version reads"
        raise ManifestError(msg)
    manifest = Manifest(**{**content, "contents": Contents(**content["contents"])})
    _check_dump(folder / DUMP, manifest)
    return manifest


def _check_dump(dump: Path, manifest: Manifest) -> None:
    try:
        is_whole = dump.stat().st_size == manifest.size and sha256_of(dump) == manifest.sha256
    except OSError as error:
        msg = f"{dump} can not be read"
        raise ManifestError(msg) from error
    if not is_whole:
        msg = f"{dump} is damaged: it is not the file that the manifest was made for"
        raise ManifestError(msg)


def sha256_of(path: Path) -> str:
    """A file's SHA-256, in 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
