"""Referrals, and the referral status that follows from them."""

from datetime import date

import pytest

from cases.actions import referrals, reports
from cases.actions.derive import Part, Passing, derive_referral_status
from cases.actions.errors import ActionError
from cases.actions.referrals import Answer, Sending
from tests import make

NOW = make.NOW
SENT, WAITING = Passing(is_acknowledged=False, action=None), Passing(is_acknowledged=True, action=None)
REMOVED, REFUSED = Passing(is_acknowledged=True, action="removed"), Passing(is_acknowledged=True, action="refused")
CONFIRMED, OTHER = Part("confirmed_baseline", "confirmed", 3), Part("not_found", "unassessable", 3)


@pytest.mark.parametrize(
    ("parts", "passings", "status"),
    [
        ([], [], "not_needed"),
        ([OTHER], [], "not_needed"),
        ([CONFIRMED], [], "to_refer"),
        ([CONFIRMED], [SENT], "referred"),
        ([CONFIRMED], [SENT, WAITING], "referred"),
        ([CONFIRMED], [REMOVED, WAITING], "acknowledged"),
        ([CONFIRMED], [REMOVED, REFUSED], "completed"),
        ([CONFIRMED], [REFUSED, REFUSED], "refused"),
    ],
)
def test_referral_status_is_that_of_the_referral_that_came_least_far(parts, passings, status):
    assert derive_referral_status(parts, passings) == status


def test_referral_status_of_a_report_closed_elsewhere_is_not_recorded():
    assert derive_referral_status([CONFIRMED], [], is_recorded=False) is None


@pytest.fixture
def assessed(analyst):
    return make.report(make.tally(url_count=10), by=analyst)


def send(report, by, **fields):
    sending = {"recipient": make.recipient(), "url_count": 10, "sent_date": date(2026, 3, 2), **fields}
    return referrals.send(by=by, now=NOW, report=report, sending=Sending(**sending))


def test_sending_makes_the_report_referred(assessed, analyst):
    send(assessed, analyst)
    assessed.refresh_from_db()
    assert (assessed.state, assessed.referral_status) == ("referred", "referred")


def test_answers_carry_the_status_on_until_the_report_can_be_closed(assessed, analyst):
    referral = send(assessed, analyst)
    for answer, status in (
        (Answer(acknowledged_date=date(2026, 3, 3)), "acknowledged"),
        (Answer(acknowledged_date=date(2026, 3, 3), acted_date=date(2026, 3, 4), action="removed"), "completed"),
        (Answer(), "referred"),
    ):
        referrals.answer(by=analyst, now=NOW, referral=referral, report=assessed, answer=answer)
        assert assessed.referral_status == status
    assert reports.close(by=analyst, now=NOW, report=assessed).state == "closed"


@pytest.mark.parametrize(
    ("fields", "field", "rule"),
    [
        ({"url_count": 11}, "url_count", "more_than_report"),
        ({"url_count": 0}, "url_count", "more_than_report"),
        ({"sent_date": date(2026, 3, 11)}, "sent_date", "in_the_future"),
        ({"sent_date": date(2026, 2, 28)}, "sent_date", "too_early"),
    ],
)
def test_sending_that_breaks_a_rule_is_refused(assessed, analyst, fields, field, rule):
    with pytest.raises(ActionError) as caught:
        send(assessed, analyst, **fields)
    assert (caught.value.field, caught.value.rule) == (field, rule)


@pytest.mark.parametrize(
    ("answer", "field", "rule"),
    [
        (Answer(acted_date=date(2026, 3, 4)), "action", "together"),
        (Answer(action="removed"), "acted_date", "together"),
        (Answer(acted_date=date(2026, 3, 1), action="removed"), "acted_date", "too_early"),
        (Answer(acknowledged_date=date(2026, 3, 11)), "acknowledged_date", "in_the_future"),
    ],
)
def test_answer_that_breaks_a_rule_is_refused(assessed, analyst, answer, field, rule):
    referral = send(assessed, analyst)
    with pytest.raises(ActionError) as caught:
        referrals.answer(by=analyst, now=NOW, referral=referral, report=assessed, answer=answer)
    assert (caught.value.field, caught.value.rule) == (field, rule)
