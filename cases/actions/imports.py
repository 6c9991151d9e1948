"""Reports from a file, all of them or none."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from cases.actions import audit
from cases.actions.import_coverage import Extension, extend_ledger
from cases.codes import Dimension
from cases.importing.cells import CellReader
from cases.importing.checks import check_reports
from cases.importing.code_lists import read_codes
from cases.importing.columns import layout_of
from cases.importing.faults import WHOLE_ROW, Fault, Faults, FileRefusedError, Rule
from cases.importing.keys import content_hasher, key_hasher
from cases.importing.ledger import read_ledger, unheld_bits
from cases.importing.load import (
    ENTERED_AS_IT_CAME,
    ENTERED_NOW,
    MonthRows,
    Stage,
    Totals,
    months_with,
    pick_fresh,
    rows_in_closed_months,
    write,
)
from cases.importing.readers import CsvFile
from cases.importing.staging import RowPacker, stage
from cases.models import ImportBatch
from cases.retired import retired_months
from cases.signals import announce
from hotline.days import hotline_day

if TYPE_CHECKING:
    from hotline.accounts.models import User

# The stage, how much of it is done, and how much there is (0 when that is not known).
Progress = Callable[[Stage, int, int], None]


class ImportFailedError(Exception):
    """The file could not be read, or the database did not write it; nothing was written. Holds no values."""


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """What a file brought; ``batch`` is None when nothing was written.

    ``closed``: how much of it is in months under a final release. An import is not held up by that.
    """

    rows: int
    totals: Totals
    months: int = 0
    batch: int | None = None
    extensions: tuple[Extension, ...] = ()
    closed: tuple[MonthRows, ...] = ()


def _no_progress(_stage: Stage, _done: int, _of: int) -> None:
    return


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to import. ``closed_before``: reports of earlier days that are wholly assessed are closed, their referral
    not recorded. ``extend_coverage``: the ledger is to hold the months for which the file has values.
    """

    dry_run: bool = False
    extend_coverage: bool = False
    closed_before: date | None = None


@dataclass(frozen=True, kw_only=True)
class MadeUp(Options):
    """How the demo's loader, and nobody else, imports: each report counts as entered about when it came in.

    When a real report was entered is not for a file, a command or a page to say.
    """


def import_reports(
    *, by: "User | None", now: datetime, path: Path, options: Options = Options(), progress: Progress = _no_progress
) -> ImportResult:
    """Write the reports of a file that are not known yet, with their findings; all or nothing.

    Side effects, in one transaction: an ImportBatch, SenderKeys, Reports and Findings, the coverage ledger, one audit
    event for the batch and one for each extension of the ledger, and a hint to recount after commit. A file that brings
    nothing new writes nothing. Memory does not grow with the file.

    Raises ``FileRefusedError`` with every row, column and rule; ``ImportFailedError`` when the file can not be opened
    or the database refuses. Neither holds a value. Not to be called inside another transaction.
    """
    with _no_values_out(), CsvFile(path) as file, transaction.atomic(durable=True), connection.cursor() as cursor:
        # The second: a look-up in the two pages of countries, which is made for each finding, is to use the index.
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL random_page_cost = 1.1")
        rows = _stage(cursor, file, now=now, options=options, progress=progress)
        totals = pick_fresh(cursor)
        closed = rows_in_closed_months(cursor)
        if options.dry_run or not totals.reports:
            transaction.set_rollback(rollback=True)
            return ImportResult(rows=rows, totals=totals, closed=closed)
        written = _write(cursor, rows, totals, by=by, now=now, options=options, progress=progress)
        return replace(written, closed=closed)


def _stage(cursor: Any, file: CsvFile, *, now: datetime, options: Options, progress: Progress) -> int:
    """Read and check the whole file; the number of its rows without the header."""
    faults = Faults()
    numbered = file.rows()
    _number, header = next(numbered, (0, None))
    if header is None:
        raise FileRefusedError([file.broken or Fault(1, WHOLE_ROW, Rule.EMPTY_FILE)])
    packer = _packer(header, now=now, options=options, faults=faults)
    count = stage(cursor, numbered, packer, progress=lambda _: progress(Stage.READING, file.read_bytes, file.size))
    if file.broken:
        faults.add(*file.broken)
    progress(Stage.COMPARING, 0, 0)
    check_reports(cursor, faults)
    faults.refuse()
    return count


def _packer(header: list[str], *, now: datetime, options: Options, faults: Faults) -> RowPacker:
    ledger = read_ledger()
    reader = CellReader(
        read_codes(),
        hotline_day(now),
        (lambda _day: 0) if options.extend_coverage else (lambda day: unheld_bits(ledger, day)),
        retired_months(),
    )
    secret = settings.REPORT_KEY_SECRET
    return RowPacker(
        layout_of(header), reader, hash_key=key_hasher(secret), hash_content=content_hasher(secret), faults=faults
    )


def _write(
    cursor: Any,
    rows: int,
    totals: Totals,
    *,
    by: "User | None",
    now: datetime,
    options: Options,
    progress: Progress,
) -> ImportResult:
    batch = ImportBatch.objects.create(
        imported_at=now, row_count=rows, new_count=totals.reports, finding_count=totals.findings
    )
    write(
        cursor,
        totals,
        batch=batch.pk,
        now=now,
        closed_before=options.closed_before,
        entered_at=ENTERED_AS_IT_CAME if isinstance(options, MadeUp) else ENTERED_NOW,
        begin=lambda stage: progress(stage, 0, 0),
    )
    months = months_with(cursor)
    # A value on a held day of a month that is held in part is no leave to claim the whole month.
    evident = {Dimension.REPORTS, Dimension.ASSESSMENT}
    wanted = {
        dimension: firsts for dimension, firsts in months.items() if options.extend_coverage or dimension in evident
    }
    extended = extend_ledger(by=by, now=now, months=wanted)
    audit.record(_event(batch, rows, totals), by=by, now=now)
    announce()
    return ImportResult(
        rows=rows, totals=totals, months=len(months[Dimension.REPORTS]), batch=batch.pk, extensions=tuple(extended)
    )


def _event(batch: ImportBatch, rows: int, totals: Totals) -> audit.Event:
    counts = {
        "row_count": rows,
        "report_count": totals.reports,
        "known_count": totals.known,
        "url_count": totals.urls,
        "finding_count": totals.findings,
    }
    return audit.Event(
        verb="import",
        subject="import",
        subject_key=str(batch.pk),
        changes=audit.changes_between({}, counts),
    )


# SQLSTATE: a duplicate key, an overlap in the ledger, and two who wait for each other.
MET_ANOTHER = {"23505", "23P01", "40P01"}


@contextmanager
def _no_values_out() -> Iterator[None]:
    """Turn what the system and the database say into errors of our own: theirs can repeat a row."""
    try:
        yield
    except OSError as error:
        msg = _("The file can not be read: {reason}.").format(reason=error.strerror)
        raise ImportFailedError(msg) from None
    except (DatabaseError, psycopg.Error) as error:
        _refuse(error if isinstance(error, psycopg.Error) else error.__cause__)


def _refuse(error: BaseException | None) -> Never:
    state = getattr(error, "sqlstate", None)
    if state in MET_ANOTHER:
        msg = _("Another import wrote some of the same at this moment. Nothing of this one was written; run it again.")
    else:
        constraint = error.diag.constraint_name if isinstance(error, psycopg.Error) else None
        msg = _("The database refused to write: {rule}.").format(rule=constraint or state or _("no connection"))
    raise ImportFailedError(msg) from None
