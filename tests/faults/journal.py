"""What the clients asked, and what they were told. On disk as it happens, one JSON list a line."""

import json
import threading
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """What was asked."""

    CREATE = "create"
    AMEND = "amend"
    VOID = "void"


class Told(StrEnum):
    """What was answered."""

    ACKNOWLEDGED = "acknowledged"
    UNKNOWN = "unknown"
    REFUSED = "refused"


@dataclass(slots=True)
class Operation:
    """One thing asked, under one key.

    ``number``: for create and amend the report's number of URLs, given to no other operation, by which the harness
    finds again what was written; for void a number of its own. ``report`` is the number of the create it is about.
    """

    kind: Kind
    number: int
    report: int
    key: str
    day: str = ""
    source: str = ""
    told: Told = Told.UNKNOWN
    pk: int = 0
    attempts: int = 0


class Journal:
    """The operations of one run, in the order in which they were first sent."""

    def __init__(self, path: Path) -> None:
        self.operations: list[Operation] = []
        self._file = path.open("w", encoding="ascii")
        self._lock = threading.Lock()

    def sent(self, operation: Operation) -> None:
        """Before it goes out for the first time."""
        with self._lock:
            self.operations.append(operation)
            self._write("sent", operation)

    def ended(self, operation: Operation) -> None:
        """After the answer, or when the client has given up."""
        with self._lock:
            self._write(operation.told, operation)

    def _write(self, what: str, operation: Operation) -> None:
        row = [what, operation.kind, operation.number, operation.report, operation.key, operation.day, operation.source]
        self._file.write(json.dumps([*row, operation.pk, operation.attempts]) + "\n")
        self._file.flush()

    def close(self) -> None:
        """No more."""
        self._file.close()

    def count(self, kind: Kind, told: Told) -> int:
        """How many of one kind were told so."""
        with self._lock:
            return sum(operation.kind is kind and operation.told is told for operation in self.operations)
