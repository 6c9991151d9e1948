"""Published totals of past years from a CSV file: all of it or nothing. Errors name row, column and rule, no value.

Columns: ``year`` (2024, or 2024-11..2025-10), ``figure`` (its key; also headed ``figure key`` or ``figure_key``),
``value`` and ``source``, in any order; and ``unit`` where the file has it, which must be the figure's own.
"""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from cases.importing.faults import MAX_CELL
from hotline.metadata_only import is_label
from stats.models.history import PublishedTotal
from stats.periods import MONTHS_IN_YEAR, Period, PeriodError, Year
from stats.published_figures import MAX_TOTAL, PUBLISHED, Total

REQUIRED = ("year", "figure", "value", "source")
COLUMNS = (*REQUIRED, "unit")
OTHER_NAMES = {"figure key": "figure", "figure_key": "figure"}
# A total takes some 100 bytes: more than all that was ever published.
MAX_BYTES = 1_000_000
MAX_DIGITS = len(str(MAX_TOTAL))


class HistoryRule(TextChoices):
    """A rule that a file of published totals breaks."""

    UNREADABLE = "unreadable", _("the file can not be read")
    TOO_LARGE = "too_large", _("the file is larger than 1 MB")
    NOT_UTF8 = "not_utf8", _("not text in UTF-8")
    EMPTY = "empty", _("the file is empty")
    QUOTES = "quotes", _("quotes are not balanced; nothing after this row was read")
    COLUMN_UNKNOWN = "column_unknown", _("this column is not known")
    COLUMN_TWICE = "column_twice", _("this column is there more than once")
    COLUMN_MISSING = "column_missing", _("this column is missing")
    CELL_COUNT = "cell_count", _("not as many cells as the header has")
    YEAR = "year", _("use a year as 2024 or 2024-11..2025-10")
    NOT_ENDED = "not_ended", _("use a year that has ended")
    FIGURE = "figure", _("use the key of a figure that may have a published total")
    VALUE = "value", _("use a whole number from 0 to 999999999, in digits only")
    SOURCE = "source", _("name the source in 2 to 60 letters, without addresses")
    UNIT = "unit", _("use the unit of this figure")
    SPELLING = "spelling", _("this source is known in other capitals; spell it the same")
    TWICE = "twice", _("this total stands earlier in the file")
    OTHER_VALUE = "other_value", _("this total is known with another value; --replace puts the new one in its place")


class HistoryFault(NamedTuple):
    """One thing wrong. ``row``: the header is row 1. ``column``: its name, its number, or '' for the whole row."""

    row: int
    column: str
    rule: HistoryRule

    def __str__(self) -> str:
        column = translated("column {column}").format(column=self.column) if self.column else translated("whole row")
        return translated("row {row}, {column}: {rule}").format(row=self.row, column=column, rule=self.rule.label)


