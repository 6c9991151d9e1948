"""The codes that a file may use, read once for each import. Codes no longer offered are good: a file is history."""

from dataclasses import dataclass
from typing import NamedTuple

from cases.codes import UNDETERMINED
from cases.models import AgeSchemeBand, HostingCountry, Outcome, Sex, SiteType, Source


class OutcomeMeaning(NamedTuple):
    """What the checks need of an outcome."""

    counts_as: str
    precedence: int


@dataclass(frozen=True, kw_only=True)
class KnownCodes:
    """Every list; ``age_bands`` by first and last year as they are written."""

    sources: frozenset[str]
    outcomes: dict[str, OutcomeMeaning]
    sexes: frozenset[str]
    age_bands: dict[tuple[str, str], str]
    hosting_countries: frozenset[str]
    site_types: frozenset[str]


def read_codes() -> KnownCodes:
    """The lists as they are now."""
    bands = AgeSchemeBand.objects.values_list("band_id", "band__from_year", "band__to_year").order_by().distinct()
    return KnownCodes(
        sources=frozenset(Source.objects.values_list("pk", flat=True)),
        outcomes={
            code: OutcomeMeaning(counts_as, precedence)
            for code, counts_as, precedence in Outcome.objects.values_list("pk", "counts_as", "precedence")
        },
        sexes=frozenset(Sex.objects.values_list("pk", flat=True)),
        age_bands={
            **{(str(first), str(last)): code for code, first, last in bands if first is not None},
            (UNDETERMINED, UNDETERMINED): UNDETERMINED,
            (UNDETERMINED, ""): UNDETERMINED,
        },
        hosting_countries=frozenset(HostingCountry.objects.values_list("pk", flat=True)),
        site_types=frozenset(SiteType.objects.values_list("pk", flat=True)),
    )
