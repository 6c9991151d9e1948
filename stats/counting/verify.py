"""The independent recount: the figures once more, from the records, by rules written in Python.

Nothing here is made from the declarations' SQL. The database only puts together records that are alike
(:mod:`stats.counting.alike`); what they are counted as is written a second time here, from DOMAIN.md's words. So a
mistake in a declaration or in the recount's statement shows as a difference.
A figure declared and not taught here shows as well: its cells are found where none are expected.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils import timezone

from cases.models import Report
from cases.retired import retired_months
from stats.counting.alike import FINDINGS, REFERRALS, REPORTS, SENT, alike
from stats.counting.rollups import recompute_month, waiting_months
from stats.counting.snapshot import one_snapshot
from stats.models import CountedMonth, DirtyMonth, MonthlyCount, Verification
from stats.periods import Month

ATTEMPTS = 5
# One pass over the records goes so many months far.
AT_ONCE = 12
TOTALS = (
    *("reports", "urls", "urls_assessed", "urls_assessed@2", "urls_confirmed", "urls_self_generated"),
    *("referred", "acted_on", "sent", "removed", "still_open", "notices"),
)
# To whom a referral is a notice under the Digital Services Act.
PROVIDERS = {"hosting_provider", "platform", "registrar"}


class CellKey(NamedTuple):
    """Which cell of a month."""

    figure: str
    breakdown: str
    code_a: str = ""
    code_b: str = ""
    code_c: str = ""


class Difference(NamedTuple):
    """A cell that is not what the records say. None: there is no such cell."""

    month: Month
    key: CellKey
    expected: int | None
    found: int | None

    def __str__(self) -> str:
        codes = ", ".join(code for code in self.key[2:] if code) or "-"
        expected, found = ("none" if number is None else number for number in (self.expected, self.found))
        return (
            f"{self.month} figure={self.key.figure} breakdown={self.key.breakdown} codes={codes} "
            f"expected={expected} found={found}"
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run of the recount compared and what it found. ``unsettled``: months that changed all the while."""

    cells: int
    months: int
    differences: tuple[Difference, ...]
    unsettled: tuple[Month, ...]

    @property
    def agrees(self) -> bool:
        """Whether every cell of every month was compared, and none differed."""
        return not self.differences and not self.unsettled


def verify(*, now: datetime, only: Month | None = None) -> Outcome:
    """Compare every cell of every counted month, or of one, with the records; note the run when it was of all."""
    if only:
        return verify_months([only], now=now)
    outcome = verify_months(all_months(), now=now)
    wrong = len(outcome.differences) + len(outcome.unsettled)
    Verification.objects.create(started_at=now, finished_at=timezone.now(), cells=outcome.cells, differences=wrong)
    return outcome


def verify_months(months: Sequence[Month], *, now: datetime) -> Outcome:
    """Compare every cell of these months with the records, up to a year of them at a time.

    Months with marks are recounted first: what waits is not an error. Months whose records were removed are passed
    over: there is nothing left to compare with.
    """
    cells, differences, unsettled = 0, list[Difference](), list[Month]()
    retired = retired_months()
    there = sorted(month for month in months if (month.year, month.month) not in retired)
    for start in range(0, len(there), AT_ONCE):
        compared, differing, left = _settled_comparison(there[start : start + AT_ONCE], now=now)
        cells += compared
        differences += differing
        unsettled += left
    return Outcome(cells, len(there), tuple(sorted(differences, key=_in_order)), tuple(unsettled))


def _in_order(difference: "Difference") -> tuple[Month, CellKey]:
    return difference.month, difference.key


def all_months() -> list[Month]:
    """Every month that was counted, that waits to be, that holds a cell nobody accounts for, or that has records."""
    firsts = {
        *CountedMonth.objects.values_list("month", flat=True),
        *DirtyMonth.objects.order_by().values_list("month", flat=True).distinct(),
        *MonthlyCount.objects.order_by().values_list("month", flat=True).distinct(),
        *Report.objects.order_by().dates("received_date", "month"),
    }
    return sorted(Month.containing(first) for first in firsts)


def _settled_comparison(months: list[Month], *, now: datetime) -> tuple[int, list[Difference], list[Month]]:
    """How many cells were compared, which differ, and the months that would not stand still to be compared."""
    cells, differences, left = 0, list[Difference](), list(months)
    for _attempt in range(ATTEMPTS):
        for month in waiting_months(left):
            recompute_month(month, now=now)
        # Records, cells and marks have to be of one moment.
        with one_snapshot():
            waiting = set(waiting_months(left))
            settled = [month for month in left if month not in waiting]
            expected = expected_cells(settled)
            for month in settled:
                compared, differing = _compare(month, expected[month])
                cells += compared
                differences += differing
        left = [month for month in left if month in waiting]
        if not left:
            break
    return cells, differences, left


