"""The door holds up every write to a month under a final release until that month is confirmed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.actions import findings, referrals, reports, triage
from cases.actions.closing import ClosedMonthError
from cases.actions.errors import ChangedMeanwhileError, NotAllowedError
from cases.actions.referrals import Answer, Sending
from cases.closed_months import CalendarMonth
from cases.models import AuditEvent, Finding, Referral, Report
from cases.transitions import TRANSITIONS, Verb
from hotline.accounts.permissions import Role
from tests import make
from tests.published import release

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY, MARCH = (CalendarMonth(2026, month) for month in (1, 2, 3))
TENTH = date(2026, 1, 10)


def written() -> list:
    """All that a write could have left, in full."""
    tables = (Report, Finding, Referral, AuditEvent)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def by_verb(report: Report, verb: Verb) -> Report:
    """The report, in a state from which this verb leads on."""
    start = next(state for state, found in TRANSITIONS if found == verb)
    Report.objects.filter(pk=report.pk).update(state=start)
    report.refresh_from_db()
    return report


@dataclass
class Edit:
    """A write, what it needs, and the months it touches with what it does to them (zeros left out)."""

    do: Callable[..., object]
    changes: dict[CalendarMonth, dict[str, int]]


@pytest.fixture
def person(db):
    return make.user(Role.LEAD)


def received(person, **fields) -> Report:
    return make.report(received_date=TENTH, by=person, **fields)


def assessed(person) -> Report:
    return make.report(make.tally(url_count=7), make.tally("not_found", 3), received_date=TENTH, by=person)


def referred(person) -> tuple[Report, Referral]:
    report = assessed(person)
    sending = Sending(recipient=make.recipient(), url_count=7, sent_date=date(2026, 2, 3))
    return report, referrals.send(by=person, now=make.NOW, report=report, sending=sending)


def logging(person) -> Edit:
    intake = make.intake(received_date=TENTH, url_count=10)
    tallies = [make.tally(url_count=4), make.tally("not_found", 1)]
    return Edit(
        lambda **more: reports.log(by=person, now=make.NOW, intake=intake, tallies=tallies, **more),
        {JANUARY: {"reports": 1, "urls": 10, "urls_assessed": 5, "urls_confirmed": 4}},
    )


def amending_the_date(person) -> Edit:
    report = assessed(person)
    Report.objects.filter(pk=report.pk).update(state="in_triage")
    report.refresh_from_db()
    intake = make.intake(received_date=date(2026, 2, 1), url_count=12)
    return Edit(
        lambda **more: reports.amend(by=person, now=make.NOW, report=report, intake=intake, **more),
        {
            JANUARY: {"reports": -1, "urls": -10, "urls_assessed": -10, "urls_confirmed": -7},
            FEBRUARY: {"reports": 1, "urls": 12, "urls_assessed": 10, "urls_confirmed": 7},
        },
    )


def amending_the_number(person) -> Edit:
    report = received(person)
    intake = make.intake(received_date=TENTH, url_count=15)
    return Edit(
        lambda **more: reports.amend(by=person, now=make.NOW, report=report, intake=intake, **more),
        {JANUARY: {"urls": 5}},
    )


def amending_the_source(person) -> Edit:
    report = received(person)
    intake = make.intake(received_date=TENTH, source="police")
    return Edit(
        lambda **more: reports.amend(by=person, now=make.NOW, report=report, intake=intake, **more), {JANUARY: {}}
    )


def adding_findings(person) -> Edit:
    report = by_verb(received(person), Verb.ASSESS)
    tallies = [make.tally(url_count=6), make.tally("not_illegal", 1)]
    return Edit(
        lambda **more: findings.replace(by=person, now=make.NOW, report=report, tallies=tallies, **more),
        {JANUARY: {"urls_assessed": 7, "urls_confirmed": 6}},
    )


def replacing_a_detail(person) -> Edit:
    report = by_verb(make.report(make.tally(url_count=10), received_date=TENTH, by=person), Verb.ASSESS)
    tallies = [make.tally(url_count=10, sex="girls")]
    return Edit(
        lambda **more: triage.decide(by=person, now=make.NOW, report=report, tallies=tallies, **more), {JANUARY: {}}
    )


def replacing_the_findings_of_what_was_sent(person) -> Edit:
    report, _referral = referred(person)
    by_verb(report, Verb.ASSESS)
    tallies = [make.tally("confirmed_national", url_count=9)]
    return Edit(
        lambda **more: findings.replace(by=person, now=make.NOW, report=report, tallies=tallies, **more),
        {JANUARY: {"urls_assessed": -1, "urls_confirmed": 2}, FEBRUARY: {}},
    )


def voiding(person) -> Edit:
    report, _referral = referred(person)
    return Edit(
        lambda **more: reports.void(by=person, now=make.NOW, report=report, **more),
        {
            JANUARY: {"reports": -1, "urls": -10, "urls_assessed": -10, "urls_confirmed": -7, "referred": -7},
            FEBRUARY: {"sent": -7},
        },
    )


def restoring(person) -> Edit:
    report, _referral = referred(person)
    reports.void(by=person, now=make.NOW, report=report)
    return Edit(
        lambda **more: reports.restore(by=person, now=make.NOW, report=report, **more),
        {
            JANUARY: {"reports": 1, "urls": 10, "urls_assessed": 10, "urls_confirmed": 7, "referred": 7},
            FEBRUARY: {"sent": 7},
        },
    )


def sending(person) -> Edit:
    report = assessed(person)
    what = Sending(recipient=make.recipient(), url_count=5, sent_date=date(2026, 2, 3))
    return Edit(
        lambda **more: referrals.send(by=person, now=make.NOW, report=report, sending=what, **more),
        {JANUARY: {"referred": 5}, FEBRUARY: {"sent": 5}},
    )


def answering(person) -> Edit:
    report, referral = referred(person)
    answer = Answer(acknowledged_date=None, acted_date=date(2026, 3, 1), action="removed")
    return Edit(
        lambda **more: referrals.answer(
            by=person, now=make.NOW, report=report, referral=referral, answer=answer, **more
        ),
        {JANUARY: {"acted_on": 7}, FEBRUARY: {"removed": 7}},
    )


EDITS = [
    logging,
    amending_the_date,
    amending_the_number,
    amending_the_source,
    adding_findings,
    replacing_a_detail,
    replacing_the_findings_of_what_was_sent,
    voiding,
    restoring,
    sending,
    answering,
]
every_edit = pytest.mark.parametrize("made", EDITS)


def changes_of(error: ClosedMonthError) -> dict[CalendarMonth, dict[str, int]]:
    return {
        month: {count.value: amount for (there, count), amount in error.change.items() if there == month and amount}
        for month in error.months
    }


@every_edit
def test_an_open_month_is_written_without_asking(person, made):
    edit = made(person)
    release("2026-01", "provisional")
    release("2025")
    before = written()
    edit.do()
    assert written() != before


@every_edit
def test_closed_months_are_not_written_and_what_the_edit_does_is_told(person, made):
    edit = made(person)
    release("2026-Q1")
    before = written()
    with pytest.raises(ClosedMonthError) as held:
        edit.do()
    assert written() == before
    assert changes_of(held.value) == edit.changes
    assert [closing.number for closing in held.value.closings] == [1]


@every_edit
def test_closed_months_that_are_confirmed_are_written(person, made):
    edit = made(person)
    release("2026-Q1")
    before = written()
    edit.do(confirmed=frozenset(edit.changes))
    assert written() != before


@every_edit
def test_another_month_confirmed_is_not_this_one(person, made):
    edit = made(person)
    release("2026-Q1")
    before = written()
    for left_out in edit.changes:
        with pytest.raises(ClosedMonthError) as held:
            edit.do(confirmed={MARCH, *edit.changes} - {left_out})
        # All of them: what is confirmed next time must hold each.
        assert held.value.months == sorted(edit.changes)
    assert written() == before


@every_edit
def test_one_closed_month_of_two_is_asked_about_alone(person, made):
    edit = made(person)
    closed = max(edit.changes)
    release(str(closed))
    with pytest.raises(ClosedMonthError) as held:
        edit.do()
    assert changes_of(held.value) == {closed: edit.changes[closed]}


@every_edit
def test_what_is_told_is_what_happens(person, made):
    """The counts, taken from the rows by SQL of this test's own, before and after the edit."""
    edit = made(person)
    before = counted()
    edit.do()
    after = counted()
    assert {
        month: {name: amount - before.get((month, name), 0)
                for (there, name), amount in after.items() if there == month and amount != before.get((month, name), 0)}
        for month in edit.changes
    } == edit.changes  # fmt: skip


