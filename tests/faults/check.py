"""What was acknowledged, beside what is there: records, audit log, every month's counts. Plain SQL, no code of ours."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import psycopg
from psycopg.pq import TransactionStatus

from tests.faults.journal import Journal, Kind, Operation, Told

ROWS = """
SELECT r.id, r.url_count, r.received_date::text, r.source_id, r.state = 'void'
FROM cases_report r WHERE r.received_date >= %(first)s AND r.received_date < %(until)s
"""
EVENTS = """
SELECT e.report_id, e.verb, (e.changes->'url_count'->>1)::bigint FROM cases_auditevent e
WHERE e.subject = 'report' AND e.report_id = ANY(%(reports)s)
"""
# Breakdown 'total' has one cell a month, 'source' one for each source; a month never written into has none.
COUNTS = """
SELECT month::text, breakdown, code_a, figure, value FROM stats_monthlycount
WHERE month >= %(first)s AND month < %(until)s AND breakdown IN ('total', 'source') AND figure IN ('reports', 'urls')
"""
MARKS = "SELECT count(*) FROM stats_dirtymonth WHERE month >= %(first)s AND month < %(until)s"
Cells = dict[tuple[str, str, str, str], int]


class Row(NamedTuple):
    """A report as it is there."""

    pk: int
    number: int
    day: str
    source: str
    is_void: bool


@dataclass
class Verdict:
    """How many operations were lost and doubled, how many cells are wrong; what became of the unknown ones."""

    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    unknown_once: int = 0
    unknown_not: int = 0
    refused: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether all is as it was acknowledged."""
        return not (self.lost or self.doubled or self.wrong or self.refused)


def marks(connection: psycopg.Connection, span: dict[str, str]) -> int:
    """How many marks are left in these months."""
    return connection.execute(MARKS, span).fetchone()[0]


def compare(connection: psycopg.Connection, journal: Journal, span: dict[str, str]) -> Verdict:
    """Hold a run's journal against the database, in one snapshot. ``span``: first day and the day after the last."""
    # All of one moment, unless the caller has a transaction of its own.
    ours = connection.info.transaction_status is TransactionStatus.IDLE
    with connection.transaction():
        if ours:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        rows = [Row(*row) for row in connection.execute(ROWS, span)]
        events = connection.execute(EVENTS, {"reports": [row.pk for row in rows]}).fetchall()
        counts = {tuple(row[:4]): row[4] for row in connection.execute(COUNTS, span)}
    verdict = Verdict()
    expected = _Records(journal.operations, rows, events, verdict).expected()
    for cell in sorted({*expected, *counts}):
        if expected.get(cell, 0) != counts.get(cell, 0):
            verdict.wrong += 1
            verdict.notes.append(f"{' '.join(cell)}: expected {expected.get(cell, 0)}, counted {counts.get(cell)}")
    return verdict


class _Records:
    """The rows and events of one run, found again by the numbers that the operations carried."""

    def __init__(self, operations: list[Operation], rows: list[Row], events: Iterable[tuple], verdict: Verdict) -> None:
        self.operations = operations
        self.verdict = verdict
        self.rows = {row.pk: row for row in rows}
        self.created: dict[int, list[int]] = defaultdict(list)
        self.amended: Counter[tuple[int, int]] = Counter()
        self.voided: Counter[int] = Counter()
        for report, verb, number in events:
            if verb == "log":
                self.created[number].append(report)
            elif verb == "amend":
                self.amended[report, number] += 1
            elif verb == "void":
                self.voided[report] += 1

    def expected(self) -> Cells:
        """The months' counts as the journal has them, each unknown operation as it turned out."""
        states: dict[int, Row] = {}
        for operation in self.operations:
            if operation.kind is Kind.CREATE:
                self._judge_create(operation, states)
            elif operation.report in states:
                self._judge_step(operation, states)
        self._judge_rows(states)
        return _counted(states.values())

    def _judge(self, operation: Operation, written: int) -> bool:
        """Whether the operation was written, after counting what is wrong with that."""
        verdict = self.verdict
        if operation.told is Told.UNKNOWN:
            verdict.unknown_once += written == 1
            verdict.unknown_not += written == 0
        elif operation.told is Told.REFUSED:
            verdict.refused += 1
            self._note("refused", operation)
        elif not written:
            verdict.lost += 1
            self._note("lost", operation)
        if written > 1:
            verdict.doubled += 1
            self._note("doubled", operation)
        return written > 0

    def _note(self, what: str, operation: Operation) -> None:
        self.verdict.notes.append(f"{what}: {operation.kind} {operation.number} of report {operation.pk}, {operation}")

    def _judge_create(self, operation: Operation, states: dict[int, Row]) -> None:
        reports = self.created.pop(operation.number, [])
        if operation.told is Told.ACKNOWLEDGED and reports and operation.pk not in reports:
            self.verdict.lost += 1
            self._note("acknowledged as another report", operation)
        if self._judge(operation, len(reports)):
            source = operation.source.rstrip("+")
            states[operation.report] = Row(reports[0], operation.number, operation.day, source, is_void=False)

    def _judge_step(self, operation: Operation, states: dict[int, Row]) -> None:
        before = states[operation.report]
        if operation.kind is Kind.AMEND:
            if self._judge(operation, self.amended.pop((before.pk, operation.number), 0)):
                after = before._replace(number=operation.number, day=operation.day, source=operation.source)
                states[operation.report] = after
        elif self._judge(operation, self.voided.pop(before.pk, 0)):
            states[operation.report] = before._replace(is_void=True)

    def _judge_rows(self, states: dict[int, Row]) -> None:
        """Rows that are not as their events say, and rows and events that nobody asked for."""
        verdict = self.verdict
        for state in states.values():
            found = self.rows.pop(state.pk, None)
            if found != state:
                verdict.lost += 1
                verdict.notes.append(f"not as acknowledged: {state}, found {found}")
        for what, left in (("row", self.rows), ("log", self.created), ("amend", self.amended), ("void", self.voided)):
            verdict.doubled += len(left)
            verdict.notes += [f"nobody asked for: {what} {one}" for one in list(left)[:5]]


def _counted(rows: Iterable[Row]) -> Cells:
    cells: Counter[tuple[str, str, str, str]] = Counter()
    for row in rows:
        if not row.is_void:
            month = f"{row.day[:7]}-01"
            for breakdown, code in (("total", ""), ("source", row.source)):
                cells[month, breakdown, code, "reports"] += 1
                cells[month, breakdown, code, "urls"] += row.number
    return dict(cells)
