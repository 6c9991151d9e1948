"""The one place where a write to a month that has been published as final is held up until it is confirmed.

Every action that changes what a month counts calls :func:`ask_first` inside its transaction and before it writes.
So a release that was made since the page was drawn is seen, and nothing has to be undone: no report number is lost.
"""

from collections.abc import Container, Iterable, Sequence
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.actions.errors import ActionError, RetiredMonthError
from cases.closed_months import (
    Assessed,
    CalendarMonth,
    Closing,
    Contribution,
    Counts,
    Sent,
    change_between,
    closings_of,
)
from cases.models import Report
from cases.retired import retired_among

# The months that the writer has confirmed.
Confirmed = Container[CalendarMonth]
# No record is removed before its month ended a year ago.
YOUNGER_ARE_KEPT = timedelta(days=365)
NOTHING_CONFIRMED: Confirmed = frozenset[CalendarMonth]()


class ClosedMonthError(ActionError):
    """The edit changes a month of a final release, and that was not confirmed. Nothing was written.

    ``months`` are all closed months the edit touches, in order: confirming it takes all of them. ``change`` is what
    it would do to the counts of these and other months.
    """

    def __init__(self, closings: Sequence[Closing], months: Sequence[CalendarMonth], change: Counts) -> None:
        super().__init__("", "closed_month", _("This changes a month whose figures are final. Confirm that first."))
        self.closings = closings
        self.months = months
        self.change = change


def ask_first(
    days: Iterable[date], *, before: Contribution | None, after: Contribution | None, confirmed: Confirmed
) -> None:
    """Refuse an edit that touches these days when one is in a closed month that was not confirmed.

    ``before`` and ``after`` are what the report contributes (None: not counted), for what the edit will do. One
    indexed query, and none when every month is confirmed.

    An edit that has passed here and is committed while a release is being made shows as a difference of that release
    like any other; writers do not wait for a release.

    Raises ``ClosedMonthError``; ``RetiredMonthError`` for a month whose records were removed, confirmed or not.
    """
    days = tuple(days)
    refuse_retired(days)
    months = {CalendarMonth.containing(day) for day in days}
    if all(month in confirmed for month in months):
        return
    closings = closings_of(months)
    closed = sorted(months & {month for closing in closings for month in closing.months})
    if all(month in confirmed for month in closed):
        return
    raise ClosedMonthError(closings, closed, change_between(before, after))


def refuse_retired(days: Iterable[date]) -> None:
    """Refuse what is written in months whose records were removed. No query for days of the last year.

    Raises ``RetiredMonthError``.
    """
    old = [day for day in days if day < timezone.localdate() - YOUNGER_ARE_KEPT]
    if old and retired_among(old):
        raise RetiredMonthError


def contribution_of(report: Report) -> Contribution:
    """What a report and its parts contribute as they are stored; its own row as it was read. Two queries."""
    return Contribution(
        received_date=report.received_date,
        url_count=report.url_count,
        assessed=tuple(Assessed(*row) for row in report.findings.values_list("counts_as", "url_count")),
        sent=sent_of(report),
    )


def sent_of(report: Report) -> tuple[Sent, ...]:
    """What was sent of a report. One query."""
    return tuple(Sent(*row) for row in report.referrals.values_list("sent_date", "url_count", "action"))
