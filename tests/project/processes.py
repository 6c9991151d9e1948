"""Helpers for tests that start processes of the project and look at what is left of them."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# What the test run itself was given: a process that is to find its own servers must not see it.
GIVEN = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "REPORT_KEY_SECRET",
    "HOTLINE_DATA_DIR",
    "HOTLINE_DATABASE_ROLE",
    "HOTLINE_SYNTHETIC_DATA",
    "MAKEFLAGS",
    "MAKELEVEL",
    "PYTHON",
)


def environment(**extra: str) -> dict[str, str]:
    """Our environment as a developer's shell has it, without what this test run set."""
    return {name: value for name, value in os.environ.items() if name not in GIVEN} | extra


def copy_of_the_project(folder: Path) -> Path:
    """What a fresh clone of the working tree would hold, new files too, in ``folder``."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (BASE_DIR / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(BASE_DIR / name, folder / name)
    return folder


def belonging_to(folder: Path) -> list[psutil.Process]:
    """Every process that runs in the folder, or was started with a path in it, but this one."""
    return [process for process in psutil.process_iter() if process.pid != os.getpid() and _belongs(process, folder)]


def command_line(process: psutil.Process) -> list[str]:
    """Its command line; empty when it has ended meanwhile."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _belongs(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and (
            any(str(folder) in part for part in process.cmdline()) or Path(process.cwd()).is_relative_to(folder)
        )
    except psutil.Error:
        return False


SERVICES = ("gunicorn", "celery", "hotline.demo")


def assert_ended(folder: Path) -> None:
    """Every server and service of the folder has ended; a keeper whose server is gone may take a breath more."""
    left = belonging_to(folder)
    assert not [process for process in left if _serves(process)]
    wait_until(lambda: not belonging_to(folder), seconds=2)


def _serves(process: psutil.Process) -> bool:
    try:
        return process.name() in {"postgres", "valkey-server"} or any(word in SERVICES for word in process.cmdline())
    except psutil.Error:
        return False


def wait_until(true: Callable[[], object], *, seconds: float) -> None:
    """Return as soon as it is true; fail after that many seconds."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def run(*command: str, cwd: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the project with an environment of its own, to its end."""
    return subprocess.run(
        command, cwd=cwd, env=environment(**extra), capture_output=True, text=True, check=False, timeout=100
    )


def python(code: str, *, cwd: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in that folder."""
    return run(sys.executable, "-c", code, cwd=cwd, **extra)
