"""One process's use of a server: join the running one or start it, and end it when leaving as the last."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from hotline.embedded.place import BASE_DIR, EmbeddedError, Home, Lock, State

LEAVE_SECONDS = 30


class Session:
    """Holds a server of one data folder for this process. ``begin``, then ``wait``; ``leave`` at the end.

    Two steps, so that several servers start side by side. Several sessions of one process must begin in the same
    order everywhere: each holds its door until ``wait`` returns.
    """

    def __init__(self, folder: Path, kind: str, *, throwaway: bool = False) -> None:
        self.home = Home(folder, kind)
        self.throwaway = throwaway
        self._door = Lock(self.home.door)
        self._users = Lock(self.home.users)
        self._keeper: subprocess.Popen[str] | None = None
        self._pid = os.getpid()

    def begin(self) -> None:
        """Count as a user, and start a keeper when there is none."""
        self._door.exclusive()
        self._users.shared()
        keeper = Lock(self.home.keeper)
        if keeper.try_exclusive():
            keeper.release()
            self._keeper = self._start_keeper()
        keeper.close()

    def _start_keeper(self) -> "subprocess.Popen[str]":
        options = ["--throwaway"] if self.throwaway else []
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "hotline.embedded.keeper", self.home.kind, str(self.home.folder), *options],
            cwd=BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def wait(self) -> State:
        """Where the server is, once it answers; EmbeddedError when it does not start."""
        try:
            if self._keeper and self._keeper.stdout:
                with self._keeper.stdout as said:
                    line = said.readline().strip()
                if line != "ready":
                    raise EmbeddedError(line or f"The {self.home.kind} server's keeper ended; see {self.home.log}.")
            state = self.home.read_state()
            if state is None:
                msg = f"{self.home.path} is in disorder: end what runs there, and remove it."
                raise EmbeddedError(msg)
            return state
        finally:
            self._door.release()

    def leave(self) -> None:
        """Stop being a user; when this was the last one, return only after the server has ended.

        Does nothing in a fork of the process that began: the lock is not the fork's to give up.
        """
        if os.getpid() != self._pid:
            return
        self._users.release()
        end = time.monotonic() + LEAVE_SECONDS
        while time.monotonic() < end and not self._has_ended() and not self._is_used():
            self._wake_keeper()
            time.sleep(0.02)
        if self._keeper:
            with suppress(subprocess.TimeoutExpired):
                self._keeper.wait(0.5 if self._has_ended() else 0)
            # It stays for other users: nobody is to wait for it, or to warn that we did not.
            self._keeper.returncode = self._keeper.returncode or 0

    def _has_ended(self) -> bool:
        try:
            keeper = Lock(self.home.keeper)
        except FileNotFoundError:
            # A throwaway folder goes with its keeper.
            return True
        try:
            return keeper.try_exclusive()
        finally:
            keeper.close()

    def _is_used(self) -> bool:
        """Whether somebody else is a user now. Asked at the door, so not while one comes in or the keeper ends."""
        if not self._door.try_exclusive():
            return False
        used = not self._users.try_exclusive()
        self._users.release()
        self._door.release()
        return used

    def _wake_keeper(self) -> None:
        state = self.home.read_state()
        if state:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(state.keeper_pid, signal.SIGUSR1)
