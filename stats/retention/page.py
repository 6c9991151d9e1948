"""What the page of retention shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings

from cases.models import RetentionLimit, RetiredMonth
from hotline.retention_policy import POLICY, RULES, Rule
from stats.models import RetentionRun
from stats.periods import Month
from stats.retention.sweeps import SWEEPS, last_run
from stats.words.presenters import month_label

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule, and the tables it is the rule of, or of a part of."""

    rule: Rule
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SweepLine:
    """A sweep and its last run, if there was one."""

    label: "StrOrPromise"
    last: RetentionRun | None


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month whose records are gone."""

    name: str
    row: RetiredMonth


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPage:
    """``audit_years`` as the owner of the schema has written it down; None: for ever. So is ``report_years``."""

    rules: Sequence[RuleLine]
    sweeps: Sequence[SweepLine]
    months: Sequence[MonthLine]
    ran_at: datetime | None
    report_years: int | None
    audit_years: int | None


def retention_page() -> RetentionPage:
    """The policy, the last run and the months. Four queries."""
    last = last_run()
    return RetentionPage(
        rules=[
            RuleLine(rule, tuple(model for model, rules in POLICY.items() if key in rules))
            for key, rule in RULES.items()
        ],
        sweeps=[SweepLine(sweep.label, last.get(sweep.key)) for sweep in SWEEPS],
        months=[MonthLine(month_label(Month.containing(row.month)), row) for row in RetiredMonth.objects.all()],
        ran_at=max((row.finished_at for row in last.values()), default=None),
        report_years=settings.RETENTION_YEARS,
        audit_years=RetentionLimit.objects.values_list("audit_years", flat=True).first(),
    )
