"""The keeper: starts one server, and ends it when nobody uses it any more.

``python -m hotline.embedded.keeper KIND FOLDER [--throwaway]``. Says ``ready``, or what went wrong, as its first line
of output. It has a session of its own, so a Ctrl-C meant for its user does not reach the servers before that user has
closed its connections. SIGUSR1: look now whether anybody is left. SIGTERM: end the server, whoever uses it.
"""

import os
import select
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

from hotline.embedded.place import EmbeddedError, Home, Lock, State
from hotline.embedded.postgres import Postgres
from hotline.embedded.process import Process
from hotline.embedded.valkey import Valkey

KINDS: dict[str, type[Postgres | Valkey]] = {"postgres": Postgres, "valkey": Valkey}
LOOK_SECONDS = 0.5
# A server that ends is started again at once, and for as long as somebody uses it; one that can not start is tried
# later each time. A full disk is emptied one day, and nobody is to have to start anything then.
LONGEST_PAUSE = 5.0


class Keeper:
    """Keeps one server for as long as somebody holds its users' lock."""

    def __init__(self, home: Home, server: Postgres | Valkey) -> None:
        self.home = home
        self.server = server
        self.ended = False
        self._pause = 0.0
        self._start_at = 0.0
        self._own = Lock(home.keeper)
        self._door = Lock(home.door)
        self._users = Lock(home.users)
        self._awake, wake = os.pipe()
        os.set_blocking(self._awake, False)
        os.set_blocking(wake, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGUSR1, lambda *_: None)
        signal.signal(signal.SIGTERM, self._end)
        for ignored in (signal.SIGINT, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_IGN)

    def _end(self, *_: object) -> None:
        self.ended = True

    def start(self) -> None:
        """Start the server and write down where it is."""
        self._own.exclusive()
        self._start_server()

    def _start_server(self) -> None:
        try:
            process = self.server.start()
        except EmbeddedError:
            # Once more: between looking for a free port and using it, somebody may have taken it.
            process = self.server.start()
        self._write_state(process)

    def _write_state(self, process: Process) -> None:
        self.home.write_state(
            State(
                keeper_pid=os.getpid(),
                server_pid=process.child.pid,
                server_started=process.started,
                port=self.server.port,
            )
        )

    def keep(self) -> None:
        """Return when the server has been ended: nobody used it, or SIGTERM."""
        while not self.ended:
            self._wait()
            if self._unused():
                break
            process = self.server.process
            if process and process.child.poll() is not None and time.monotonic() >= self._start_at and not self.ended:
                self._start_again()
        if self.server.process:
            self.server.process.stop()

    def _start_again(self) -> None:
        """Start the server where it was. What it needs may be missing now (a full disk): then once more, later."""
        try:
            process = self.server.start_again()
        except (EmbeddedError, OSError, psutil.Error):
            if self.server.process:
                self.server.process.stop()
            self._pause = min(max(self._pause * 2, LOOK_SECONDS), LONGEST_PAUSE)
        else:
            self._pause = 0.0
            # Who joins from now on, or looks for strays, reads here which process it is. It is no reason to end one
            # that answers.
            with suppress(OSError):
                self._write_state(process)
        self._start_at = time.monotonic() + self._pause

    def _wait(self) -> None:
        if select.select([self._awake], [], [], LOOK_SECONDS)[0]:
            with suppress(BlockingIOError):
                os.read(self._awake, 1024)

    def _unused(self) -> bool:
        """Whether nobody is left. If so the door stays shut until this process has ended."""
        if not self._door.try_exclusive():
            return False
        if self._users.try_exclusive():
            return True
        self._door.release()
        return False

    def release(self) -> None:
        """Let go in this order: who comes through the door must not find a keeper's lock held."""
        for lock in (self._own, self._users, self._door):
            lock.close()


def _say(line: str) -> None:
    """The one line for whoever started us; then let go of its pipe, or it would wait for us for ever."""
    with suppress(BrokenPipeError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.close(nothing)


def _throw_away(home: Home) -> None:
    # Out of the way first, at one stroke: the last user is still looking at its lock files, and would make one anew.
    gone = home.path.rename(home.path.with_name(f".{home.kind}.gone"))
    shutil.rmtree(gone, ignore_errors=True)
    if not any((home.folder / kind).exists() for kind in KINDS):
        shutil.rmtree(home.folder, ignore_errors=True)


def main(kind: str, folder: str, *options: str) -> int:
    """Keep the server of that kind in that folder."""
    throwaway = "--throwaway" in options
    home = Home(Path(folder), kind)
    try:
        keeper = Keeper(home, KINDS[kind](home, throwaway=throwaway))
        keeper.start()
    except (EmbeddedError, OSError, psutil.Error) as error:
        _say(" ".join(str(error).split()))
        return 1
    _say("ready")
    try:
        keeper.keep()
    finally:
        keeper.release()
        if throwaway:
            _throw_away(home)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
