"""What ``make demo`` runs: the whole product on this machine, with made-up data."""

import argparse
import contextlib
import errno
import http.client
import json
import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path

from hotline.embedded import EmbeddedError, data_folder, provide_environment
from hotline.embedded.environment import leave_all
from hotline.embedded.place import BASE_DIR, Lock
from hotline.local import is_migrated, keep_heads_in, remember_migrated
from hotline.supervisor import GaveUp, Stopped, Supervisor, end_process, end_strays, say, start_process, stop_on_signals

HOST = "127.0.0.1"
ANSWER_SECONDS = 60
MANAGE = [sys.executable, str(BASE_DIR / "manage.py")]


def services(port: int) -> dict[str, list[str]]:
    """The commands of the product's processes."""
    celery = [sys.executable, "-m", "celery", "--quiet", "--app", "hotline"]
    return {
        "web": [sys.executable, "-m", "gunicorn", "hotline.wsgi", "--config", "python:hotline.web_server",
                "--bind", f"{HOST}:{port}", "--workers", "2", "--threads", "4",
                "--graceful-timeout", "5", "--log-level", "warning", "--no-control-socket"],
        "worker": [*celery, "worker", "--queues", "hotline", "--concurrency", "2", "--loglevel", "WARNING",
                   "--without-gossip", "--without-mingle"],
        "beat": [*celery, "beat", "--loglevel", "WARNING"],
    }  # fmt: skip


def main() -> int:
    """Run the demo until it is stopped; 0 when somebody stopped it, 1 with one line saying what is wrong."""
    options = _options()
    os.chdir(BASE_DIR)
    stop_on_signals()
    try:
        folder = data_folder()
        lock = Lock(folder / "demo.lock")
        if not lock.try_exclusive():
            return _refuse("the demo of this folder is already running. Stop it first (Ctrl-C where it runs).")
        if options.reset:
            return _reset(folder)
        # Before the port is looked at: a stray may be what holds it.
        if strays := end_strays(folder):
            say(f"Ended {strays} processes that an earlier demo left running")
        if problem := port_problem(options.port):
            return _refuse(problem)
        return _run(folder, options)
    except (EmbeddedError, GaveUp, OSError) as error:
        return _refuse(str(error))
    except Stopped:
        return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description="Run Hotline on this machine with made-up data.")
    parser.add_argument("--port", type=_port, default=8000)
    parser.add_argument("--scale", default="1", help="the share of the demo data to make, such as 0.01")
    parser.add_argument("--no-data", action="store_true", help="start without the demo data")
    parser.add_argument("--reset", action="store_true", help="throw the data folder away, and start nothing")
    return parser.parse_args()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):  # noqa: PLR2004 - the ports there are
        msg = "a port is a whole number from 1 to 65535"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def port_problem(port: int) -> str:
    """Why the port can not be used, in one line; '' when it can."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"port {port} is taken. Choose another one: make demo PORT={port % 65535 + 1}"
            return f"port {port} can not be used ({error.strerror}). Choose another one: make demo PORT=8000"
    return ""


def _refuse(problem: str) -> int:
    sys.stderr.write(f"error: {problem}\n")
    return 1


def _reset(folder: Path) -> int:
    users = [path for path in folder.glob("*/users.lock") if not Lock(path).try_exclusive()]
    if users:
        return _refuse(f"{users[0].parent.name} is in use. End the manage.py commands that run in this folder first.")
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    say(f"{folder} is empty")
    return 0


def _run(folder: Path, options: argparse.Namespace) -> int:
    os.environ["HOTLINE_SYNTHETIC_DATA"] = "1"
    os.environ["HOTLINE_DATA_DIR"] = str(folder)
    say("Starting PostgreSQL and the Redis-protocol server")
    sessions = provide_environment(folder)
    supervisor = Supervisor(folder)
    try:
        _prepare_database(folder, {session.home.kind for session in sessions})
        if not options.no_data:
            _manage(folder, "load_demo", "--scale", options.scale)
        say("Starting web, worker and beat")
        for name, command in services(options.port).items():
            supervisor.start(name, command)
        _await_answer(supervisor, options.port)
        _welcome(folder, options.port)
        supervisor.run()
    finally:
        say("Stopping")
        supervisor.stop()
        leave_all(sessions)
        say("Stopped; the data stay for the next time")


def _prepare_database(folder: Path, embedded: set[str]) -> None:
    ours = "postgres" in embedded
    if ours:
        keep_heads_in(folder)
    if not (ours and is_migrated(folder)):
        say("Preparing the database")
        _manage(folder, "migrate", "--verbosity", "0")
        if ours:
            remember_migrated(folder)


def _manage(folder: Path, *arguments: str) -> None:
    """Run a management command as a process that ends with us; GaveUp when it fails."""
    process = start_process([*MANAGE, *arguments], log=None, folder=folder)
    try:
        code = process.wait()
    except Stopped:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        end_process(process, seconds=5)
        raise
    if code != 0:
        msg = f"manage.py {arguments[0]} failed; its message is above"
        raise GaveUp(msg)


def _await_answer(supervisor: Supervisor, port: int) -> None:
    end = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < end:
        supervisor.check_start()
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status < 500:  # noqa: PLR2004 - it answers
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    msg = f"the web process does not answer after {ANSWER_SECONDS} s; see {supervisor.folder / 'logs' / 'web.log'}"
    raise GaveUp(msg)


def _welcome(folder: Path, port: int) -> None:
    say(f"\nHotline is ready: http://localhost:{port}/\n")
    path = folder / "demo-sign-ins.json"
    if path.exists():
        rows = [(row["role"], row["username"], row["password"]) for row in json.loads(path.read_text("utf-8"))]
        # One for each role; the file has the others.
        first = {role: (role, *rest) for role, *rest in reversed(rows)}
        for line in aligned([("role", "user name", "password"), *reversed(first.values())]):
            say(f"  {line}")
    say(f"\nEvery number in it is made up. Logs: {folder / 'logs'}. Ctrl-C ends it.")


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """The rows as lines, each column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


if __name__ == "__main__":
    sys.exit(main())