class HistoryRefusedError(Exception):
    """Nothing of a file was taken. ``faults`` has all that is wrong, in the order of the rows."""

    def __init__(self, faults: Sequence[HistoryFault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)


def known_values() -> dict[tuple[Year, str, str], int]:
    """Every total there is: some hundreds at the most."""
    return {(row.year, row.figure, row.source): row.value for row in PublishedTotal.objects.all()}


def read_totals(
    path: Path, *, today: date, known: Mapping[tuple[Year, str, str], int], replace: bool
) -> tuple[Total, ...]:
    """The totals of a file that is right from the first row to the last.

    ``known`` totals with another value are refused, unless they are to be replaced. Raises ``HistoryRefusedError``.
    """
    rows = list(csv_rows(path))
    columns = _columns(rows[0][1])
    faults: list[HistoryFault] = []
    totals: dict[tuple[Year, str, str], Total] = {}
    spelled = spellings(source for _year, _figure, source in known)
    for number, cells in rows[1:]:
        if len(cells) != len(columns):
            faults.append(HistoryFault(number, "", HistoryRule.CELL_COUNT))
            continue
        found = _Row(number, dict(zip(columns, cells, strict=True)), today)
        total = found.total()
        if total is None:
            faults += found.faults
        elif spelled.setdefault(total.source.casefold(), total.source) != total.source:
            faults.append(HistoryFault(number, "source", HistoryRule.SPELLING))
        elif total.key in totals:
            faults.append(HistoryFault(number, "", HistoryRule.TWICE))
        elif not replace and known.get(total.key, total.value) != total.value:
            faults.append(HistoryFault(number, "value", HistoryRule.OTHER_VALUE))
        else:
            totals[total.key] = total
    if faults:
        raise HistoryRefusedError(faults)
    return tuple(totals.values())


def spellings(sources: Iterable[str]) -> dict[str, str]:
    """Sources by what is left of them without capitals: INHOPE and Inhope would be two series of one publisher."""
    return {source.casefold(): source for source in sources}


def csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each row with its number, from 1; blank rows count but are left out. Raises ``HistoryRefusedError``."""
    number = 0
    for number, cells in _numbered(_text(path)):
        if cells:
            yield number, cells
    if not number:
        raise _refused(1, HistoryRule.EMPTY)


def _refused(row: int, rule: HistoryRule) -> HistoryRefusedError:
    return HistoryRefusedError([HistoryFault(row, "", rule)])


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError:
        raise _refused(1, HistoryRule.UNREADABLE) from None
    if len(content) > MAX_BYTES:
        raise _refused(1, HistoryRule.TOO_LARGE)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise _refused(row, HistoryRule.NOT_UTF8) from None  # the error holds the bytes


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for number, cells in enumerate(csv.reader(text.splitlines(keepends=True), strict=True), 1):
            yield number, cells
    except csv.Error:
        raise _refused(number + 1, HistoryRule.QUOTES) from None


def _columns(header: Sequence[str]) -> list[str]:
    """The names of the columns. What is no name is told by its number: it might be anything."""
    names = [OTHER_NAMES.get(name, name) for name in header]
    faults = []
    for place, name in enumerate(names):
        if name not in COLUMNS:
            faults.append(HistoryFault(1, str(place + 1), HistoryRule.COLUMN_UNKNOWN))
        elif name in names[:place]:
            faults.append(HistoryFault(1, name, HistoryRule.COLUMN_TWICE))
    faults += [HistoryFault(1, name, HistoryRule.COLUMN_MISSING) for name in REQUIRED if name not in names]
    if faults:
        raise HistoryRefusedError(faults)
    return names


class _Row:
    """One row's cells, read one by one; ``faults`` has what was wrong with them."""

    def __init__(self, number: int, cells: Mapping[str, str], today: date) -> None:
        self.number = number
        self.cells = cells
        self.today = today
        self.faults: list[HistoryFault] = []

    def total(self) -> Total | None:
        """The row as a total; None when there are faults."""
        year, figure, value, source = self._year(), self._figure(), self._value(), self._source()
        if "unit" in self.cells and figure and self.cells["unit"] != PUBLISHED[figure].unit.value:
            self._fault("unit", HistoryRule.UNIT)
        if self.faults or year is None or figure is None or value is None or source is None:
            return None
        return Total(year=year, figure=figure, value=value, source=source)

    def _fault(self, column: str, rule: HistoryRule) -> None:
        self.faults.append(HistoryFault(self.number, column, rule))

    def _year(self) -> Year | None:
        try:
            year = year_of(self.cells["year"])
        except PeriodError:
            self._fault("year", HistoryRule.YEAR)
            return None
        if year.until > self.today:
            self._fault("year", HistoryRule.NOT_ENDED)
        return year

    def _figure(self) -> str | None:
        if self.cells["figure"] in PUBLISHED:
            return self.cells["figure"]
        self._fault("figure", HistoryRule.FIGURE)
        return None

    def _value(self) -> int | None:
        text = self.cells["value"]
        if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS:
            return int(text)
        self._fault("value", HistoryRule.VALUE)
        return None

    def _source(self) -> str | None:
        text = unicodedata.normalize("NFC", self.cells["source"])
        if len(text) <= MAX_CELL and is_label(text):
            return text
        self._fault("source", HistoryRule.SOURCE)
        return None


def year_of(text: str) -> Year:
    """The year that '2024' or '2024-11..2025-10' names. Raises ``PeriodError`` for anything else."""
    period = Period.parse(text)
    if period.length != MONTHS_IN_YEAR:
        msg = "a year has twelve months"
        raise PeriodError(msg)
    return Year(period.start.year, period.start.month)
