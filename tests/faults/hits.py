"""The eight faults. Each hits for some seconds at most, and leaves behind what has to mend itself."""

import random
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress

import psutil
import psycopg
import redis

from tests.faults.product import Product

STARTS_SECONDS = 15.0


class Fault(ABC):
    """``pause``: the shortest and longest time between two hits, in seconds."""

    name: str
    pause: tuple[float, float]

    def __init__(self, product: Product, rng: random.Random) -> None:
        self.product = product
        self.rng = rng
        self.hits = 0

    def wait(self) -> float:
        """How long to leave the product alone now."""
        return self.rng.uniform(*self.pause)

    @abstractmethod
    def hit(self) -> None:
        """Do it once, and take back what was held."""

    def signal(self, process: psutil.Process | None, number: signal.Signals) -> None:
        """Send a signal to a process that may be gone."""
        if process:
            with suppress(psutil.Error):
                process.send_signal(number)
                self.hits += 1

    def grown(self, word: str) -> list[psutil.Process]:
        """A service and what it has started: mostly waited for, as one that is starting again does nothing yet."""
        end = time.monotonic() + (STARTS_SECONDS if self.rng.random() < 0.8 else 0)
        while True:
            first = self.product.service(word)
            below = self.product.below(first)
            if below or time.monotonic() > end:
                return [*([first] if first else []), *below]
            time.sleep(0.1)

    def first_or_other(self, processes: list[psutil.Process], share: float) -> psutil.Process | None:
        """The first for that share of the hits, else one of the others."""
        return self.one_of(processes[:1] if self.rng.random() < share else processes[1:] or processes)

    def one_of(self, processes: Sequence[psutil.Process | None]) -> psutil.Process | None:
        """One of those that are there."""
        there = [process for process in processes if process]
        return self.rng.choice(there) if there else None


class KillWeb(Fault):
    """kill -9 of gunicorn: one of its workers, or its master."""

    name, pause = "web", (1.0, 4.0)

    def hit(self) -> None:
        self.signal(self.first_or_other(self.grown("gunicorn"), 0.3), signal.SIGKILL)


class KillWorker(Fault):
    """kill -9 of Celery's worker: its first process, or one that counts."""

    name, pause = "worker", (0.5, 3.0)

    def hit(self) -> None:
        self.signal(self.first_or_other(self.grown("worker"), 0.4), signal.SIGKILL)


class KillBeat(Fault):
    """kill -9 of beat."""

    name, pause = "beat", (0.5, 3.0)

    def hit(self) -> None:
        self.signal(self.product.service("beat"), signal.SIGKILL)


class StopRedis(Fault):
    """FLUSHALL, or the server is stopped and stays away for some seconds."""

    name, pause = "redis", (0.5, 3.0)

    def hit(self) -> None:
        if self.rng.random() < 0.5:
            # It may be on its way back from the last time.
            with suppress(redis.RedisError), self.product.redis() as server:
                server.flushall()
                self.hits += 1
            return
        self.away(self.rng.uniform(1.0, 4.0))

    def away(self, seconds: float) -> None:
        """Stop it for so long. Its keeper, which would start it at once, sleeps meanwhile."""
        keeper, server = self.product.keeper("valkey"), self.product.server("valkey")
        keeper.suspend()
        try:
            self.signal(server, signal.SIGTERM)
            time.sleep(seconds)
        finally:
            keeper.resume()


class RestartPostgres(Fault):
    """PostgreSQL ends at once (immediate shutdown, or kill -9) or fast, and recovers from its log."""

    name, pause = "restart", (2.0, 5.0)

    def hit(self) -> None:
        number = self.rng.choice([signal.SIGQUIT, signal.SIGQUIT, signal.SIGKILL, signal.SIGINT])
        self.signal(self.product.server("postgres"), number)


class EndBackends(Fault):
    """pg_terminate_backend of all the product's sessions, or of one."""

    name, pause = "backends", (0.3, 2.0)

    def hit(self) -> None:
        some = "" if self.rng.random() < 0.5 else "ORDER BY random() LIMIT 1"
        query = f"""SELECT pg_terminate_backend(pid) FROM (
            SELECT pid FROM pg_stat_activity WHERE usename = 'hotline_app' {some}) ours"""
        with suppress(psycopg.Error), self.product.database() as connection:
            self.hits += len(connection.execute(query).fetchall())


class FillDisk(Fault):
    """PostgreSQL's disk is full for some seconds."""

    name, pause = "disk", (2.0, 5.0)

    def hit(self) -> None:
        end = time.monotonic() + self.rng.uniform(1.5, 4.0)
        try:
            while time.monotonic() < end:
                # Again and again: what PostgreSQL itself gives back is taken, too.
                with suppress(FileNotFoundError):
                    self.product.fill_disk()
                time.sleep(0.2)
            self.hits += 1
        finally:
            self.product.free_disk()


class Pause(Fault):
    """SIGSTOP of something, and SIGCONT after some seconds."""

    name, pause = "pause", (0.3, 2.0)

    def hit(self) -> None:
        product = self.product
        web, worker = product.service("gunicorn"), product.service("worker")
        postgres = product.server("postgres")
        kinds = [
            [web],
            product.below(web),
            [worker],
            product.below(worker),
            product.below(postgres),
            [postgres],
            [product.server("valkey")],
            [product.service("beat")],
        ]
        process = self.one_of(self.rng.choice(kinds))
        try:
            self.signal(process, signal.SIGSTOP)
            time.sleep(self.rng.uniform(0.3, 3.0))
        finally:
            if process:
                with suppress(psutil.Error):
                    process.send_signal(signal.SIGCONT)


FAULTS: dict[str, type[Fault]] = {
    fault.name: fault
    for fault in (KillWeb, KillWorker, KillBeat, StopRedis, RestartPostgres, EndBackends, FillDisk, Pause)
}
