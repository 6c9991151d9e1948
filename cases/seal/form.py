"""The canonical form of audit events and of the blocks that seal them, and their digests.

An event's form is a JSON list of all its columns, made by PostgreSQL (:data:`ROW`), so that a million are read in
seconds and no text can pass for another. Times are whole microseconds since 1970 in UTC: no setting of the session
shows in them. The tests compare the list with the columns there are.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

FORMAT = 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Of the table under the alias "e".
ROW = """json_build_array(
  e.id, (extract(epoch FROM e.at) * 1000000)::bigint, e.actor, e.verb, e.subject, e.subject_key, e.report_id, e.changes
)::text"""

# First and last key of events that follow each other without a gap.
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Head:
    """A block's number and digest: who knows the newest block's can tell whether the log before it was changed."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a block's digest is taken of."""

    number: int
    events: int
    spans: Sequence[Span]
    rows_digest: str
    previous_digest: str
    sealed_at: datetime


class RowsDigest:
    """SHA-256 over events' forms, each with a line's end, in the order of their keys."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.events = 0

    def add(self, row: str) -> None:
        """Take the next event in."""
        self._hash.update(row.encode() + b"\n")
        self.events += 1

    def hexdigest(self) -> str:
        """In 64 hexadecimal digits."""
        return self._hash.hexdigest()


def block_digest(block: Sealed) -> str:
    """A block's digest: SHA-256 over its canonical JSON, in 64 hexadecimal digits."""
    content = {
        "format": FORMAT,
        "number": block.number,
        "events": block.events,
        "spans": [list(span) for span in block.spans],
        "rows": block.rows_digest,
        "previous": block.previous_digest,
        "sealed_at": (block.sealed_at - EPOCH) // timedelta(microseconds=1),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def spans_of(keys: Iterable[int]) -> list[Span]:
    """Keys in ascending order, as spans without gaps."""
    spans: list[Span] = []
    for key in keys:
        if spans and key == spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], key)
        else:
            spans.append((key, key))
    return spans
