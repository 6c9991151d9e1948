"""PostgreSQL's own programs, pg_dump and pg_restore, on the database that the settings name."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from django.db import connection

from hotline.embedded import EmbeddedError
from hotline.embedded.binaries import postgres_install

# What PostgreSQL quotes may be a value that was refused.
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\(.*\)")


class ClientError(Exception):
    """A program is missing or failed; the message holds no value."""


def program(name: str) -> Path:
    """Where the program is: in the embedded server's wheel, else on PATH. Raises ``ClientError``."""
    try:
        ours = postgres_install() / "bin" / name
    except EmbeddedError:
        ours = Path("/nonexistent")
    found = ours if ours.exists() else shutil.which(name)
    if not found:
        msg = f"{name} is not installed. It comes with PostgreSQL's client programs, of the server's version or later."
        raise ClientError(msg)
    return Path(found)


def run(name: str, *arguments: str | Path) -> None:
    """Run it on the settings' database, to its end. Raises ``ClientError``."""
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
        [program(name), "--no-password", *arguments],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if "error:" in line.lower()]
        why = QUOTED.sub("...", said[0])[:200] if said else f"exit code {done.returncode}"
        msg = f"{name} failed: {why}"
        raise ClientError(msg)


def _environment() -> dict[str, str]:
    """The address and the password: not on a command line, which others can read."""
    there = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    given = {name: str(there[key]) for name, key in names.items() if there.get(key)}
    options = there.get("OPTIONS", {})
    given |= {f"PG{key.upper()}": str(options[key]) for key in ("sslmode", "sslrootcert") if key in options}
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | given