def _compare(month: Month, expected: dict[CellKey, int]) -> tuple[int, list[Difference]]:
    if not CountedMonth.objects.filter(month=month.first).exists():
        # Nothing was ever written in it, so no mark had it counted: it has no totals, not even of 0.
        expected = {key: value for key, value in expected.items() if value}
    rows = MonthlyCount.objects.filter(month=month.first).order_by()
    found = {
        CellKey(*key): value
        for *key, value in rows.values_list("figure", "breakdown", "code_a", "code_b", "code_c", "value")
    }
    keys = sorted(expected.keys() | found.keys())
    differing = [
        Difference(month, key, expected.get(key), found.get(key)) for key in keys if expected.get(key) != found.get(key)
    ]
    return len(keys), differing


def expected_cells(months: Sequence[Month]) -> dict[Month, dict[CellKey, int]]:
    """Every cell of each of these months, counted from the records. Within a transaction."""
    if not months:
        return {}
    counters: dict[Month, Counter[tuple[Any, ...]]] = {month: Counter() for month in months}
    for statement, contributions in RULES:
        for month, columns, how_many, urls in alike(statement, months):
            if month in counters:
                for figure, breakdown, codes, value in contributions(how_many, urls, *columns):
                    counters[month][figure, breakdown, *codes] += value
    return {month: _cells(counter) for month, counter in counters.items()}


def _cells(counter: "Counter[tuple[Any, ...]]") -> dict[CellKey, int]:
    totals = {CellKey(figure, "total"): 0 for figure in TOTALS}
    return totals | {
        CellKey(figure, breakdown, *("not_recorded" if code is None else str(code) for code in codes)): value
        for (figure, breakdown, *codes), value in counter.items()
        if value
    }


Contribution = tuple[str, str, tuple[Any, ...], int]


def _of_reports(
    how_many: int, urls: int, state: str, source: str, outcome: str | None, referral_status: str | None
) -> Iterator[Contribution]:
    if state == "void":
        return
    for figure, value in (("reports", how_many), ("urls", urls)):
        yield figure, "total", (), value
        yield figure, "source", (source,), value
        yield figure, "report_outcome", (outcome,), value
        yield figure, "referral_status", (referral_status,), value


def _of_findings(
    _how_many: int,
    urls: int,
    by: str,
    state: str,
    outcome: str,
    counts_as: str,
    self_generated: str | None,
    *details: str | None,
) -> Iterator[Contribution]:
    """Each finding comes three times: by what was seen in it, by country, by sort of site."""
    if state == "void":
        return
    confirmed = counts_as == "confirmed"
    figures = ["urls_confirmed"] if confirmed else []
    if confirmed and self_generated == "yes":
        figures.append("urls_self_generated")
    sex, age_band, hosting_country, site_type = details
    if by == "seen":
        # By its second counting rule, what was seen before is not assessed once more.
        again = [] if counts_as == "duplicate" else ["urls_assessed@2"]
        for figure in ("urls_assessed", *again, *figures):
            yield figure, "total", (), urls
            yield figure, "url_outcome", (outcome,), urls
    if by == "seen" and confirmed:
        yield "urls_confirmed", "self_generated", (self_generated,), urls
        yield "urls_confirmed", "self_generated_age_band", (self_generated, age_band), urls
        yield "urls_confirmed", "self_generated_sex", (self_generated, sex), urls
    parts = {"seen": {"sex": sex, "age_band": age_band}, "country": {"hosting_country": hosting_country}}
    for figure in figures:
        for breakdown, code in parts.get(by, {"site_type": site_type}).items():
            yield figure, breakdown, (code,), urls


def _of_referrals(
    _how_many: int, urls: int, state: str, recipient: int, kind: str, acted_date: date | None, action: str | None
) -> Iterator[Contribution]:
    if state == "void":
        return
    has_acted = acted_date is not None and action not in {None, "none", "refused"}
    for figure in ("referred", *(["acted_on"] if has_acted else [])):
        yield figure, "total", (), urls
        yield figure, "recipient_kind", (kind,), urls
        yield figure, "recipient", (recipient,), urls


def _of_sent(
    how_many: int,
    urls: int,
    state: str,
    recipient: int,
    kind: str,
    outcome: str | None,
    action: str | None,
    took: int | None,
) -> Iterator[Contribution]:
    if state == "void":
        return
    gone = took is not None and action in {"removed", "disabled"}
    for figure in ("sent", *(["removed"] if gone else []), *(["still_open"] if took is None else [])):
        yield figure, "total", (), urls
        yield figure, "sent_kind", (kind,), urls
    if gone:
        yield "removed", "days_to_removal", (kind, _days(took)), urls
    if kind in PROVIDERS:
        content = outcome if outcome in {"confirmed_baseline", "confirmed_national"} else "other"
        yield "notices", "total", (), how_many
        yield "notices", "notice_actions", (recipient, content, action or "no_answer"), how_many
        acted = gone or action == "restricted"
        yield "notices", "notice_days", (recipient, _days(took) if acted else "no_action"), how_many


def _days(took: int | None) -> str | None:
    """The class of a number of days: each its own for a year, then one for all that took longer."""
    if took is None:
        return None
    return str(took) if took < 366 else "366+"  # noqa: PLR2004 - the class says it


RULES: "tuple[tuple[str, Callable[..., Iterator[Contribution]]], ...]" = (
    (REPORTS, _of_reports),
    (FINDINGS, _of_findings),
    (REFERRALS, _of_referrals),
    (SENT, _of_sent),
)
