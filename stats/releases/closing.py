"""Which months are closed: those of a period that has a final release. The answer to :data:`cases.signals.closed_by`.

A provisional release closes nothing: it says itself that its numbers may change.
"""

from collections.abc import Collection
from typing import Any

from django.dispatch import receiver

from cases.closed_months import CalendarMonth, Closing
from cases.signals import closed_by
from stats.models import Release
from stats.periods import MONTHS_IN_YEAR, Month, Period
from stats.publication import ReleaseStatus
from stats.releases.reading import period_of
from stats.words.presenters import period_label

# As it stands, not put together anew: every write asks it.
_FINAL = "SELECT * FROM stats_release WHERE status <> %s AND first_month > %s AND first_month <= %s ORDER BY number"


@receiver(closed_by, dispatch_uid="stats.releases.closing")
def closing_releases(*, months: Collection[CalendarMonth], **_signal: Any) -> list[Closing]:
    """Of each period that holds some of these months, the final release that is in force. One indexed query."""
    wanted = {Month(*month): month for month in months}
    if not wanted:
        return []
    # No period is longer than a year: none that began before can reach the first month.
    releases = Release.objects.raw(
        _FINAL, [ReleaseStatus.PROVISIONAL.value, min(wanted).shift(-MONTHS_IN_YEAR).first, max(wanted).first]
    )
    in_force = {period_of(release): release for release in releases}
    return [
        _closing(period, release, frozenset(wanted[month] for month in period.months if month in wanted))
        for period, release in in_force.items()
        if not wanted.keys().isdisjoint(period.months)
    ]


def _closing(period: Period, release: Release, months: frozenset[CalendarMonth]) -> Closing:
    status = ReleaseStatus(release.status).label
    return Closing(
        number=release.number,
        period=period_label(period),
        status=f"{status} ({release.revision})" if release.revision else status,
        released_date=release.released_date,
        months=months,
    )
