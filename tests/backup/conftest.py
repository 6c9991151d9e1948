"""A hotline with a release and a sealed log, a backup of it, and an empty database with two roles to restore into."""

import io
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.utils import timezone
from psycopg import sql

from cases.actions.sealing import seal_waiting
from tests import make
from tests.project.processes import BASE_DIR
from tests.stats.releases.small import fill, frozen


@dataclass(frozen=True)
class Empty:
    """A new database of the test server: its addresses as owner and as application."""

    owner: str
    app: str

    def manage(self, *command: str, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run a command on it, as on a machine of its own."""
        addresses = {"DATABASE_URL": self.app, "DATABASE_OWNER_URL": self.owner}
        return subprocess.run(
            [sys.executable, BASE_DIR / "manage.py", *command],
            env=os.environ | addresses | extra, capture_output=True, text=True, check=False, timeout=100,
        )  # fmt: skip

    def ask(self, query: str) -> tuple:
        """One row, asked by the owner."""
        with psycopg.connect(self.owner) as there:
            return there.execute(query).fetchone()


@pytest.fixture
def empty(django_db_setup) -> Iterator[Empty]:
    mark, password = secrets.token_hex(4), secrets.token_urlsafe(20)
    owner, app, name = (sql.Identifier(f"{kind}_{mark}") for kind in ("drill_owner", "drill_app", "drill"))
    with psycopg.connect(make.database_address(), autocommit=True) as superuser:
        for role in (owner, app):
            superuser.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, password))
        superuser.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(name, owner))
        there = psycopg.conninfo.conninfo_to_dict(make.database_address())
        at = f"{there['host']}:{there['port']}/drill_{mark}"
        yield Empty(*(f"postgresql://drill_{kind}_{mark}:{password}@{at}" for kind in ("owner", "app")))
        superuser.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        superuser.execute(sql.SQL("DROP ROLE {}, {}").format(owner, app))


@pytest.fixture
def hotline(committed_db) -> None:
    """Twenty reports, counted, one month released, the log sealed."""
    fill()
    frozen("2024-03")
    make.report(by=make.user())
    seal_waiting(now=timezone.now())


@pytest.fixture
def backup(hotline, tmp_path) -> Path:
    """A backup of it."""
    call_command("backup", tmp_path / "backups", stdout=io.StringIO())
    (made,) = (tmp_path / "backups").iterdir()
    return made
