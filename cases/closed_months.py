"""Months whose figures have been published as final, and what an edit does to them. A leaf.

``cases`` asks whether a month is closed and does not know who answers (:data:`cases.signals.closed_by`): with nobody
to answer, no month is.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.codes import ActionTaken, CountsAs
from cases.signals import closed_by

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])\Z")
_REMOVED = (ActionTaken.REMOVED, ActionTaken.DISABLED)
_ACTED = (*_REMOVED, ActionTaken.RESTRICTED)


class CalendarMonth(NamedTuple):
    """A month of the calendar; as text ``2024-03``."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @classmethod
    def containing(cls, day: date) -> Self:
        """The month a day is in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The month that '2024-03' names.

        Raises ``ValueError`` for anything else, without repeating it.
        """
        found = _MONTH.match(text)
        if not found or found[1] == "0000":
            msg = "a month is written as 2024-03"
            raise ValueError(msg)
        return cls(int(found[1]), int(found[2]))

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)


class EveryMonth:
    """Confirms whatever month is asked about: for who can not be asked, such as the loader of the demo."""

    def __contains__(self, _month: object) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A published release that is final and holds some of the months asked about, and those months."""

    number: int
    period: "StrOrPromise"
    status: "StrOrPromise"
    released_date: date
    months: frozenset[CalendarMonth]


def closings_of(months: Collection[CalendarMonth]) -> tuple[Closing, ...]:
    """The releases that close any of these months, as they are in the database at this moment; by number."""
    answers: Any = closed_by.send(sender=None, months=frozenset(months))
    closings: list[Closing] = [closing for _receiver, found in answers for closing in found]
    return tuple(sorted(closings, key=lambda closing: closing.number))


class Count(TextChoices):
    """The counts of a month that an edit can change. The first four are told always."""

    REPORTS = "reports", _("Reports")
    URLS = "urls", _("URLs reported")
    URLS_ASSESSED = "urls_assessed", _("URLs assessed")
    URLS_CONFIRMED = "urls_confirmed", _("URLs confirmed")
    REFERRED = "referred", _("URLs referred")
    ACTED_ON = "acted_on", _("URLs acted on")
    SENT = "sent", _("URLs sent")
    REMOVED = "removed", _("URLs removed")


TOLD_ALWAYS = (Count.REPORTS, Count.URLS, Count.URLS_ASSESSED, Count.URLS_CONFIRMED)
# How much of each count of a month; of a change, how much more or, negative, less.
Counts = Counter[tuple[CalendarMonth, Count]]


class Assessed(NamedTuple):
    """So many URLs of a report, and what their outcome counts as."""

    counts_as: str
    url_count: int


class Sent(NamedTuple):
    """So many URLs of a report passed on, when, and what came of it (None: nothing yet)."""

    sent_date: date
    url_count: int
    action: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What a report that is not void adds to the figures, as far as the counts of :class:`Count` go."""

    received_date: date
    url_count: int
    assessed: tuple[Assessed, ...] = ()
    sent: tuple[Sent, ...] = ()

    @property
    def days(self) -> tuple[date, ...]:
        """The days by which it is counted."""
        return (self.received_date, *(sent.sent_date for sent in self.sent))

    @property
    def counts(self) -> Counts:
        """How much it adds to which month."""
        counts: Counts = Counter()
        for day, count, amount in self._amounts():
            counts[CalendarMonth.containing(day), count] += amount
        return counts

    def _amounts(self) -> Iterator[tuple[date, Count, int]]:
        received = self.received_date
        yield received, Count.REPORTS, 1
        yield received, Count.URLS, self.url_count
        for assessed in self.assessed:
            yield received, Count.URLS_ASSESSED, assessed.url_count
            if assessed.counts_as == CountsAs.CONFIRMED:
                yield received, Count.URLS_CONFIRMED, assessed.url_count
        for sent in self.sent:
            yield received, Count.REFERRED, sent.url_count
            yield sent.sent_date, Count.SENT, sent.url_count
            if sent.action in _ACTED:
                yield received, Count.ACTED_ON, sent.url_count
            if sent.action in _REMOVED:
                yield sent.sent_date, Count.REMOVED, sent.url_count


def change_between(before: Contribution | None, after: Contribution | None) -> Counts:
    """What becomes of the counts; None where the report is not counted."""
    change: Counts = after.counts if after else Counter()
    change.subtract(before.counts if before else Counter())
    return change
