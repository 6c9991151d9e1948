"""A publication as SDMX-CSV 2.0 (SDMX 3.0): one observation a row, codes only, the same in every language.

Columns stand in the order of the data structure that docs/exporting.md describes. Texts of the passports and names of
codes are multilingual attributes, as the standard writes them: ``nl:...|en:...`` under a header like ``TITLE[nl|en]``.
Source: https://github.com/sdmx-twg/sdmx-csv/blob/v2.0.0/data-message/docs/sdmx-csv-field-guide.md
"""

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from stats.bilingual import both
from stats.coverage import Status
from stats.declarations import Unit
from stats.exports.observations import Observation, observations
from stats.exports.wording import coverage_letters, release_facts
from stats.periods import MONTHS_IN_QUARTER, MONTHS_IN_YEAR, Period
from stats.publication import PassportText, Publication
from stats.tables import Cell, Column, Part, Row, Value

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STRUCTURE_ID = "HOTLINE:RELEASE(1.0.0)"
DIMENSIONS = ("FREQ", "BREAKDOWN", "INDICATOR", "PART_DOWN", "PART_ACROSS", "TIME_PERIOD")
MEASURE = "OBS_VALUE"
OBSERVATION_ATTRIBUTES = (
    "UNIT_MEASURE", "DECIMALS", "OBS_STATUS", "CONF_STATUS", "LOWER", "UPPER", "NUMERATOR", "NUMERATOR_LOWER",
    "NUMERATOR_UPPER", "DENOMINATOR", "COVERAGE", "COUNTING_RULE", "AGE_SCHEME", "SOURCE",
)  # fmt: skip
NAMES = ("BREAKDOWN_NAME", "INDICATOR_NAME", "PART_DOWN_NAME", "PART_ACROSS_NAME")
PASSPORT = ("NUMERATOR_DEF", "DENOMINATOR_DEF", "RULE_DEF")
TOTAL, NOT_APPLICABLE = "_T", "_Z"
# The generic codes of the guidelines for SDMX code lists: unknown, and not specified.
_GENERIC = {Part.TOTAL: TOTAL, Part.UNDETERMINED: "_U", Part.NOT_RECORDED: "_X"}
_UNITS = {Unit.PERCENT: "PT"}
_FREQUENCIES = {1: "M", MONTHS_IN_QUARTER: "Q", MONTHS_IN_YEAR: "A"}
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_@\-]")
_DELIMITER = "|"


def release_sdmx(publication: Publication) -> bytes:
    """The publication as SDMX-CSV, whatever language is active."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    facts = release_facts(publication)
    writer.writerow(_header([fact.key.upper() for fact in facts]))
    release = [fact.code for fact in facts]
    told = _Told(publication)
    for seen in observations(publication):
        attributes = _attributes(seen, is_internal=publication.is_internal)
        writer.writerow(["dataflow", STRUCTURE_ID, "I", *_key(seen), *attributes, *told(seen), *release])
    return text.getvalue().encode()


def _header(facts: list[str]) -> list[str]:
    multilingual = [f"{name}[nl{_DELIMITER}en]" for name in (*NAMES, *PASSPORT)]
    return [
        f"STRUCTURE[{_DELIMITER}]", "STRUCTURE_ID", "ACTION", *DIMENSIONS, MEASURE, *OBSERVATION_ATTRIBUTES,
        *multilingual, "REQUIRES[]", *facts,
    ]  # fmt: skip


def _key(seen: Observation) -> tuple[str, ...]:
    """The dimensions. No two observations of a release have the same."""
    return (
        _FREQUENCIES[seen.period.length],
        _id(seen.table.key),
        _id(seen.figure),
        _part(seen.down),
        _part(seen.across),
        time_period(seen.period),
    )


def time_period(period: Period) -> str:
    """SDMX's own notation: 2024, 2024-Q1, 2024-03; a year or quarter of other months as a range, 2024-11-01/P1Y."""
    text = str(period)
    if ".." not in text:
        return text
    return f"{period.first.isoformat()}/{'P1Y' if period.length == MONTHS_IN_YEAR else 'P3M'}"


def _id(key: str) -> str:
    """A key as an SDMX identifier: what one can not hold is written as $ and the character's number."""
    return _NOT_IN_AN_ID.sub(lambda found: f"${ord(found[0]):X}$", key)


def _part(part: Row | Column | None) -> str:
    if part is None:
        return NOT_APPLICABLE
    return _GENERIC.get(part.part) or _id(part.key)


def _attributes(seen: Observation, *, is_internal: bool) -> Iterator[str]:
    """The measure and what belongs to it alone."""
    cell = seen.cell
    value, *others = _numbers(cell)
    yield value
    yield (_UNITS.get(seen.unit) or seen.unit.name) if seen.unit else NOT_APPLICABLE
    yield _decimals(cell)
    yield cell.status.value
    yield _confidentiality(cell, is_internal=is_internal)
    yield from others
    yield from (coverage_letters(cell.coverage), cell.rule, cell.scheme, cell.source)


def _numbers(cell: Cell) -> Iterator[str]:
    """Empty is missing, and OBS_STATUS says why. A suppressed cell has none of its numbers."""
    lower, upper = cell.bounds or (None, None)
    least, most = cell.numerator_bounds or (None, None)
    shown = cell.status is not Status.SUPPRESSED
    for number in (cell.value, lower, upper, cell.numerator, least, most, cell.denominator):
        yield _number(number) if shown and number is not None else ""


def _number(number: Value) -> str:
    return f"{number:f}" if isinstance(number, Decimal) else str(number)


def _decimals(cell: Cell) -> str:
    number = cell.bounds.lower if cell.value is None and cell.bounds else cell.value
    return str(-int(number.as_tuple().exponent)) if isinstance(number, Decimal) else "0"


def _confidentiality(cell: Cell, *, is_internal: bool) -> str:
    """CL_CONF_STATUS: F free, C confidential, N not for publication. Primary and secondary are not told apart."""
    if is_internal:
        return "N"
    return "C" if cell.status is Status.SUPPRESSED else "F"


class _Told:
    """Names and passports in both languages, each worked out once."""

    def __init__(self, publication: Publication) -> None:
        self._passports = {passport.key: self._passport(passport) for passport in publication.passports}
        self._texts: dict[int, tuple[StrOrPromise, str]] = {}

    def __call__(self, seen: Observation) -> Iterator[str]:
        yield self._once(seen.table.title)
        yield self._once(seen.figure_label)
        yield self._once(seen.down.label if seen.down else None)
        yield self._once(seen.across.label if seen.across else None)
        yield from self._passports.get(seen.figure, [""] * (len(PASSPORT) + 1))

    def _passport(self, passport: PassportText) -> list[str]:
        texts = [_multilingual(text) for text in (passport.numerator, passport.denominator, passport.rule)]
        return [*texts, _DELIMITER.join(dimension.value for dimension in passport.requires)]

    def _once(self, text: "StrOrPromise | None") -> str:
        """Texts are kept with what was made of them: their ``id`` is theirs alone for as long."""
        if text is None:
            return ""
        if id(text) not in self._texts:
            self._texts[id(text)] = (text, _multilingual(text))
        return self._texts[id(text)][1]


def _multilingual(text: "StrOrPromise") -> str:
    nl, en = (found.replace(_DELIMITER, "/") for found in both(text))
    return f"nl:{nl}{_DELIMITER}en:{en}" if nl or en else ""
