"""Records for the read side's tests, written as rows: what counts is what is in the tables, however it came there."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cases.codes import Dimension
from cases.models import CoveragePeriod, Finding, Outcome, Recipient, Referral, Report
from stats.models import MonthlyCount
from stats.periods import Month
from tests import make

NOW = datetime(2025, 3, 10, 11, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
TODAY = NOW.date()
MARCH = Month(2024, 3)


def report(day: str | date = "2024-03-05", **fields: Any) -> Report:
    """A report of 10 URLs from the public, not yet assessed."""
    received = date.fromisoformat(day) if isinstance(day, str) else day
    fields = {"source_id": "public", "url_count": 10, "reference_year": received.year} | fields
    return Report.objects.create(received_date=received, **fields)


def finding(of: Report, url_count: int = 1, outcome: str = "confirmed_baseline", **fields: Any) -> Finding:
    """A confirmed finding, its details not recorded unless given."""
    counts_as = Outcome.objects.get(pk=outcome).counts_as
    names = {name if name == "self_generated" else f"{name}_id": code for name, code in fields.items()}
    return Finding.objects.create(report=of, outcome_id=outcome, counts_as=counts_as, url_count=url_count, **names)


def recipient(name: str = "Example Hosting", kind: str = "hosting_provider") -> Recipient:
    """An organisation."""
    return make.recipient(name, kind)


def referral(of: Report, to: Recipient, url_count: int = 1, action: str | None = None, **fields: Any) -> Referral:
    """A referral sent and, with an action, answered the day the report came in."""
    fields = {"sent_date": of.received_date, "acted_date": of.received_date if action else None} | fields
    return Referral.objects.create(report=of, recipient=to, url_count=url_count, action=action, **fields)


def recorded(
    first: str, last: str | None = None, *, but: dict[Dimension, tuple[str, str | None]] | None = None
) -> None:
    """The ledger: every dimension from one day to another, but for some that have days of their own."""
    CoveragePeriod.objects.all().delete()
    for dimension in Dimension:
        start, end = (but or {}).get(dimension, (first, last))
        CoveragePeriod.objects.create(
            dimension=dimension,
            from_date=date.fromisoformat(start),
            to_date=date.fromisoformat(end) if end else None,
        )


def cells(month: Month = MARCH) -> dict[tuple[str, ...], int]:
    """What the rollup holds of a month: figure, breakdown and codes -> value; a third code only where there is one."""
    rows = MonthlyCount.objects.filter(month=month.first)
    values = rows.values_list("figure", "breakdown", "code_a", "code_b", "code_c", "value")
    return {(*key, third) if third else tuple(key): value for *key, third, value in values}


def part(figure: str, breakdown: str, *codes: str, month: Month = MARCH) -> int | None:
    """One cell of the rollup, None when there is none."""
    return cells(month).get((figure, breakdown, *codes, *[""] * (2 - len(codes))))
