"""Local mode: what a command needs in a fresh clone before Django reads its settings."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from hotline.embedded import EmbeddedError, data_folder, provide_environment
from hotline.embedded.binaries import postgres_install
from hotline.embedded.place import BASE_DIR, Lock

SIGN_INS = "demo-sign-ins.json"
MIGRATED = ("hotline", "hotline/accounts", "hotline/accounts/factors", "hotline/health", "cases", "stats")


def prepare(*, with_schema: bool) -> None:
    """Provide servers and secrets; with the schema up to date when the database is the embedded one."""
    try:
        folder = data_folder()
        embedded = {session.home.kind for session in provide_environment(folder)}
    except (EmbeddedError, OSError) as error:
        sys.exit(f"error: {error}")
    # 'manage.py dbshell' starts psql, which the machine need not have.
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), str(postgres_install() / "bin")])
    if "postgres" in embedded and (folder / SIGN_INS).exists():
        # The embedded database holds the demo's data: what any command makes of them has to say so.
        os.environ.setdefault("HOTLINE_SYNTHETIC_DATA", "1")
    if "postgres" in embedded:
        keep_heads_in(folder)
    if with_schema and "postgres" in embedded:
        migrate(folder)


def keep_heads_in(folder: Path) -> None:
    """Have the heads of this folder's sealed audit log kept beside its database, if nothing else is said."""
    os.environ.setdefault("HOTLINE_AUDIT_HEADS", str(folder / "audit-heads.jsonl"))


def migrate(folder: Path) -> None:
    """Run ``migrate`` when the migrations are not those that were last run on this folder's database."""
    lock = Lock(folder / "postgres" / "migrate.lock")
    lock.exclusive()
    try:
        if is_migrated(folder):
            return
        done = subprocess.run(  # noqa: S603 - our own interpreter and command
            [sys.executable, BASE_DIR / "manage.py", "migrate", "--verbosity", "0"],
            env=os.environ | {"HOTLINE_DATABASE_ROLE": "owner"},
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode != 0:
            sys.exit("error: the embedded database can not be migrated; the message above says why.")
        remember_migrated(folder)
    finally:
        lock.close()


def is_migrated(folder: Path) -> bool:
    """Whether this folder's database had the migrations as they are now."""
    stamp = _stamp(folder)
    return stamp.exists() and stamp.read_text(encoding="ascii") == migrations_digest()


def remember_migrated(folder: Path) -> None:
    """Note that this folder's database has the migrations as they are now."""
    _stamp(folder).write_text(migrations_digest(), encoding="ascii")


def _stamp(folder: Path) -> Path:
    return folder / "postgres" / "migrated"


def migrations_digest() -> str:
    """A digest of the project's migrations and of what is installed: milliseconds, where Django needs a second."""
    digest = hashlib.sha256((BASE_DIR / "requirements.txt").read_bytes())
    for path in sorted(path for app in MIGRATED for path in (BASE_DIR / app / "migrations").glob("*.py")):
        digest.update(str(path.relative_to(BASE_DIR)).encode() + path.read_bytes())
    return digest.hexdigest()