def counted() -> dict[tuple[CalendarMonth, str], int]:
    parts = {
        "reports": ("r.received_date", "count(*)", ""),
        "urls": ("r.received_date", "sum(r.url_count)", ""),
        "urls_assessed": ("r.received_date", "sum(f.url_count)", "JOIN cases_finding f ON f.report_id = r.id"),
        "urls_confirmed": (
            "r.received_date",
            "sum(f.url_count)",
            "JOIN cases_finding f ON f.report_id = r.id AND f.counts_as = 'confirmed'",
        ),
        "referred": ("r.received_date", "sum(p.url_count)", "JOIN cases_referral p ON p.report_id = r.id"),
        "acted_on": (
            "r.received_date",
            "sum(p.url_count)",
            "JOIN cases_referral p ON p.report_id = r.id AND p.action IN ('removed', 'disabled', 'restricted')",
        ),
        "sent": ("p.sent_date", "sum(p.url_count)", "JOIN cases_referral p ON p.report_id = r.id"),
        "removed": (
            "p.sent_date",
            "sum(p.url_count)",
            "JOIN cases_referral p ON p.report_id = r.id AND p.action IN ('removed', 'disabled')",
        ),
    }
    found = {(month, name): 0 for month in (JANUARY, FEBRUARY, MARCH) for name in parts}
    with connection.cursor() as cursor:
        for name, (day, amount, join) in parts.items():
            cursor.execute(
                f"SELECT extract(year FROM {day})::int, extract(month FROM {day})::int, {amount}"
                f" FROM cases_report r {join} WHERE r.state <> 'void' GROUP BY 1, 2"
            )
            found |= {(CalendarMonth(year, month), name): int(total) for year, month, total in cursor.fetchall()}
    return found


