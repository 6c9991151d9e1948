"""The independent recount: the figures once more, from the records, row by row in Python.

Nothing here is made from the declarations' SQL. The rules are written a second time, from DOMAIN.md's words, so that
a mistake in a declaration or in the recount's statement shows as a difference. A figure declared and not taught here
shows as well: its cells are found where none are expected.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from cases.models import Finding, Referral, Report
from stats.models import CountedMonth, DirtyMonth, MonthlyCount, Verification
from stats.periods import Month
from stats.rollups import recompute_month, waiting_months
from stats.snapshot import one_snapshot

CHUNK = 5000
ATTEMPTS = 5
TOTALS = ("reports", "urls", "urls_assessed", "urls_confirmed", "urls_self_generated", "referred", "acted_on")


class CellKey(NamedTuple):
    """Which cell of a month."""

    figure: str
    breakdown: str
    code_a: str = ""
    code_b: str = ""


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
    """Compare every cell of every counted month, or of one, with the records, and note the run.

    Months with marks are recounted first: what waits is not an error.
    """
    cells, differences, unsettled = 0, list[Difference](), list[Month]()
    months = [only] if only else all_months()
    for month in months:
        found = _settled_comparison(month, now=now)
        if found is None:
            unsettled.append(month)
            continue
        compared, differing = found
        cells += compared
        differences += differing
    if only is None:
        Verification.objects.create(
            started_at=now, finished_at=timezone.now(), cells=cells, differences=len(differences) + len(unsettled)
        )
    return Outcome(cells, len(months), tuple(differences), tuple(unsettled))


def all_months() -> list[Month]:
    """Every month that was counted, that waits to be, or that holds a cell nobody accounts for."""
    firsts = {
        *CountedMonth.objects.values_list("month", flat=True),
        *DirtyMonth.objects.order_by().values_list("month", flat=True).distinct(),
        *MonthlyCount.objects.order_by().values_list("month", flat=True).distinct(),
    }
    return sorted(Month.containing(first) for first in firsts)


def _settled_comparison(month: Month, *, now: datetime) -> tuple[int, list[Difference]] | None:
    """How many cells were compared and which differ; None when the month would not stand still to be compared."""
    for _attempt in range(ATTEMPTS):
        if waiting_months([month]):
            recompute_month(month, now=now)
        # Records, cells and marks have to be of one moment.
        with one_snapshot():
            if not waiting_months([month]):
                return _compare(month)
    return None


def _compare(month: Month) -> tuple[int, list[Difference]]:
    expected = expected_cells(month)
    rows = MonthlyCount.objects.filter(month=month.first).order_by()
    found = {
        CellKey(*key): value for *key, value in rows.values_list("figure", "breakdown", "code_a", "code_b", "value")
    }
    keys = sorted(expected.keys() | found.keys())
    differing = [
        Difference(month, key, expected.get(key), found.get(key)) for key in keys if expected.get(key) != found.get(key)
    ]
    return len(keys), differing


def expected_cells(month: Month) -> dict[CellKey, int]:
    """Every cell of a month, counted from the records one by one."""
    counter: Counter[CellKey] = Counter()
    for figure, breakdown, codes, value in _contributions(month):
        parts = ["not_recorded" if code is None else str(code) for code in codes]
        counter[CellKey(figure, breakdown, *parts)] += value
    cells = {key: value for key, value in counter.items() if value}
    return {CellKey(figure, "total"): 0 for figure in TOTALS} | cells


Contribution = tuple[str, str, tuple[Any, ...], int]


def _contributions(month: Month) -> Iterator[Contribution]:
    """What each record adds to which cells."""
    inside = {"received_date__year": month.year, "received_date__month": month.month}
    within = {f"report__{name}": value for name, value in inside.items()}
    reports = Report.objects.filter(**inside).order_by("pk")
    for report in reports.iterator(chunk_size=CHUNK):
        if report.state != "void":
            yield from _of_report(report)
    findings = Finding.objects.filter(**within).select_related("report", "outcome").order_by("pk")
    for finding in findings.iterator(chunk_size=CHUNK):
        if finding.report.state != "void":
            yield from _of_finding(finding)
    referrals = Referral.objects.filter(**within).select_related("report", "recipient").order_by("pk")
    for referral in referrals.iterator(chunk_size=CHUNK):
        if referral.report.state != "void":
            yield from _of_referral(referral)


def _of_report(report: Report) -> Iterator[Contribution]:
    for figure, value in (("reports", 1), ("urls", report.url_count)):
        yield figure, "total", (), value
        yield figure, "source", (report.source_id,), value
        yield figure, "report_outcome", (report.outcome_id,), value
        yield figure, "referral_status", (report.referral_status,), value


def _of_finding(finding: Finding) -> Iterator[Contribution]:
    urls, outcome = finding.url_count, finding.outcome_id
    yield "urls_assessed", "total", (), urls
    yield "urls_assessed", "url_outcome", (outcome,), urls
    if finding.outcome.counts_as != "confirmed":
        return
    yield "urls_confirmed", "self_generated", (finding.self_generated,), urls
    yield "urls_confirmed", "self_generated_age_band", (finding.self_generated, finding.age_band_id), urls
    yield "urls_confirmed", "self_generated_sex", (finding.self_generated, finding.sex_id), urls
    confirmed = ["urls_confirmed", *(["urls_self_generated"] if finding.self_generated == "yes" else [])]
    for figure in confirmed:
        yield figure, "total", (), urls
        yield figure, "url_outcome", (outcome,), urls
        yield figure, "sex", (finding.sex_id,), urls
        yield figure, "age_band", (finding.age_band_id,), urls
        yield figure, "hosting_country", (finding.hosting_country_id,), urls
        yield figure, "site_type", (finding.site_type_id,), urls


def _of_referral(referral: Referral) -> Iterator[Contribution]:
    figures = ["referred"]
    if referral.acted_date and referral.action not in {None, "none", "refused"}:
        figures.append("acted_on")
    for figure in figures:
        yield figure, "total", (), referral.url_count
        yield figure, "recipient_kind", (referral.recipient.kind,), referral.url_count
        yield figure, "recipient", (referral.recipient_id,), referral.url_count
