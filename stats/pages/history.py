"""What the administration pages of published totals and of counting rules show."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stats.figures import COUNTED, FIGURES, VERSIONS
from stats.models import CountingRule, PublishedTotal
from stats.published_figures import PUBLISHED
from stats.rules import version_key
from stats.words.presenters import month_label, unit_label, year_label

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class TotalLine:
    """One published total, in words."""

    key: int
    year: str
    figure: "StrOrPromise"
    value: int
    unit: str
    source: str


def total_lines() -> list[TotalLine]:
    """Every published total, the last year first; of one year by source, then in the order of the figures."""
    places = list(PUBLISHED)
    rows = sorted(
        PublishedTotal.objects.all(),
        key=lambda row: (-row.first_month.toordinal(), row.source, places.index(row.figure)),
    )
    return [
        TotalLine(
            key=row.pk,
            year=year_label(row.year),
            figure=PUBLISHED[row.figure].label,
            value=row.value,
            unit=unit_label(PUBLISHED[row.figure].unit),
            source=row.source,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry of the ledger; ``last`` '' is until further notice."""

    key: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One version of a figure's counting rule, and when it is in force."""

    figure: "StrOrPromise"
    version: int
    rule: "StrOrPromise"
    entries: list[EntryLine]


def rule_lines() -> list[RuleLine]:
    """Every version of the figures that have several."""
    entries = list(CountingRule.objects.order_by("from_month", "pk"))
    return [
        RuleLine(
            figure=FIGURES[figure].label,
            version=version,
            rule=COUNTED[version_key(figure, version)].rule,
            entries=[_entry(entry) for entry in entries if (entry.figure, entry.version) == (figure, version)],
        )
        for figure, version in VERSIONS
    ]


def _entry(entry: CountingRule) -> EntryLine:
    return EntryLine(entry.pk, month_label(entry.first), month_label(entry.last) if entry.last else "")
