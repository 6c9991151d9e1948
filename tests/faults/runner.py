"""Runs the product for the harness, as ``make demo`` runs it: ``python -m tests.faults.runner FOLDER PORT [...]``.

The same servers, the same commands, the same supervisor, in a folder of its own, without demo data. Writes
``ready.json`` into the folder once the web answers. SIGTERM ends it all.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from hotline.demo import MANAGE, _await_answer, services
from hotline.embedded import provide_environment
from hotline.embedded.environment import leave_all
from hotline.embedded.place import BASE_DIR
from hotline.embedded.postgres import SUPERUSER, address
from hotline.supervisor import GaveUp, Stopped, Supervisor, say, stop_on_signals
from tests.faults.mutants import names
from tests.faults.space import own_space

# A small log, so that a disk that is full soon has no room for the next segment either.
SMALL_LOG = ("ALTER SYSTEM SET min_wal_size = '32MB'", "ALTER SYSTEM SET max_wal_size = '96MB'")


def main() -> int:
    """Run until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--mutant", choices=sorted(names.MUTANTS), default="")
    parser.add_argument("--megabytes", type=int, default=0)
    options = parser.parse_args()
    os.chdir(BASE_DIR)
    os.environ["HOTLINE_DATA_DIR"] = str(options.folder)
    space = own_space(options.folder / "postgres", megabytes=options.megabytes) if options.megabytes else ""
    stop_on_signals()
    try:
        _run(options, space)
    except Stopped:
        return 0
    except GaveUp as error:
        say(str(error))
        return 1


def _run(options: argparse.Namespace, space: str) -> None:
    sessions = provide_environment(options.folder)
    supervisor = Supervisor(options.folder)
    try:
        superuser = _prepare(options.folder, options.mutant)
        os.environ[names.VARIABLE] = options.mutant
        for name, command in services(options.port).items():
            supervisor.start(name, [*names.replaced(name, command, options.mutant)])
        _await_answer(supervisor, options.port)
        _say_ready(options.folder, superuser=superuser, space=space)
        supervisor.run()
    finally:
        supervisor.stop()
        leave_all(sessions)


def _prepare(folder: Path, mutant: str) -> str:
    """The schema, and what a mutant changes in the database; the superuser's address."""
    subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], check=True)
    port = int(os.environ["DATABASE_URL"].rsplit(":", 1)[1].split("/")[0])
    superuser = address(folder, port, SUPERUSER)
    with psycopg.connect(superuser, autocommit=True) as connection:
        for statement in (*SMALL_LOG, *names.STATEMENTS.get(mutant, ())):
            connection.execute(statement)
        connection.execute("SELECT pg_reload_conf()")
    return superuser


def _say_ready(folder: Path, **known: str) -> None:
    person = subprocess.run(
        [sys.executable, "-m", "tests.faults.people"], check=True, stdout=subprocess.PIPE, text=True
    )
    draft = folder / "ready.new"
    facts = {**known, **json.loads(person.stdout), "redis": os.environ["REDIS_URL"]}
    draft.write_text(json.dumps(facts), encoding="utf-8")
    draft.rename(folder / "ready.json")


if __name__ == "__main__":
    sys.exit(main())
