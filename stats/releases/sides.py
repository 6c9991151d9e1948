"""A release, or what is counted now, as one side of a comparison."""

from datetime import datetime

from hotline.days import hotline_day
from stats.building.breakdowns import as_told
from stats.counting.rollups import settle
from stats.periods import Period
from stats.publication import PassportText, Publication, Reason
from stats.releases.compare import Difference, Side, differences
from stats.releases.draft import draft
from stats.releases.reading import publication_of


class DifferentPeriodsError(ValueError):
    """Two releases of different periods can not be compared."""


def since_release(number: int, *, now: datetime) -> list[Difference]:
    """What differs between a release and what is counted now, exact. Raises ``UnknownReleaseError``."""
    old = side_of(publication_of(number, exact=True))
    return differences(old, side_now(old.period, now=now))


def between_releases(first: int, second: int) -> list[Difference]:
    """What differs between two releases of one period, exact.

    Raises ``UnknownReleaseError`` and ``DifferentPeriodsError``.
    """
    old, new = (publication_of(number, exact=True) for number in (first, second))
    return between(old, new)


def between(old: Publication, new: Publication, *, published: bool = False) -> list[Difference]:
    """What differs between two publications of one period; ``published``: read from them alone.

    Raises ``DifferentPeriodsError``.
    """
    if old.facts.period != new.facts.period:
        raise DifferentPeriodsError
    reason: Reason | None = new.facts.reason
    return differences(side_of(old), side_of(new), reason=reason, published=published)


def side_of(publication: Publication) -> Side:
    """A publication as a side."""
    return Side(
        period=publication.facts.period,
        tables=publication.tables,
        passports=publication.passports,
        at=publication.facts.released_at,
    )


def side_now(period: Period, *, now: datetime) -> Side:
    """What is counted now, after a recount of what waits, as a side."""
    settle(period.months, now=now)
    found = draft(period, today=hotline_day(now))
    passports = (
        PassportText(
            key=declared.key,
            label=declared.label,
            unit=declared.unit,
            numerator=declared.numerator,
            denominator=declared.denominator,
            rule=declared.rule,
            requires=declared.requires,
        )
        for declared in as_told(found.tables[0])
    )
    return Side(period=period, tables=found.tables, passports=tuple(passports), at=now)
