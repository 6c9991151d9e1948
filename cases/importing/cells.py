"""One row's cells, checked against the rules that need no other row. Pure.

The same cells come again and again: callers keep what is parsed here and look it up by its text.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from datetime import date

from cases.closed_months import CalendarMonth
from cases.codes import FINDING_DIMENSIONS, Answer, CountsAs, Dimension
from cases.importing.code_lists import KnownCodes
from cases.importing.columns import HEAD, TAIL, Cells
from cases.importing.faults import Rule, rule_of_text
from cases.models.report import EARLIEST_DATE
from hotline.metadata_only import ISO_DATE, MAX_COUNT, WHOLE_NUMBER

# A column and the rule it breaks.
CellFault = tuple[str, Rule]
# One bit for each dimension of a finding.
BIT = {dimension: 1 << place for place, dimension in enumerate(FINDING_DIMENSIONS)}
# Where a dimension's value stands in a file.
COLUMN_OF = {dimension: dimension.value for dimension in FINDING_DIMENSIONS} | {Dimension.AGE_BAND: "age_from"}
CHILD_COLUMNS = TAIL[1:]


class RuleBroken(Exception):  # noqa: N818 - a signal between these functions, not an error of anybody's
    """A cell breaks a rule."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule)
        self.rule = rule


@dataclass(slots=True)
class Head:
    """A report's date and source as one row gives them; what could not be read is None and in ``faults``.

    ``unheld``: the bits of the dimensions that the coverage ledger does not hold on the day.
    """

    number: int
    received_date: date | None = None
    source: str | None = None
    unheld: int = 0
    faults: list[CellFault] = field(default_factory=list)

    @property
    def content(self) -> str:
        """The same text for the same meaning, however it was written."""
        return f"{self.received_date}|{self.source}"


@dataclass(slots=True)
class Tail:
    """A finding's codes as one row gives them; what could not be read is None and in ``faults``.

    ``recorded``: the bits of the dimensions that have a value.
    """

    number: int
    is_unassessed: bool = False
    outcome: str | None = None
    counts_as: str | None = None
    precedence: int | None = None
    details: dict[Dimension, str | None] = field(default_factory=dict)
    recorded: int = 0
    faults: list[CellFault] = field(default_factory=list)

    @property
    def content(self) -> str:
        """The same text for the same meaning, however it was written."""
        details = "|".join(self.details.get(dimension) or "" for dimension in FINDING_DIMENSIONS)
        return f"{self.outcome or ''}|{details}"


class CellReader:
    """Reads heads and tails by the code lists of one moment and the hotline's day at that moment."""

    def __init__(
        self,
        codes: KnownCodes,
        today: date,
        unheld: Callable[[date], int],
        retired: Container[CalendarMonth] = frozenset(),
    ) -> None:
        self.retired = retired
        self.codes = codes
        self.today = today
        self.unheld = unheld
        self._lists = {
            "self_generated": frozenset(Answer.values),
            "sex": codes.sexes,
            "hosting_country": codes.hosting_countries,
            "site_type": codes.site_types,
        }

    def head(self, number: int, cells: Cells) -> Head:
        """The report that these cells, in the order of HEAD, speak of."""
        head = Head(number)
        received_date, source = cells
        with _Noting(head.faults, HEAD[0]):
            head.received_date = self._date(received_date)
            head.unheld = self.unheld(head.received_date)
        with _Noting(head.faults, HEAD[1]):
            head.source = code(source, self.codes.sources)
        return head

    def _date(self, text: str) -> date:
        day = real_date(text)
        if day < EARLIEST_DATE:
            raise RuleBroken(Rule.TOO_EARLY)
        if day > self.today:
            raise RuleBroken(Rule.IN_THE_FUTURE)
        if CalendarMonth.containing(day) in self.retired:
            raise RuleBroken(Rule.RETIRED)
        return day

    def tail(self, number: int, cells: Cells) -> Tail:
        """The finding that these cells, in the order of TAIL, speak of."""
        tail = Tail(number)
        given = dict(zip(TAIL, cells, strict=True))
        if not given["outcome"]:
            tail.is_unassessed = True
            tail.faults += [(name, _text_or(text, Rule.NEEDS_OUTCOME)) for name, text in given.items() if text]
            return tail
        with _Noting(tail.faults, "outcome"):
            tail.outcome = code(given["outcome"], self.codes.outcomes)
            tail.counts_as, tail.precedence = self.codes.outcomes[tail.outcome]
        self._details(tail, given)
        return tail

    def _details(self, tail: Tail, given: dict[str, str]) -> None:
        if tail.counts_as not in {None, CountsAs.CONFIRMED}:
            tail.faults += [(name, _text_or(given[name], Rule.ONLY_CONFIRMED)) for name in CHILD_COLUMNS if given[name]]
            return
        for name, codes in self._lists.items():
            if given[name]:
                with _Noting(tail.faults, name):
                    tail.details[Dimension(name)] = code(given[name], codes)
        if given["age_from"] or given["age_to"]:
            column, band = self._age(given["age_from"], given["age_to"])
            if isinstance(band, Rule):
                tail.faults.append((column, band))
            else:
                tail.details[Dimension.AGE_BAND] = band
        tail.recorded = sum(BIT[dimension] for dimension in tail.details)

    def _age(self, first: str, last: str) -> tuple[str, str | Rule]:
        """The column to blame or '', and the band's code or the rule that is broken."""
        band = self.codes.age_bands.get((first, last))
        if band is not None:
            return "", band
        for column, text in (("age_from", first), ("age_to", last)):
            if text and text not in AGES:
                return column, _text_or(text, Rule.AGE)
        if not first or not last:
            return ("age_from" if last else "age_to"), Rule.AGE_PAIR
        return "age_from", Rule.AGE_BAND


# As they are written: no leading zeros, no signs. 'undetermined' beside a year is a pair that is no band.
AGES = frozenset({*map(str, range(18)), "undetermined"})


class _Noting:
    """Notes a broken rule against a column and goes on."""

    __slots__ = ("column", "faults")

    def __init__(self, faults: list[CellFault], column: str) -> None:
        self.faults = faults
        self.column = column

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, broken: BaseException | None, _trace: object) -> bool:
        if not isinstance(broken, RuleBroken):
            return False
        self.faults.append((self.column, broken.rule))
        return True


def _text_or(text: str, rule: Rule) -> Rule:
    return rule_of_text(text) or rule


def code(text: str, known: Container[str]) -> str:
    """The text, if it is one of these codes. Raises ``RuleBroken``."""
    if text in known:
        return text
    raise RuleBroken(_text_or(text, Rule.UNKNOWN_CODE if text else Rule.REQUIRED))


def count(text: str) -> int:
    """A whole number of URLs. Raises ``RuleBroken``."""
    if WHOLE_NUMBER.match(text) and (number := int(text)) <= MAX_COUNT:
        return number
    raise RuleBroken(_text_or(text, Rule.WHOLE_NUMBER if text else Rule.REQUIRED))


def real_date(text: str) -> date:
    """A date as YYYY-MM-DD. Raises ``RuleBroken``."""
    if ISO_DATE.match(text):
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise RuleBroken(Rule.DATE) from error
    raise RuleBroken(_text_or(text, Rule.DATE if text else Rule.REQUIRED))
