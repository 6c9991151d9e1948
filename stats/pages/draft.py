"""What the page of a draft shows: what would be frozen, what to know before, and what it may be frozen as."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.codes import Dimension
from cases.models import Report
from hotline.days import hotline_day
from stats.building.breakdowns import as_told
from stats.counting.queries import read_ledger
from stats.coverage import Recorded
from stats.disclosure.tables import protect
from stats.models import DirtyMonth
from stats.pages.counts import Card
from stats.pages.releases import Line, headline_cards, hidden_cells, line_of
from stats.periods import Period
from stats.publication import HEADLINE, Reason, ReleaseFacts, ReleaseStatus
from stats.releases.draft import Draft, draft
from stats.releases.earlier import earlier_releases
from stats.releases.freeze import FreezeError, Wish, check
from stats.releases.reading import all_facts
from stats.tables import Table
from stats.words.presenters import month_label, number, passport_facts, period_label


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPage:
    """A period as it would be frozen now. ``refusals``: why it can not be frozen, where it can not be in any way."""

    period: Period
    name: str
    cards: list[Card]
    warnings: list[str]
    possible: list[ReleaseStatus]
    refusals: list[str]
    releases: list[Line]


def draft_page(period: Period, *, now: datetime) -> DraftPage:
    """A period's headline as it is counted now, exact."""
    today = hotline_day(now)
    found = draft(period, today=today)
    known = all_facts()
    possible, refusals = possible_statuses(period, known, now=now)
    passports = {declared.key: passport_facts(declared) for declared in as_told(_headline(found))}
    return DraftPage(
        period=period,
        name=period_label(period),
        cards=headline_cards(_headline(found), period, passports, ended=period.until <= today),
        warnings=list(_warnings(found, today=today)),
        possible=possible,
        refusals=[] if possible else refusals,
        releases=[line_of(facts) for facts in reversed(known) if facts.period == period],
    )


def possible_statuses(
    period: Period, known: "Sequence[ReleaseFacts]", *, now: datetime
) -> tuple[list[ReleaseStatus], list[str]]:
    """What a period may be frozen as, after the releases there are; and why not as anything else."""
    possible: list[ReleaseStatus] = []
    refusals: list[str] = []
    for status in ReleaseStatus:
        reason = Reason.CORRECTION if status is ReleaseStatus.REVISED else None  # any: that there is one is the rule
        try:
            check(Wish(period=period, status=status, reason=reason), list(known), now=now)
        except FreezeError as error:
            refusals.append(str(error))
        else:
            possible.append(status)
    return possible, list(dict.fromkeys(refusals))


def _headline(found: Draft) -> Table:
    return next(table for table in found.tables if table.key == HEADLINE)


def _warnings(found: Draft, *, today: date) -> Iterator[str]:
    """What to know before it is frozen; each a sentence."""
    if found.period.until > today:
        yield _("This period has not ended.")
    yield from _gaps(found.period, today=today)
    yield from _unfinished(found.period)
    hidden = _would_be_hidden(found)
    text = ngettext(
        "%(count)s number would be suppressed in what leaves the house.",
        "%(count)s numbers would be suppressed in what leaves the house.",
        hidden,
    )
    yield text % _count(hidden)


def _unfinished(period: Period) -> Iterator[str]:
    """What is still open of the period's reports, and not yet counted."""
    received = Report.objects.received_from(period.first, period.until)
    still_open = received.open().count()
    to_triage = received.to_triage().count()
    waiting = DirtyMonth.objects.filter(month__gte=period.first, month__lt=period.until).count()
    told = (
        (still_open, ngettext(
            "%(count)s report received in it is still open.",
            "%(count)s reports received in it are still open.",
            still_open,
        )),
        (to_triage, ngettext(
            "%(count)s of them is not yet assessed.", "%(count)s of them are not yet assessed.", to_triage
        )),
        (waiting, ngettext(
            "%(count)s change waits to be counted: that is done first.",
            "%(count)s changes wait to be counted: that is done first.",
            waiting,
        )),
    )  # fmt: skip
    yield from (text % _count(count) for count, text in told if count)


def _count(count: int) -> dict[str, str]:
    return {"count": number(count)}


def _gaps(period: Period, *, today: date) -> Iterator[str]:
    """Of each dimension that was not recorded throughout, in how many months it was."""
    ledger = read_ledger(today=today)
    begun = [month for month in period.months if month.first <= today]
    for dimension in Dimension:
        states = [ledger.recorded(dimension, month) for month in begun]
        if all(state is Recorded.FULL for state in states):
            continue
        partly = [month_label(month) for month, state in zip(begun, states, strict=True) if state is Recorded.PARTLY]
        text = _("%(dimension)s was recorded in full in %(full)s of %(of)s months.") % {
            "dimension": str(dimension.label).capitalize(),
            "full": number(states.count(Recorded.FULL)),
            "of": number(len(states)),
        }
        if partly:
            text += " " + _("In part: %(months)s.") % {"months": ", ".join(partly)}
        yield text


def _would_be_hidden(found: Draft) -> int:
    protected = protect(
        found.tables,
        period=found.period,
        threshold=settings.DISCLOSURE_THRESHOLD,
        earlier=earlier_releases(found.period),
    )
    return hidden_cells(protected.tables)
