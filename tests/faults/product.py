"""The running product, as the harness sees it: its processes, its addresses, and how it is started and ended."""

import json
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil
import psycopg
import redis

from tests.faults import space
from tests.project.processes import BASE_DIR, command_line, environment, free_port

START_SECONDS = 180
STOP_SECONDS = 60


class Product:
    """One product in one folder; as a context it runs."""

    def __init__(self, folder: Path, *, mutant: str = "", megabytes: int = 400) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = folder / "runner.log"
        self._command = [sys.executable, "-m", "tests.faults.runner", str(folder), str(self.port)]
        self._command += ["--mutant", mutant] if mutant else []
        self._command += ["--megabytes", str(megabytes)] if megabytes else []

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self._command, cwd=BASE_DIR, env=environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            self.ready = self._await_ready()
        except BaseException:
            self.stop()
            raise
        self.runner = psutil.Process(self.process.pid)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _await_ready(self) -> dict:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            with suppress(FileNotFoundError):
                return json.loads((self.folder / "ready.json").read_text("utf-8"))
            time.sleep(0.1)
        msg = f"the product did not start:\n{self.log.read_text('utf-8', 'replace')[-3000:]}"
        raise AssertionError(msg)

    def stop(self) -> None:
        """End it, and see that it ended."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    # Its processes

    def service(self, word: str) -> psutil.Process | None:
        """The first process of a service: gunicorn's master ('gunicorn'), Celery's ('worker', 'beat')."""
        return next((child for child in self.runner.children() if word in command_line(child)), None)

    def keeper(self, kind: str) -> psutil.Process:
        """The keeper of a server."""
        return next(child for child in self.runner.children() if _is_keeper(command_line(child), kind))

    def server(self, kind: str) -> psutil.Process | None:
        """A server's own process; None while there is none."""
        return next(iter(self.keeper(kind).children()), None)

    @staticmethod
    def below(process: psutil.Process | None) -> list[psutil.Process]:
        """What a process has started, all the way down."""
        try:
            return process.children(recursive=True) if process else []
        except psutil.Error:
            return []

    # Its servers

    def database(self, *, seconds: int = 5) -> psycopg.Connection:
        """A connection as the superuser."""
        return psycopg.connect(self.ready["superuser"], autocommit=True, connect_timeout=seconds)

    def redis(self) -> redis.Redis:
        """The Redis-protocol server."""
        return redis.Redis.from_url(self.ready["redis"], socket_timeout=5)

    @property
    def disk(self) -> Path:
        """PostgreSQL's file system, which only the product's own processes see by its name."""
        return Path(f"/proc/{self.process.pid}/root{self.folder}/postgres")

    @property
    def space(self) -> str:
        """What its disk is, in words; '' when the machine allowed no file system of its own."""
        return self.ready["space"]

    def fill_disk(self) -> None:
        """Take what is left of its disk."""
        if self.space:
            space.fill(self.disk)
        else:
            space.limit_files(self._postgres(), limited=True)

    def free_disk(self) -> None:
        """Give it back."""
        if self.space:
            space.free(self.disk)
        else:
            space.limit_files(self._postgres(), limited=False)

    def _postgres(self) -> list[psutil.Process]:
        # The keeper too: what it starts inherits the limit.
        keeper = self.keeper("postgres")
        return [keeper, *self.below(keeper)]


def _is_keeper(command: list[str], kind: str) -> bool:
    return "hotline.embedded.keeper" in command and kind in command
