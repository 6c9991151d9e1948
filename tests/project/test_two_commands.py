"""`make demo` and `manage.py` in a fresh copy of the project: start, use, stop, kill, start again."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.project.processes import (
    assert_ended,
    belonging_to,
    command_line,
    copy_of_the_project,
    environment,
    free_port,
    python,
    run,
    wait_until,
)

pytestmark = pytest.mark.xdist_group("two commands")

COUNT = "from cases.models import Report; print(Report.objects.count())"
OWNER = """
import os
from hotline.embedded import data_folder, provide_environment
provide_environment(data_folder())
import psycopg
owner = psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True)
"""


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Iterator[Path]:
    """A copy of the project, in a folder whose name has a space in it."""
    clone = copy_of_the_project(tmp_path_factory.mktemp("two commands") / "a clone")
    yield clone
    assert_ended(clone)


@contextmanager
def demo(clone: Path, port: int, **extra: str) -> Iterator["subprocess.Popen[str]"]:
    """`make demo` without data and with this test run's own venv, from another folder and with stdin closed."""
    command = ["make", "-C", str(clone), "demo", f"PORT={port}", f"VENV={sys.prefix}", "DEMO_FLAGS=--no-data"]
    with subprocess.Popen(
        ["/bin/sh", "-c", 'exec "$@" <&-', "sh", *command],
        cwd="/",
        env=environment(**extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
                process.wait(30)


def read_until(process: "subprocess.Popen[str]", text: str) -> str:
    """What the process said, up to the line that holds the text."""
    said = []
    for line in process.stdout:
        said.append(line)
        if text in line:
            return "".join(said)
    pytest.fail(f"ended without saying {text!r}:\n{''.join(said)}")


def answer(port: int) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as response:
        return response.read()


def answers(port: int) -> bool:
    try:
        return answer(port) == b"ok\n"
    except OSError:
        return False


def named(clone: Path, *words: str) -> list[psutil.Process]:
    """The clone's processes that have these words on their command line."""
    return [process for process in belonging_to(clone) if set(words) <= set(command_line(process))]


def supervisor(clone: Path) -> psutil.Process:
    [process] = named(clone, "hotline.demo")
    return process


def test_manage_starts_migrates_and_ends_servers_of_its_own(clone):
    done = run(sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", COUNT, cwd=clone)
    assert (done.returncode, done.stdout, done.stderr) == (0, "0\n", "")
    assert_ended(clone)


def test_manage_dbshell_needs_no_psql_on_the_machine(clone):
    done = run(
        sys.executable, "manage.py", "dbshell", "--", "--no-psqlrc", "-Atc", "SELECT current_user",
        cwd=clone, PATH=str(clone),
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "hotline_app\n")


def test_manage_twice_at_once(clone):
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", COUNT]
    both = [subprocess.Popen(command, cwd=clone, env=environment(), stdout=subprocess.PIPE) for _ in range(2)]
    assert [process.communicate()[0] for process in both] == [b"0\n", b"0\n"]
    wait_until(lambda: not belonging_to(clone), seconds=5)


def test_manage_without_django_names_make_setup(clone):
    # -I and -S: no site-packages, as in a Python outside the venv.
    done = run(sys.executable, "-I", "-S", "manage.py", "check", cwd=clone)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "make setup" in done.stderr


def test_demo_runs_beside_manage_and_ends_at_sigterm_to_make(clone):
    port = free_port()
    with demo(clone, port) as process:
        said = read_until(process, "Ctrl-C ends it")
        assert f"http://localhost:{port}/" in said
        assert answer(port) == b"ok\n"
        assert [bool(named(clone, word)) for word in ("gunicorn", "worker", "beat")] == [True] * 3
        beside = run(sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", COUNT, cwd=clone)
        assert beside.stdout == "0\n"
        with demo(clone, free_port()) as second:
            refused, _ = second.communicate(timeout=20)
        assert "already running" in refused
        process.terminate()
        process.wait(30)
        assert_ended(clone)
    assert not answers(port)


def test_demo_killed_leaves_nothing_starts_again_with_its_data_and_ends_at_ctrl_c(clone):
    python(OWNER + 'owner.execute("CREATE TABLE kept AS SELECT 42 AS n")', cwd=clone)
    port = free_port()
    with demo(clone, port) as process:
        read_until(process, "Ctrl-C ends it")
        supervisor(clone).kill()
        process.wait(10)
        wait_until(lambda: not belonging_to(clone), seconds=20)
    with demo(clone, port) as process:
        read_until(process, "Ctrl-C ends it")
        kept = python(OWNER + 'print(owner.execute("SELECT n FROM kept").fetchone()[0])', cwd=clone)
        assert kept.stdout == "42\n"
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)
        assert_ended(clone)


def test_demo_ends_strays_starts_again_what_dies_and_ends_with_its_terminal(clone):
    port = free_port()
    with demo(clone, port) as process:
        read_until(process, "Ctrl-C ends it")
        strays = named(clone, "gunicorn")
        for stray in strays:
            # A stopped process can not act on the signal that tells it its supervisor is gone.
            stray.suspend()
        supervisor(clone).kill()
        process.wait(10)
    wait_until(lambda: not named(clone, "worker"), seconds=20)
    with demo(clone, port) as process:
        assert "that an earlier demo left running" in read_until(process, "Ctrl-C ends it")
        assert not [stray for stray in strays if stray.is_running() and stray.status() != psutil.STATUS_ZOMBIE]
        worker = min(named(clone, "worker"), key=psutil.Process.create_time)
        for dying in [*named(clone, "gunicorn"), worker]:
            dying.kill()
        said = read_until(process, "starting it again") + read_until(process, "starting it again")
        assert "web ended with -9" in said
        assert "worker ended with -9" in said
        wait_until(lambda: answers(port) and named(clone, "worker"), seconds=20)
        os.killpg(process.pid, signal.SIGHUP)
        process.wait(30)
        assert_ended(clone)


def test_demo_on_a_taken_port_says_so_and_leaves_nothing(clone):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with demo(clone, port) as process:
            said, _ = process.communicate(timeout=20)
    errors = [line for line in said.splitlines() if line.startswith("error:")]
    assert errors == [f"error: port {port} is taken. Choose another one: make demo PORT={port + 1}"]
    assert process.returncode == 2  # make's own: a step exited with 1
    assert_ended(clone)


@pytest.mark.parametrize("port", ["0", "65536", "http", "80 80", "8000;id"])
def test_demo_refuses_what_is_no_port(clone, port):
    done = run("make", "demo", f"PORT={port}", f"VENV={sys.prefix}", cwd=clone)
    assert "a port is a whole number from 1 to 65535" in done.stderr
    assert done.returncode == 2


def test_reset_throws_the_data_away_but_not_under_a_running_command(clone):
    with subprocess.Popen(
        [sys.executable, "-c", OWNER + "print('in', flush=True); input()"],
        cwd=clone,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as user:
        assert user.stdout.readline() == b"in\n"
        refused = run("make", "reset", f"VENV={sys.prefix}", cwd=clone)
        assert "postgres is in use" in refused.stderr
        assert (clone / ".hotline" / "postgres" / "data").exists()
        user.communicate(b"\n")
    done = run("make", "reset", f"VENV={sys.prefix}", cwd=clone)
    assert done.returncode == 0
    assert list((clone / ".hotline").iterdir()) == []


def test_demo_uses_the_servers_it_is_given(tmp_path):
    clone = copy_of_the_project(tmp_path / "clone")
    # Another number than the other tests' messages have.
    broker = os.environ["REDIS_URL"].rsplit("/", 1)[0] + "/5"
    port = free_port()
    with demo(clone, port, DATABASE_URL=os.environ["DATABASE_URL"], REDIS_URL=broker) as process:
        read_until(process, "Ctrl-C ends it")
        assert answer(port) == b"ok\n"
        assert not [found for found in belonging_to(clone) if found.name() in {"postgres", "valkey-server"}]
        process.terminate()
        process.wait(30)
    assert not (clone / ".hotline" / "postgres").exists()
    assert not (clone / ".hotline" / "valkey").exists()
    assert_ended(clone)
