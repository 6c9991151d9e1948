"""Referrals of the made-up years: to whom confirmed URLs were sent, when, and what became of them.

Of a sample of the closed reports with confirmed URLs, written by COPY. Reports and findings stay as they are; only what
follows from a referral, the report's referral status, is written with it.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from random import Random
from typing import Any, NamedTuple

from django.db import connection

from cases.actions import audit
from cases.actions.derive import Part, Passing, derive_referral_status
from cases.actions.import_coverage import extend_ledger
from cases.codes import ActionTaken, CountsAs, Dimension, RecipientKind
from cases.demo.plan import YEARS
from cases.models import ImportBatch, Recipient
from hotline.days import hotline_day

# One in so many of the reports that could have been sent on.
SAMPLE = 16
# Days after receipt -> how often it was sent then.
SENT_AFTER = {0: 62, 1: 21, 2: 8, 3: 5, 5: 3, 9: 1}
# Days from sending to the answer, for each kind of recipient as quick as the next; None: no answer yet.
ANSWERED_AFTER: dict[str, dict[int | None, int]] = {
    RecipientKind.HOSTING_PROVIDER: {0: 24, 1: 27, 2: 14, 3: 9, 5: 8, 8: 6, 13: 4, 25: 3, 60: 1, 400: 1, None: 3},
    RecipientKind.PLATFORM: {0: 40, 1: 32, 2: 12, 4: 7, 9: 4, 30: 2, None: 3},
    RecipientKind.REGISTRAR: {1: 10, 3: 15, 6: 20, 11: 20, 20: 15, 45: 8, None: 12},
    RecipientKind.POLICE: {2: 6, 7: 12, 16: 18, 35: 14, 80: 8, None: 42},
    RecipientKind.PARTNER_HOTLINE: {0: 8, 1: 22, 2: 22, 4: 18, 7: 12, 15: 8, 40: 3, None: 7},
}
ACTIONS = {
    ActionTaken.REMOVED: 84,
    ActionTaken.DISABLED: 9,
    ActionTaken.RESTRICTED: 3,
    ActionTaken.NONE: 2,
    ActionTaken.REFUSED: 2,
}
# The host itself, or who else in the Netherlands can act.
DUTCH = {RecipientKind.HOSTING_PROVIDER: 88, RecipientKind.PLATFORM: 8, RecipientKind.REGISTRAR: 4}

CANDIDATES = """
SELECT r.id, r.received_date, f.hosting_country_id, sum(f.url_count)::int
FROM cases_report r JOIN cases_finding f ON f.report_id = r.id
WHERE r.id %% %s = 0 AND r.state = 'closed' AND r.referral_status IS NULL
  AND f.counts_as = 'confirmed' AND f.url_count > 0
GROUP BY 1, 2, 3 ORDER BY 1, 3
"""
COPY = (
    "COPY cases_referral (report_id, recipient_id, url_count, sent_date, acknowledged_date, acted_date, action)"
    " FROM STDIN"
)
STATUSES = """
UPDATE cases_report r SET referral_status = s.status
FROM unnest(%s::bigint[], %s::text[]) AS s (id, status) WHERE r.id = s.id
"""


class Passed(NamedTuple):
    """A referral as COPY takes it."""

    report_id: int
    recipient_id: int
    url_count: int
    sent_date: date
    acknowledged_date: date | None
    acted_date: date | None
    action: str | None


def write_history(recipients: Sequence[Recipient], *, now: datetime) -> int:
    """Write the referrals; returns how many. The ledger then holds that referrals were kept in all those years.

    Called within a transaction. One audit event, for the last import's batch, stands for all of them.
    """
    today = hotline_day(now)
    sender = _Sender(recipients, today)
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [SAMPLE])
        passed = [one for _id, rows in groupby(cursor.fetchall(), itemgetter(0)) for one in sender.send(list(rows))]
        with cursor.copy(COPY) as copy:
            for one in passed:
                copy.write_row(one)
        statuses = {report: _status(list(group)) for report, group in groupby(passed, itemgetter(0))}
        cursor.execute(STATUSES, [list(statuses), list(statuses.values())])
    firsts = [date(year, month, 1) for year in range(YEARS[0].year, today.year + 1) for month in range(1, 13)]
    extend_ledger(by=None, now=now, months={Dimension.REFERRALS: [first for first in firsts if first <= today]})
    batch = ImportBatch.objects.last()
    if passed and batch:
        changes = audit.changes_between({}, {"url_count": sum(one.url_count for one in passed)})
        event = audit.Event(verb="import", subject="import", subject_key=str(batch.pk), changes=changes)
        audit.record(event, by=None, now=now)
    return len(passed)


def _status(passed: Sequence[Passed]) -> str | None:
    parts = [Part("", CountsAs.CONFIRMED, one.url_count) for one in passed]
    passings = [Passing(one.acknowledged_date is not None, one.action) for one in passed]
    return derive_referral_status(parts, passings)


class _Sender:
    """Sends on by the Dutch routing rule: the host in the Netherlands, the hotline of the country, or the police."""

    def __init__(self, recipients: Sequence[Recipient], today: date) -> None:
        self.random = Random("history")  # noqa: S311 - made-up data, the same each time
        self.today = today
        self.by_kind = {kind: [one for one in recipients if one.kind == kind] for kind in RecipientKind}

    def send(self, rows: list[tuple[Any, ...]]) -> Iterator[Passed]:
        """The referrals of one report, from its confirmed URLs by hosting country."""
        parts: dict[Recipient, int] = {}
        for _id, _day, country, urls in rows:
            recipient = self._to_whom(country)
            parts[recipient] = parts.get(recipient, 0) + urls
        report, received, *_rest = rows[0]
        sent = min(received + timedelta(days=self._drawn(SENT_AFTER)), self.today)
        for recipient, urls in parts.items():
            yield Passed(report, recipient.pk, urls, sent, *self._answer(recipient, sent))

    def _to_whom(self, country: str | None) -> Recipient:
        if country == "NL":
            return self.random.choice(self.by_kind[self._drawn(DUTCH)])
        hotlines = [one for one in self.by_kind[RecipientKind.PARTNER_HOTLINE] if one.country_id == country]
        return (hotlines or self.by_kind[RecipientKind.POLICE])[0]

    def _answer(self, recipient: Recipient, sent: date) -> tuple[date | None, date | None, str | None]:
        """Acknowledged when, acted when, and how; not yet what would be in the future."""
        days = self._drawn(ANSWERED_AFTER[recipient.kind])
        action = self._drawn(ACTIONS).value
        acted = None if days is None else sent + timedelta(days=days)
        if acted is None or acted > self.today:
            acknowledged = sent if self.random.random() < 0.7 else None  # noqa: PLR2004 - seven of ten
            return acknowledged, None, None
        return min(acted, sent + timedelta(days=1)), acted, action

    def _drawn(self, weights: dict[Any, int]) -> Any:
        (drawn,) = self.random.choices(list(weights), list(weights.values()))
        return drawn
