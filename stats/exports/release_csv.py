r"""A publication as CSV for spreadsheets: one tidy table, a row for each cell. docs/exporting.md has every column.

RFC 4180 with CRLF, UTF-8 with a byte order mark, so that a double click opens it right: in Dutch a semicolon between
fields and a comma before decimals, in English a comma and a point. Header names and codes are the same in both.
"""

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import get_language

from stats.coverage import Status
from stats.exports.observations import Observation, observations
from stats.exports.wording import (
    STATUS_LABELS,
    coverage_letters,
    last_day,
    release_facts,
    unit_words,
)
from stats.publication import PassportText, Publication
from stats.tables import Cell, Column, Row, Value
from stats.words.presenters import period_label

CELL_COLUMNS = (
    "table", "table_label", "figure", "figure_label", "period", "period_from", "period_to", "period_label",
    "part_down", "part_down_label", "part_across", "part_across_label", "unit", "unit_label",
    "value", "lower", "upper", "numerator", "numerator_lower", "numerator_upper", "denominator",
    "status", "status_label", "coverage", "months_full", "months_partly", "months", "coverage_by_month",
    "rule", "scheme", "source",
)  # fmt: skip
PASSPORT_COLUMNS = ("counted", "base", "counting_rule", "requires")
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
# What a spreadsheet would take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# '10-11' is an age band; a spreadsheet makes it the tenth of November.
_LIKE_A_DATE = re.compile(r"[0-9]{1,2}-[0-9]{1,2}\Z")


def release_csv(publication: Publication) -> bytes:
    """The publication as CSV in the active language."""
    is_dutch = (get_language() or "").startswith("nl")
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if is_dutch else ",", lineterminator="\r\n")
    facts = release_facts(publication)
    writer.writerow([*CELL_COLUMNS, *PASSPORT_COLUMNS, *(fact.key for fact in facts)])
    release = [_safe(str(fact.code)) for fact in facts]
    passports = {passport.key: _passport(passport) for passport in publication.passports}
    nothing = [""] * len(PASSPORT_COLUMNS)
    for seen in observations(publication):
        writer.writerow([*_fields(seen, is_dutch=is_dutch), *passports.get(seen.figure, nothing), *release])
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def _fields(seen: Observation, *, is_dutch: bool) -> Iterator[str]:
    table, cell, period = seen.table, seen.cell, seen.period
    yield from (_safe(table.key), _safe(str(table.title)), _safe(seen.figure), _safe(str(seen.figure_label)))
    yield from (str(period), period.first.isoformat(), last_day(period).isoformat(), period_label(period))
    yield from (*_part(seen.down), *_part(seen.across))
    yield from (str(seen.unit or ""), unit_words(seen.unit))
    yield from (_number(number, is_dutch=is_dutch) for number in _numbers(cell))
    yield from (cell.status.value, str(STATUS_LABELS[cell.status]))
    coverage = cell.coverage
    yield from (coverage.status, str(coverage.full), str(coverage.partly), str(coverage.of), coverage_letters(coverage))
    yield from (_safe(cell.rule), _safe(cell.scheme), _safe(cell.source))


def _part(part: Row | Column | None) -> tuple[str, str]:
    return (_safe(part.key), _safe(str(part.label))) if part else ("", "")


def _numbers(cell: Cell) -> Iterator[Value | None]:
    lower, upper = cell.bounds or (None, None)
    least, most = cell.numerator_bounds or (None, None)
    shown = cell.status is not Status.SUPPRESSED
    for number in (cell.value, lower, upper, cell.numerator, least, most, cell.denominator):
        yield number if shown else None


def _number(number: Value | None, *, is_dutch: bool) -> str:
    if number is None:
        return ""
    text = f"{number:f}" if isinstance(number, Decimal) else str(number)
    return text.replace(".", ",") if is_dutch else text


def _passport(passport: PassportText) -> list[str]:
    texts = (passport.numerator, passport.denominator, passport.rule)
    requires = " ".join(dimension.value for dimension in passport.requires)
    return [*(_safe(str(text)) for text in texts), requires]


def _safe(text: str) -> str:
    """A text that a spreadsheet must not take for a formula or a date."""
    return f"'{text}" if text.startswith(_FORMULA) or _LIKE_A_DATE.match(text) else text
