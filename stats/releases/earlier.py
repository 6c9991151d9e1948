"""The releases that a new one could be subtracted from."""

from stats.disclosure.tables import Earlier
from stats.models import Release
from stats.periods import MONTHS_IN_YEAR, Period
from stats.releases.reading import period_of, tables_of


def earlier_releases(period: Period) -> list[Earlier]:
    """Every release that shares a month with this period or with the one it is compared with, exact."""
    # No period is longer than a year, so none that begins earlier than that reaches in.
    near = Release.objects.filter(
        first_month__gt=period.before.start.shift(-MONTHS_IN_YEAR).first, first_month__lt=period.until
    ).order_by("number")
    releases = [
        release for release in near if period_of(release).overlaps(period) or period_of(release).overlaps(period.before)
    ]
    return [
        Earlier(release.number, period_of(release), tuple(tables))
        for release, tables in zip(releases, tables_of(releases).values(), strict=True)
    ]
