"""Reads on the rollup. Never on the records: a year is read as quickly at any size."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, IntegerField, Min, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from cases.codes import Dimension, ReferralStatus
from cases.models import CoveragePeriod, Report
from stats.ages import Bands, Scheme
from stats.counting.code_labels import CodeLabels, read_code_labels
from stats.counting.reading import Codes, Counts
from stats.counting.recount_sql import definitions
from stats.counting.rollups import KEPT
from stats.counting.snapshot import one_snapshot
from stats.coverage import Ledger, Span
from stats.declarations import TOTAL
from stats.figures import FIGURES, HELD, counted_keys
from stats.models import CountedMonth, CountingRule, DirtyMonth, MonthlyCount, Verification
from stats.periods import Month
from stats.rules import InForce, Rules


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far the counts have come: they hold everything that was written before ``as_of``."""

    as_of: datetime
    waiting: int

    @property
    def is_settled(self) -> bool:
        """Whether nothing waits."""
        return not self.waiting


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many open reports wait for one thing, and the day the oldest of them was received."""

    reports: int
    oldest: date | None


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What open reports wait for."""

    to_triage: Waiting
    to_refer: Waiting
    on_recipients: Waiting


def read(
    months: Sequence[Month], *, today: date, figures: Collection[str] = (), breakdowns: Collection[str] = ()
) -> tuple[Counts, CodeLabels]:
    """What the rollup, the ledger and the code lists hold for these months at one moment.

    Of these figures and breakdowns only, where any are named; totals always.
    """
    with one_snapshot():
        labels = read_code_labels()
        return read_counts(
            months,
            today=today,
            bands=labels.bands,
            schemes=labels.schemes,
            figures=figures,
            breakdowns=breakdowns,
        ), labels


def read_counts(
    months: Sequence[Month],
    *,
    today: date,
    bands: Bands,
    schemes: Sequence[Scheme] = (),
    figures: Collection[str] = (),
    breakdowns: Collection[str] = (),
) -> Counts:
    """What the rollup and the ledger hold for these months, in three queries: marks, cells, ledger."""
    counted, waiting = _states(months)
    cells: dict[tuple[str, str], dict[Codes, dict[Month, int]]] = {}
    by_date = {month.first: month for month in months}
    rows = MonthlyCount.objects.filter(
        month__in=by_date,
        breakdown__in=[TOTAL, *(breakdowns or HELD)],
        figure__in=counted_keys(figures or FIGURES),
    ).order_by()
    for first, figure, breakdown, *codes, value in rows.values_list(
        "month", "figure", "breakdown", "code_a", "code_b", "code_c", "value"
    ):
        axes = len(HELD[breakdown].axes) if breakdown in HELD else 0
        parts = cells.setdefault((figure, breakdown), {})
        parts.setdefault(tuple(codes[:axes]), {})[by_date[first]] = value
    ledger, rules = read_ledgers(today=today)
    return Counts(cells, counted, waiting, ledger, bands, schemes, rules)


def _states(months: Sequence[Month]) -> tuple[frozenset[Month], frozenset[Month]]:
    """Which of these months were counted, and which wait for a recount."""
    firsts = [month.first for month in months]
    marked = DirtyMonth.objects.filter(month__in=firsts).order_by().values_list("month", Value("", TextField()))
    counted = CountedMonth.objects.filter(month__in=firsts).order_by()
    states = list(counted.values_list("month", Cast("definitions", TextField())).union(marked.distinct(), all=True))
    return (
        frozenset(Month.containing(first) for first, digest in states if digest),
        frozenset(Month.containing(first) for first, digest in states if digest not in {definitions(), KEPT}),
    )


def read_ledger(*, today: date) -> Ledger:
    """The coverage ledger, as known on a day."""
    return read_ledgers(today=today)[0]


def read_ledgers(*, today: date) -> tuple[Ledger, Rules]:
    """The ledgers of coverage, as known on a day, and of counting rules: what was recorded, and counted how."""
    spans: dict[Dimension, list[Span]] = {}
    entries: dict[str, list[InForce]] = {}
    covered = CoveragePeriod.objects.order_by().values_list(
        Cast("dimension", TextField()), Value(0, IntegerField()), "from_date", "to_date"
    )
    ruled = CountingRule.objects.order_by().values_list(
        Cast("figure", TextField()), Cast("version", IntegerField()), "from_month", "to_month"
    )
    for name, version, first, last in covered.union(ruled, all=True):
        if version:
            until = Month.containing(last) if last else None
            entries.setdefault(name, []).append(InForce(version, Month.containing(first), until))
        else:
            spans.setdefault(Dimension(name), []).append(Span(first, last))
    return Ledger(spans, today), Rules(entries)


def freshness(*, now: datetime) -> Freshness:
    """As of when the counts are, and how many changes wait. Liveness of the counting is the age of the oldest."""
    found = DirtyMonth.objects.aggregate(since=Min("marked_at"), waiting=Count("pk"))
    return Freshness(found["since"] or now, found["waiting"])


def last_verification() -> Verification | None:
    """The last run of the independent recount."""
    return Verification.objects.order_by("-pk").first()


def open_work() -> OpenWork:
    """What is waiting, read from the records themselves: they are few, and it is exact."""
    to_refer = Q(referral_status=ReferralStatus.TO_REFER)
    referrals = Report.objects.waiting_on_referral()
    return OpenWork(
        to_triage=_waiting(Report.objects.to_triage()),
        to_refer=_waiting(referrals.filter(to_refer)),
        on_recipients=_waiting(referrals.exclude(to_refer)),
    )


def _waiting(reports: QuerySet[Report]) -> Waiting:
    found = reports.order_by().aggregate(reports=Count("pk"), oldest=Min("received_date"))
    return Waiting(**found)
