"""What can be wrong in a file: a row, a column and a rule. Never a value. A leaf."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

# So many are kept and shown; all are counted. More than anybody reads, and some 15 MB.
SHOWN = 100_000
# No code, date or number is longer. A longer cell is refused before anything looks at it.
MAX_CELL = 64
# A row as a whole.
WHOLE_ROW = ""


class Rule(TextChoices):
    """A rule that a file breaks."""

    EMPTY_FILE = "empty_file", _("the file is empty")
    NOT_COMMAS = "not_commas", _("the columns are not separated by commas")
    QUOTES = "quotes", _("quotes are not balanced; nothing after this row was read")
    LONG_ROW = "long_row", _("this row is too long; nothing after it was read")
    COLUMN_UNKNOWN = "column_unknown", _("this column is not known")
    COLUMN_TWICE = "column_twice", _("this column is there more than once")
    COLUMN_MISSING = "column_missing", _("this column is missing")
    CELL_COUNT = "cell_count", _("not as many cells as the header has")
    TOO_LONG = "too_long", _("longer than 64 characters")
    NOT_UTF8 = "not_utf8", _("not text in UTF-8")
    NUL = "nul", _("holds a NUL byte")
    REQUIRED = "required", _("this may not be empty")
    KEY = "key", _("use a whole number of at most 20 digits, or a UUID")
    DATE = "date", _("use a date that exists, as YYYY-MM-DD")
    TOO_EARLY = "too_early", _("use a date from 1990 on")
    IN_THE_FUTURE = "in_the_future", _("this date is yet to come")
    RETIRED = "retired", _("the records of this month were removed at the end of their time")
    WHOLE_NUMBER = "whole_number", _("use a whole number from 0 to 1000000")
    UNKNOWN_CODE = "unknown_code", _("use a code of this column's list")
    AGE = "age", _("use whole years from 0 to 17, or undetermined")
    AGE_BAND = "age_band", _("use the first and last year of a band that is known")
    AGE_PAIR = "age_pair", _("use age_from and age_to together")
    NEEDS_OUTCOME = "needs_outcome", _("leave this empty when there is no outcome")
    ONLY_CONFIRMED = "only_confirmed", _("leave this empty unless the outcome counts as confirmed")
    ONLY_ROW = "only_row", _("a report without an outcome has one row only")
    DISAGREES = "disagrees", _("differs from the first row with this report_key")
    MORE_THAN_REPORT = "more_than_report", _("the findings of this report add up to more than its url_count")
    OTHER_NUMBERS = "other_numbers", _("this report is already known with other numbers")
    NOT_COVERED = "not_covered", _("not recorded in this month according to the coverage ledger")


class Fault(NamedTuple):
    """One thing wrong. ``row``: the header is row 1. ``column``: its name, its number, or '' for the whole row."""

    row: int
    column: str
    rule: Rule

    def __str__(self) -> str:
        column = translated("column {column}").format(column=self.column) if self.column else translated("whole row")
        return translated("row {row}, {column}: {rule}").format(row=self.row, column=column, rule=self.rule.label)


class FileRefusedError(Exception):
    """Nothing of a file was written. ``faults``: the first ones, in the order of the rows; ``total`` counts all."""

    def __init__(self, faults: Iterable[Fault], total: int = 0) -> None:
        self.faults = sorted(faults)[:SHOWN]
        self.total = max(total, len(self.faults))
        super().__init__(f"{self.total} faults")


class Faults:
    """Collects faults that come in the order of the rows: keeps the first, counts all."""

    def __init__(self) -> None:
        self.kept: list[Fault] = []
        self.total = 0

    def add(self, row: int, column: str, rule: Rule) -> None:
        """Note one."""
        self.total += 1
        if len(self.kept) < SHOWN:
            self.kept.append(Fault(row, column, rule))

    def add_all(self, faults: Iterable[Fault], total: int) -> None:
        """Note the first of another kind, which has ``total`` of them."""
        self.kept.extend(faults)
        self.total += total

    def refuse(self) -> None:
        """Raise ``FileRefusedError`` if there are any."""
        if self.total:
            raise FileRefusedError(self.kept, self.total)


def rule_of_text(cell: str) -> Rule | None:
    """What is wrong with a cell whatever its column, or None."""
    if len(cell) > MAX_CELL:
        return Rule.TOO_LONG
    if "\0" in cell:
        return Rule.NUL
    # The reader lets bytes that are no UTF-8 through as lone surrogates, so that row and column can be named.
    if any("\ud800" <= sign <= "\udfff" for sign in cell):
        return Rule.NOT_UTF8
    return None
