"""Writes to the referrals of a report."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.actions import audit
from cases.actions.closing import NOTHING_CONFIRMED, Confirmed, ask_first, contribution_of
from cases.actions.door import check, pass_through
from cases.actions.errors import ActionError
from cases.actions.standing import restanding
from cases.closed_months import Sent
from cases.models import Recipient, Referral, Report
from cases.transitions import Verb
from hotline.days import hotline_day

if TYPE_CHECKING:
    from hotline.accounts.models import User


@dataclass(frozen=True, kw_only=True)
class Sending:
    """So many URLs, to whom, and on what day."""

    recipient: Recipient
    url_count: int
    sent_date: date


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a recipient answered so far: None is 'not yet'. ``acted_date`` and ``action`` come together."""

    acknowledged_date: date | None = None
    acted_date: date | None = None
    action: str | None = None


@transaction.atomic
def send(
    *, by: "User", now: datetime, report: Report, sending: Sending, confirmed: Confirmed = NOTHING_CONFIRMED
) -> Referral:
    """Pass URLs of an assessed report on to a recipient; the report is then referred.

    Raises ``ActionError`` naming field and rule, or that someone else was first; ``ClosedMonthError`` when the month
    the report came in or that of sending is closed and was not confirmed.
    """
    check(report, Verb.REFER, by)
    if not 1 <= sending.url_count <= report.url_count:
        field = "url_count"
        raise ActionError(field, "more_than_report", _("Give at least 1 and at most as many URLs as the report has."))
    _check_date("sent_date", sending.sent_date, earliest=report.received_date, today=hotline_day(now))
    _ask_first(report, None, Sent(sending.sent_date, sending.url_count, None), confirmed)
    referral = Referral.objects.create(
        report=report, recipient=sending.recipient, url_count=sending.url_count, sent_date=sending.sent_date
    )
    _pass(report, referral, "refer", {}, by=by, now=now)
    return referral


@transaction.atomic
def answer(
    *,
    by: "User",
    now: datetime,
    referral: Referral,
    report: Report,
    answer: Answer,
    confirmed: Confirmed = NOTHING_CONFIRMED,
) -> Referral:
    """Note what the recipient of a referral did; giving less than before takes it back.

    Raises ``ActionError`` naming field and rule, or that someone else was first; ``ClosedMonthError`` as for sending.
    """
    check(report, Verb.REFER, by)
    if (answer.acted_date is None) != (answer.action is None):
        field = "action" if answer.action is None else "acted_date"
        raise ActionError(field, "together", _("Give both the action and the day of it, or neither."))
    today = hotline_day(now)
    for name in ("acknowledged_date", "acted_date"):
        _check_date(name, getattr(answer, name), earliest=referral.sent_date, today=today)
    before = content(referral)
    if answer != Answer(**{field.name: before[field.name] for field in fields(Answer)}):
        old = Sent(referral.sent_date, referral.url_count, referral.action)
        _ask_first(report, old, old._replace(action=answer.action), confirmed)
    for name in ("acknowledged_date", "acted_date", "action"):
        setattr(referral, name, getattr(answer, name))
    # The last word is a person's from here on: no file takes it back (cases.importing.referrals).
    referral.import_batch = None
    referral.save(update_fields=["acknowledged_date", "acted_date", "action", "import_batch"])
    _pass(report, referral, "answer", before, by=by, now=now)
    return referral


def _ask_first(report: Report, old: Sent | None, new: Sent, confirmed: Confirmed) -> None:
    """Ask about the month the report came in, and the one of sending; ``old`` is what is in the database of ``new``."""
    before = contribution_of(report)
    others = list(before.sent)
    if old in others:
        others.remove(old)
    after = replace(before, sent=(*others, new))
    ask_first([report.received_date, new.sent_date], before=before, after=after, confirmed=confirmed)


def _check_date(field: str, day: date | None, *, earliest: date, today: date) -> None:
    if day is None:
        return
    if day > today:
        raise ActionError(field, "in_the_future", _("This day is yet to come."))
    if day < earliest:
        raise ActionError(field, "too_early", _("This day is before the step that comes first."))


def content(referral: Referral) -> dict[str, Any]:
    """A referral's fields by name, as they are stored."""
    return {
        "recipient": referral.recipient_id,
        "url_count": referral.url_count,
        "sent_date": referral.sent_date,
        "acknowledged_date": referral.acknowledged_date,
        "acted_date": referral.acted_date,
        "action": referral.action,
    }


def _pass(report: Report, referral: Referral, verb: str, before: dict[str, Any], *, by: "User", now: datetime) -> None:
    event = audit.Event(
        verb=verb,
        subject="referral",
        subject_key=str(referral.pk),
        report_id=report.pk,
        changes=audit.changes_between(before, content(referral)),
    )
    pass_through(report, Verb.REFER, by=by, now=now, set_fields=restanding(report), events=(event,))
