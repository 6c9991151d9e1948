"""Checks that the sealed audit log is what was sealed: every event, every block, the chain, and what is known outside.

Found is whatever the database's superuser does to it: a column changed, an event taken out, put in or given another
key, a block changed, taken out, or the whole chain made anew. Not found is what was never sealed: an event that was
changed or removed in the seconds before it was.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection

from cases.models import AuditBlock, AuditEvent, UnsealedEvent
from cases.seal.form import ROW, Head, RowsDigest, Sealed, Span, block_digest
from cases.seal.heads import KnownHead

# So many findings are named; more are counted.
NAMED = 100
READ_AT_ONCE = 5_000
A_YEAR = timedelta(days=365)
EVENTS = f"SELECT e.id, {ROW} FROM cases_auditevent e ORDER BY e.id"  # noqa: S608 - a constant of our own


class Fault(StrEnum):
    """What is wrong."""

    CHANGED = "changed"  # the events of a block do not give its digest
    MISSING = "missing"  # an event of a block is not there
    UNSEALED = "unsealed"  # an event is in no block, and does not wait to be sealed
    WAITING = "waiting"  # an event waits to be sealed and is not there, or is sealed already
    BLOCK = "block"  # a block does not give its own digest
    CHAIN = "chain"  # a block does not follow on the one before
    GONE = "gone"  # a block is not there
    HEAD = "head"  # a block is not what is known of it outside
    FILE = "file"  # the file of heads holds a line that is none


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault; of which block (0: of none), of which event (None: of all of them); and where it is known otherwise."""

    fault: Fault
    block: int
    event: int | None = None
    where: str = ""


@dataclass(slots=True, kw_only=True)
class Checked:
    """What was looked at, and what was found: the first ``NAMED`` findings by name, all by count."""

    events: int = 0
    blocks: int = 0
    unsealed: int = 0
    heads: int = 0
    pruned: int = 0
    head: Head | None = None
    faults: int = 0
    findings: list[Finding] = field(default_factory=list)

    def found(self, fault: Fault, block: int, event: int | None = None, where: str = "") -> None:
        """Note a finding."""
        self.faults += 1
        if len(self.findings) < NAMED:
            self.findings.append(Finding(fault, block, event, where))


@dataclass(slots=True)
class _Block:
    """A block as it is read, and what its events give."""

    number: int
    events: int
    spans: list[Span]
    rows_digest: str
    digest: str
    sealed_at: datetime
    rows: RowsDigest = field(default_factory=RowsDigest)


def check_seal(known: Sequence[KnownHead] = ()) -> Checked:
    """Check it all. To be called within one snapshot: events, blocks and what waits belong together.

    Reads every event once, in the order of keys.
    """
    checked = Checked()
    blocks = _check_blocks(checked)
    _check_events(blocks, checked)
    _check_heads(blocks, known, checked)
    return checked


def _check_blocks(checked: Checked) -> dict[int, _Block]:
    spans = _spans()
    blocks: dict[int, _Block] = {}
    before, previous = 0, ""
    for row in AuditBlock.objects.order_by("number").iterator(READ_AT_ONCE):
        for gone in range(before + 1, row.number)[:NAMED]:
            checked.found(Fault.GONE, gone)
        own = spans.get(row.number, [])
        sealed = Sealed(
            number=row.number, events=row.events, spans=own, rows_digest=row.rows_digest,
            previous_digest=row.previous_digest, sealed_at=row.sealed_at,
        )  # fmt: skip
        if row.previous_digest != previous:
            checked.found(Fault.CHAIN, row.number)
        if block_digest(sealed) != row.digest or not _frames(row, own):
            checked.found(Fault.BLOCK, row.number)
        blocks[row.number] = _Block(row.number, row.events, own, row.rows_digest, row.digest, row.sealed_at)
        before, previous = row.number, row.digest
    for number in spans.keys() - blocks.keys():
        checked.found(Fault.GONE, number)
    checked.blocks = len(blocks)
    checked.head = Head(before, previous) if blocks else None
    return blocks


