"""Drives real connections through their steps in a given order: one thread and one connection for each actor.

An actor stops before each of its steps until it is let go on. One that comes to wait for another's lock is seen to
wait, and the order goes on without it: as it would for processes of their own.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

import psycopg
import pytest

PATIENCE = 20.0
GLANCE = 0.003
# In an order: this actor dies where its next step would be.
DIES = "+"


class DiedError(Exception):
    """This actor is killed here: what it has not committed is gone."""


@dataclass
class Actor:
    """One connection's work: ``run`` calls ``step`` before each statement that matters; ``pid`` is its back-end."""

    name: str
    run: Callable[["Actor"], None]
    open: Callable[[], tuple[int, Callable[[], None]]]
    pid: int = 0
    state: str = "idle"
    failure: BaseException | None = None
    _is_to_die: bool = False
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def start(self) -> None:
        """Begin the thread, and open its connection."""
        threading.Thread(target=self._live, daemon=True).start()
        self.wait_for("idle")

    def _live(self) -> None:
        self.pid, close = self.open()
        try:
            while self._await_word({"go", "end"}) == "go":
                try:
                    self.run(self)
                except DiedError:
                    pass
                except Exception as error:  # noqa: BLE001 - told by whoever drives it
                    self.failure = error
                self._say("done")
        finally:
            close()
            self._say("closed")

    def _await_word(self, words: set[str]) -> str:
        with self._changed:
            if self.state not in words:
                self._set("idle")
            assert self._changed.wait_for(lambda: self.state in words, timeout=600)
            return self.state

    def step(self) -> None:
        """Stop here until it is this actor's turn."""
        with self._changed:
            self._set("at a step")
            assert self._changed.wait_for(lambda: self.state == "on", timeout=600)
            if self._is_to_die:
                self._is_to_die = False
                raise DiedError

    def _say(self, state: str) -> None:
        with self._changed:
            self._set(state)

    def _set(self, state: str) -> None:
        self.state = state
        self._changed.notify_all()

    def begin(self) -> None:
        """Up to the first step."""
        self.failure = None
        self.wait_for("idle", "done")
        self._say("go")
        self.wait_for("at a step", "done")

    def end(self) -> None:
        """Close the connection and end the thread."""
        self.wait_for("idle", "done")
        self._say("end")
        self.wait_for("closed")

    def wait_for(self, *states: str) -> None:
        """Until it is in one of these states."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.state in states, timeout=PATIENCE), (self.name, self.state)

    def is_settled(self, *, within: float) -> bool:
        """Whether it has come to its next step, or to its end."""
        with self._changed:
            return self._changed.wait_for(lambda: self.state in {"at a step", "done", "idle"}, timeout=within)

    def go_on(self, *, dies: bool) -> None:
        """Let it take its next step."""
        with self._changed:
            self._is_to_die = dies
            self._set("on")


@dataclass
class Stage:
    """The actors, and a connection that sees who waits for whom."""

    actors: dict[str, Actor]
    monitor: psycopg.Connection
    blocked: int = 0

    def __enter__(self) -> Self:
        for actor in self.actors.values():
            actor.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for actor in self.actors.values():
            actor.end()

    def play(self, order: Sequence[str]) -> None:
        """Take the steps in this order, then everyone to the end. A step of someone who waits is passed over."""
        cast = sorted({name.removesuffix(DIES) for name in order})
        for name in cast:
            self.actors[name].begin()
        for turn in order:
            self._let(self.actors[turn.removesuffix(DIES)], dies=turn.endswith(DIES))
        for _round in range(100):
            waiting = [self.actors[name] for name in cast if self.actors[name].state not in {"done", "idle"}]
            if not waiting:
                break
            for actor in waiting:
                self._let(actor, dies=False)
        else:
            pytest.fail(f"no end: {order}")
        failures = {name: self.actors[name].failure for name in cast if self.actors[name].failure}
        assert not failures, (order, failures)

    def _let(self, actor: Actor, *, dies: bool) -> None:
        if actor.state == "on" and not actor.is_settled(within=GLANCE):
            return
        if actor.state != "at a step":
            return
        actor.go_on(dies=dies)
        for _glance in range(int(PATIENCE / GLANCE)):
            if actor.is_settled(within=GLANCE):
                return
            if self._waits(actor):
                self.blocked += 1
                return
        pytest.fail(f"{actor.name} neither goes on nor waits for anyone")

    def _waits(self, actor: Actor) -> bool:
        row = self.monitor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [actor.pid]).fetchone()
        return bool(row and row[0])


def orders(**steps: int) -> Iterator[tuple[str, ...]]:
    """Every order in which these actors can take so many steps each."""
    if not any(steps.values()):
        yield ()
    for name, left in steps.items():
        if left:
            for rest in orders(**{**steps, name: left - 1}):
                yield (name, *rest)


def with_deaths(dying: str, **steps: int) -> Iterator[tuple[str, ...]]:
    """Every order, and every order in which one actor dies at one of its steps."""
    yield from orders(**steps)
    for lived in range(steps[dying]):
        for order in orders(**{**steps, dying: lived + 1}):
            last = max(place for place, name in enumerate(order) if name == dying)
            yield (*order[:last], dying + DIES, *order[last + 1 :])
