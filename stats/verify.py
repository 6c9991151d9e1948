"""The independent recount: the figures once more, from the records, by rules written in Python.

Nothing here is made from the declarations' SQL. The database only puts together records that are alike in every
column that counts, with how many they are and how many URLs they have; what they are counted as is written a second
time here, from DOMAIN.md's words. So a mistake in a declaration or in the recount's statement shows as a difference.
A figure declared and not taught here shows as well: its cells are found where none are expected.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, F, QuerySet, Sum
from django.utils import timezone

from cases.models import Finding, Referral, Report
from stats.models import CountedMonth, DirtyMonth, MonthlyCount, Verification
from stats.periods import Month
from stats.rollups import recompute_month, waiting_months
from stats.snapshot import one_snapshot

ATTEMPTS = 5
TOTALS = (
    *("reports", "urls", "urls_assessed", "urls_confirmed", "urls_self_generated"),
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
    """Every month that was counted, that waits to be, that holds a cell nobody accounts for, or that has records."""
    firsts = {
        *CountedMonth.objects.values_list("month", flat=True),
        *DirtyMonth.objects.order_by().values_list("month", flat=True).distinct(),
        *MonthlyCount.objects.order_by().values_list("month", flat=True).distinct(),
        *Report.objects.order_by().dates("received_date", "month"),
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


def expected_cells(month: Month) -> dict[CellKey, int]:
    """Every cell of a month, counted from the records."""
    counter: Counter[tuple[str, str, *tuple[Any, ...]]] = Counter()
    for figure, breakdown, codes, value in _contributions(month):
        counter[figure, breakdown, *codes] += value
    totals = {CellKey(figure, "total"): 0 for figure in TOTALS}
    return totals | {
        CellKey(figure, breakdown, *("not_recorded" if code is None else str(code) for code in codes)): value
        for (figure, breakdown, *codes), value in counter.items()
        if value
    }


Contribution = tuple[str, str, tuple[Any, ...], int]


def _contributions(month: Month) -> Iterator[Contribution]:
    """What the records add to which cells."""
    inside = {"received_date__gte": month.first, "received_date__lt": month.until}
    within = {f"report__{name}": value for name, value in inside.items()}
    reports = _alike(Report.objects.filter(**inside), "state", "source", "outcome", "referral_status")
    for how_many, urls, *columns in reports:
        yield from _of_reports(how_many, urls, *columns)
    findings = _alike(
        Finding.objects.filter(**within),
        *("report__state", "outcome", "counts_as"),
        *("self_generated", "sex", "age_band", "hosting_country", "site_type"),
    )
    for _how_many, urls, *columns in findings:
        yield from _of_findings(urls, *columns)
    to_whom = ("report__state", "recipient", "recipient__kind")
    referrals = _alike(Referral.objects.filter(**within), *to_whom, "acted_date", "action")
    for _how_many, urls, *columns in referrals:
        yield from _of_referrals(urls, *columns)
    sent = Referral.objects.filter(sent_date__gte=month.first, sent_date__lt=month.until)
    took = sent.annotate(took=F("acted_date") - F("sent_date"))
    for how_many, urls, *columns in _alike(took, *to_whom, "report__outcome", "action", "took"):
        yield from _of_sent(how_many, urls, *columns)


def _alike(records: "QuerySet[Any]", *columns: str) -> Iterator[tuple[Any, ...]]:
    """Records that are alike in these columns: how many, their URLs, and the columns."""
    rows = records.order_by().values_list(*columns).annotate(how_many=Count("pk"), urls=Sum("url_count"))
    for *alike, how_many, urls in rows:
        yield how_many, urls, *alike


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


def _of_findings(  # noqa: PLR0913, PLR0917 - the columns of a row
    urls: int,
    state: str,
    outcome: str,
    counts_as: str,
    self_generated: str | None,
    sex: str | None,
    age_band: str | None,
    hosting_country: str | None,
    site_type: str | None,
) -> Iterator[Contribution]:
    if state == "void":
        return
    yield "urls_assessed", "total", (), urls
    yield "urls_assessed", "url_outcome", (outcome,), urls
    if counts_as != "confirmed":
        return
    yield "urls_confirmed", "self_generated", (self_generated,), urls
    yield "urls_confirmed", "self_generated_age_band", (self_generated, age_band), urls
    yield "urls_confirmed", "self_generated_sex", (self_generated, sex), urls
    for figure in ("urls_confirmed", *(["urls_self_generated"] if self_generated == "yes" else [])):
        yield figure, "total", (), urls
        yield figure, "url_outcome", (outcome,), urls
        yield figure, "sex", (sex,), urls
        yield figure, "age_band", (age_band,), urls
        yield figure, "hosting_country", (hosting_country,), urls
        yield figure, "site_type", (site_type,), urls


def _of_referrals(
    urls: int, state: str, recipient: int, kind: str, acted_date: date | None, action: str | None
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
    took: timedelta | None,
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


def _days(took: timedelta | None) -> str | None:
    """The class of a number of days: each its own for a year, then one for all that took longer."""
    if took is None:
        return None
    return str(took.days) if took.days < 366 else "366+"  # noqa: PLR2004 - the class says it
