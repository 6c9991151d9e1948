"""What the administration page of published totals shows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stats.models import PublishedTotal
from stats.presenters import unit_label, year_label
from stats.published_figures import PUBLISHED

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