def _frames(row: AuditBlock, spans: Sequence[Span]) -> bool:
    """Whether a block's own columns say what its spans say."""
    return (
        bool(spans)
        and (row.first_event, row.last_event) == (spans[0][0], spans[-1][1])
        and row.events == sum(last - first + 1 for first, last in spans)
    )


def _spans() -> dict[int, list[Span]]:
    spans: dict[int, list[Span]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT block_id, first_event, last_event FROM cases_auditrange ORDER BY first_event, last_event"
        )
        for block, first, last in cursor:
            spans.setdefault(block, []).append((first, last))
    return spans


def _check_events(blocks: dict[int, _Block], checked: Checked) -> None:
    pruned = _pruned(blocks)
    waiting = set(UnsealedEvent.objects.values_list("pk", flat=True))
    checked.unsealed = len(waiting)
    checked.pruned = len(pruned)
    places = _Places([block for number, block in blocks.items() if number not in pruned], checked)
    for key, row in _events():
        checked.events += 1
        block = places.block_of(key)
        if block:
            block.rows.add(row)
        waits = key in waiting
        waiting.discard(key)
        if waits is bool(block):
            checked.found(Fault.WAITING if waits else Fault.UNSEALED, block.number if block else 0, key)
    places.end()
    for key in waiting:
        checked.found(Fault.WAITING, 0, key)
    for number, block in blocks.items():
        if number in pruned:
            continue
        # What is missing is named; that the rest gives another digest says nothing new.
        if block.rows.events == block.events and block.rows.hexdigest() != block.rows_digest:
            checked.found(Fault.CHANGED, block.number)


def _pruned(blocks: dict[int, _Block]) -> set[int]:
    """The blocks whose events were removed at the end of their time: the log says so, and they were old enough.

    No installation removes what is younger than a year, whatever the log says. One that has an event still is none.
    """
    said = AuditEvent.objects.filter(verb="audit_prune", subject="audit", subject_key__regex=r"^[0-9]{1,18}$")
    last, when = max(((int(key), at) for key, at in said.values_list("subject_key", "at")), default=(0, None))
    old = {number for number, block in blocks.items() if when and number <= last and block.sealed_at <= when - A_YEAR}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT r.block_id FROM cases_auditrange r WHERE r.block_id <= %s AND EXISTS ("
            "SELECT FROM cases_auditevent e WHERE e.id BETWEEN r.first_event AND r.last_event)",
            [last],
        )
        return old - {number for (number,) in cursor.fetchall()}


def _events() -> Iterator[tuple[int, str]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(EVENTS)
        while rows := cursor.fetchmany(READ_AT_ONCE):
            yield from rows


class _Places:
    """Goes through spans and keys side by side, both in ascending order; notes the keys that have no event."""

    def __init__(self, blocks: Iterable[_Block], checked: Checked) -> None:
        places = ((first, last, block) for block in blocks for first, last in block.spans)
        self._places = iter(sorted(places, key=lambda place: place[:2]))
        self._checked = checked
        self._next()

    def _next(self) -> None:
        self._place = next(self._places, None)
        self._expected = self._place[0] if self._place else 0

    def block_of(self, key: int) -> _Block | None:
        """The block an event is of, if any. Keys are asked for in ascending order."""
        while self._place and self._place[1] < key:
            self._missing(self._place[1])
            self._next()
        if not self._place or key < self._place[0]:
            return None
        self._missing(key - 1)
        self._expected = key + 1
        return self._place[2]

    def end(self) -> None:
        """There are no more keys."""
        while self._place:
            self._missing(self._place[1])
            self._next()

    def _missing(self, last: int) -> None:
        if self._place and self._expected <= last:
            self._checked.found(Fault.MISSING, self._place[2].number, self._expected)


def _check_heads(blocks: dict[int, _Block], known: Iterable[KnownHead], checked: Checked) -> None:
    for one in known:
        checked.heads += 1
        block = blocks.get(one.head.number)
        if block is None or block.digest != one.head.digest:
            checked.found(Fault.HEAD, one.head.number, where=one.where)
