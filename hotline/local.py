"""Local mode: what a command needs in a fresh clone before Django reads its settings."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from hotline.embedded import EmbeddedError, data_folder, provide_environment
from hotline.embedded.place import BASE_DIR, Lock


def prepare(*, with_schema: bool) -> None:
    """Provide servers and secrets; with the schema up to date when the database is the embedded one."""
    try:
        folder = data_folder()
        embedded = {session.home.kind for session in provide_environment(folder)}
    except EmbeddedError as error:
        sys.exit(f"error: {error}")
    if with_schema and "postgres" in embedded:
        migrate(folder)


def migrate(folder: Path) -> None:
    """Run ``migrate`` when the migrations are not those that were last run on this folder's database."""
    stamp, wanted = folder / "postgres" / "migrated", migrations_digest()
    lock = Lock(folder / "postgres" / "migrate.lock")
    lock.exclusive()
    try:
        if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
            return
        done = subprocess.run(  # noqa: S603 - our own interpreter and command
            [sys.executable, BASE_DIR / "manage.py", "migrate", "--verbosity", "0"],
            env=os.environ | {"HOTLINE_DATABASE_ROLE": "owner"},
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode != 0:
            sys.exit("error: the embedded database can not be migrated; the message above says why.")
        stamp.write_text(wanted, encoding="ascii")
    finally:
        lock.close()


def migrations_digest() -> str:
    """A digest of every migration of the project and of what is installed, without importing Django's apps."""
    digest = hashlib.sha256((BASE_DIR / "requirements.txt").read_bytes())
    for path in sorted(BASE_DIR.glob("**/migrations/*.py")):
        if not path.relative_to(BASE_DIR).parts[0].startswith("."):
            digest.update(str(path.relative_to(BASE_DIR)).encode() + path.read_bytes())
    return digest.hexdigest()