def test_steps_that_change_no_count_are_not_held_up(person):
    release("2026-Q1")
    other = {Verb.TAKE, Verb.PUT_BACK, Verb.FINISH, Verb.CLOSE, Verb.REOPEN}
    asking = {Verb.AMEND, Verb.ASSESS, Verb.REFER, Verb.VOID, Verb.RESTORE}
    assert other | asking == set(Verb)
    for verb in other:
        report = by_verb(assessed(person), verb)
        Report.objects.filter(pk=report.pk).update(referral_status="completed")
        report.refresh_from_db()
        getattr(reports, verb.value)(by=person, now=make.NOW, report=report)


def test_saving_what_is_there_already_is_not_held_up(person):
    report, referral = referred(person)
    release("2026-Q1")
    by_verb(report, Verb.ASSESS)
    intake = make.intake(received_date=TENTH, url_count=10)
    reports.amend(by=person, now=make.NOW, report=report, intake=intake)
    tallies = [make.tally("not_found", 3), make.tally(url_count=7)]
    findings.replace(by=person, now=make.NOW, report=report, tallies=tallies)
    by_verb(report, Verb.REFER)
    referrals.answer(by=person, now=make.NOW, report=report, referral=referral, answer=Answer())


def test_who_may_not_is_not_asked(person):
    report = received(person)
    release("2026-Q1")
    with pytest.raises(NotAllowedError):
        reports.void(by=make.user(Role.AUDITOR), now=make.NOW, report=report)


def test_a_confirmation_does_not_make_up_for_another_version(person):
    report = received(person)
    release("2026-Q1")
    report.version = 7
    with pytest.raises(ChangedMeanwhileError):
        reports.void(by=person, now=make.NOW, report=report, confirmed={JANUARY})


def test_logging_into_an_open_month_costs_one_indexed_query(person):
    edit = logging(person)
    with CaptureQueriesContext(connection) as asked:
        edit.do()
    with CaptureQueriesContext(connection) as sure:
        edit.do(confirmed={JANUARY})
    assert len(asked) == len(sure) + 1
    questions = [query["sql"] for query in asked if "stats_release" in query["sql"]]
    assert len(questions) == 1


def test_no_report_number_is_lost_by_asking(person):
    first = received(person)
    edit = logging(person)
    release("2026-Q1")
    with pytest.raises(ClosedMonthError):
        edit.do()
    assert edit.do(confirmed={JANUARY}).pk == first.pk + 1
