"""Which figures a published total may be of: every declared count, and some that only past publications give. Pure.

A share is none: published shares seldom say what they are a share of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from stats.declarations import Unit
from stats.figures import FIGURES
from stats.periods import Year

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Nobody counts more in a year (NCMEC's 36 million reports are the most so far), and no telephone number fits.
MAX_TOTAL = 999_999_999


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFigure:
    """A figure as others publish it: its key, its label and what it is a number of."""

    key: str
    label: "StrOrPromise"
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A published total: a year, a figure's key, its value, and who published it."""

    year: Year
    figure: str
    value: int
    source: str

    @property
    def key(self) -> tuple[Year, str, str]:
        """What there can be one total of."""
        return self.year, self.figure, self.source


# Figures that are not counted here, and are known from what was published.
HISTORICAL_ONLY: tuple[PublishedFigure, ...] = (
    PublishedFigure(key="urls_new", label=_("New URLs"), unit=Unit.URLS),
    PublishedFigure(
        key="urls_confirmed_hosted_in_country", label=_("URLs confirmed, hosted in the country"), unit=Unit.URLS
    ),
    PublishedFigure(key="urls_confirmed_hosted_abroad", label=_("URLs confirmed, hosted abroad"), unit=Unit.URLS),
)

PUBLISHED: Mapping[str, PublishedFigure] = {
    figure.key: figure
    for figure in (
        *(PublishedFigure(key=found.key, label=found.label, unit=found.unit) for found in FIGURES.values()),
        *HISTORICAL_ONLY,
    )
}
