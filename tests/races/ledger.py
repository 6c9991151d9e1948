"""The independent count: reports as plain Python, and what each month's figures then are. Uses nothing of the product.

The rules are those of DOMAIN.md, written down a third time: the recount has them in SQL, the verification in its own
words. What is derived (state, outcome, referral status) is worked out here as well.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

COUNTS_AS = {
    "confirmed_baseline": "confirmed",
    "confirmed_national": "confirmed",
    "age_undetermined": "not_confirmed",
    "not_illegal": "not_confirmed",
    "no_access": "unassessable",
    "not_found": "unassessable",
    "duplicate": "duplicate",
    "out_of_remit": "out_of_remit",
}
# The most serious first: a report's outcome is that of its most serious finding.
SERIOUS_FIRST = tuple(COUNTS_AS)
PROVIDERS = {"hosting_provider", "platform", "registrar"}
GONE = {"removed", "disabled"}
TOTALS = (
    *("reports", "urls", "urls_assessed", "urls_assessed@2", "urls_confirmed", "urls_self_generated"),
    *("referred", "acted_on", "sent", "removed", "still_open", "notices"),
)
# The breakdowns counted here; the verification counts them all.
KNOWN = (
    *("total", "source", "report_outcome", "referral_status", "url_outcome", "sex", "age_band", "hosting_country"),
    *("site_type", "self_generated", "recipient_kind", "sent_kind"),
)
DETAILS = ("sex", "age_band", "hosting_country", "site_type")
Cell = tuple[str, str, str, str]


@dataclass(frozen=True)
class Line:
    """So many URLs of a report that share one assessment; ``details`` in the order of DETAILS, None: not recorded."""

    outcome: str
    urls: int
    self_generated: str | None = None
    details: tuple[str | None, ...] = (None,) * len(DETAILS)

    @property
    def is_confirmed(self) -> bool:
        return COUNTS_AS[self.outcome] == "confirmed"


@dataclass
class Passed:
    """So many URLs passed on."""

    kind: str
    urls: int
    sent: date
    acknowledged: date | None = None
    acted: date | None = None
    action: str | None = None


@dataclass
class Case:
    """A report as it ought to be."""

    day: date
    source: str
    urls: int
    state: str = "received"
    lines: list[Line] = field(default_factory=list)
    passed: dict[int, Passed] = field(default_factory=dict)
    outcome: str | None = None
    referral_status: str = "not_needed"

    def stand_again(self) -> None:
        """Outcome and referral status follow from lines and from what was passed on."""
        self.outcome = min((line.outcome for line in self.lines), key=SERIOUS_FIRST.index, default=None)
        self.referral_status = self._how_far()

    def _how_far(self) -> str:
        if not self.passed:
            return "to_refer" if any(line.is_confirmed and line.urls for line in self.lines) else "not_needed"
        unanswered = [one for one in self.passed.values() if one.action is None]
        if any(one.acknowledged is None for one in unanswered):
            return "referred"
        if unanswered:
            return "acknowledged"
        return "refused" if all(one.action == "refused" for one in self.passed.values()) else "completed"

    @property
    def assessed(self) -> int:
        return sum(line.urls for line in self.lines)

    @property
    def confirmed(self) -> int:
        return sum(line.urls for line in self.lines if line.is_confirmed)


def month(day: date) -> str:
    return f"{day:%Y-%m}"


def expected(cases: list[Case]) -> Counter[Cell]:
    """Every cell that is not 0 of the known breakdowns: month, figure, breakdown, code."""
    count: Counter[Cell] = Counter()
    for case in cases:
        if case.state == "void":
            continue
        _received(count, case)
        for line in case.lines:
            _assessed(count, month(case.day), line)
        for one in case.passed.values():
            _passed_on(count, month(case.day), one)
    return +count


def _add(count: Counter[Cell], when: str, figure: str, amount: int, **codes: str | None) -> None:
    count[when, figure, "total", ""] += amount
    for breakdown, code in codes.items():
        count[when, figure, breakdown, "not_recorded" if code is None else code] += amount


def _received(count: Counter[Cell], case: Case) -> None:
    codes = {"source": case.source, "report_outcome": case.outcome, "referral_status": case.referral_status}
    _add(count, month(case.day), "reports", 1, **codes)
    _add(count, month(case.day), "urls", case.urls, **codes)


def _assessed(count: Counter[Cell], when: str, line: Line) -> None:
    _add(count, when, "urls_assessed", line.urls, url_outcome=line.outcome)
    if COUNTS_AS[line.outcome] != "duplicate":
        _add(count, when, "urls_assessed@2", line.urls, url_outcome=line.outcome)
    if not line.is_confirmed:
        return
    details = dict(zip(DETAILS, line.details, strict=True))
    _add(count, when, "urls_confirmed", line.urls, url_outcome=line.outcome, **details)
    count[when, "urls_confirmed", "self_generated", line.self_generated or "not_recorded"] += line.urls
    if line.self_generated == "yes":
        _add(count, when, "urls_self_generated", line.urls, url_outcome=line.outcome, **details)


def _passed_on(count: Counter[Cell], received: str, one: Passed) -> None:
    _add(count, received, "referred", one.urls, recipient_kind=one.kind)
    if one.acted and one.action not in {None, "none", "refused"}:
        _add(count, received, "acted_on", one.urls, recipient_kind=one.kind)
    _add(count, month(one.sent), "sent", one.urls, sent_kind=one.kind)
    if one.action in GONE:
        _add(count, month(one.sent), "removed", one.urls, sent_kind=one.kind)
    if one.acted is None:
        _add(count, month(one.sent), "still_open", one.urls, sent_kind=one.kind)
    if one.kind in PROVIDERS:
        _add(count, month(one.sent), "notices", 1)
