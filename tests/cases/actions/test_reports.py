"""What the actions on reports write, refuse and leave behind."""

from datetime import date, datetime

import pytest

from cases.actions import reports
from cases.actions.errors import ActionError
from cases.models import AuditEvent, Report
from hotline.accounts.permissions import Role
from tests import make

pytestmark = pytest.mark.django_db
NOW = make.NOW


def test_report_without_tallies_is_received_and_with_no_one(analyst):
    report = reports.log(by=analyst, now=NOW, intake=make.intake())
    assert (report.state, report.assignee, report.outcome, report.referral_status) == (
        "received",
        None,
        None,
        "not_needed",
    )


def test_report_with_some_urls_left_is_in_triage_with_whoever_logged_it(analyst):
    report = make.report(make.tally(url_count=4), by=analyst)
    assert (report.state, report.assignee) == ("in_triage", analyst)


def test_report_with_all_urls_assessed_is_assessed_with_its_most_serious_outcome(analyst):
    report = make.report(
        make.tally("not_found", 7), make.tally("confirmed_national", 2), make.tally("not_illegal", 1), by=analyst
    )
    report.refresh_from_db()
    assert (report.state, report.outcome_id, report.referral_status) == ("assessed", "confirmed_national", "to_refer")


def test_reference_keeps_its_year_when_the_date_is_put_right(analyst):
    report = make.report(by=analyst, received_date=date(2026, 1, 1))
    reference = report.reference
    reports.amend(by=analyst, now=NOW, report=report, intake=make.intake(received_date=date(2025, 12, 31)))
    report.refresh_from_db()
    assert report.reference == reference == f"2026-{report.pk:07d}"
    assert report.received_date == date(2025, 12, 31)


@pytest.mark.parametrize(
    ("fields", "field", "rule"),
    [
        ({"received_date": date(2026, 3, 11)}, "received_date", "in_the_future"),
        ({"received_date": date(1989, 12, 31)}, "received_date", "too_early"),
        ({"url_count": -1}, "url_count", "out_of_range"),
        ({"url_count": 1_000_001}, "url_count", "out_of_range"),
    ],
)
def test_intake_breaking_a_rule_is_refused_and_nothing_is_written(analyst, fields, field, rule):
    with pytest.raises(ActionError) as caught:
        reports.log(by=analyst, now=NOW, intake=make.intake(**fields))
    assert (caught.value.field, caught.value.rule) == (field, rule)
    assert not Report.objects.exists()
    assert not AuditEvent.objects.exists()


def test_at_half_past_midnight_in_amsterdam_the_new_day_is_no_future(analyst):
    half_past_midnight = datetime(2026, 3, 1, 0, 30, tzinfo=make.AMSTERDAM)
    report = reports.log(by=analyst, now=half_past_midnight, intake=make.intake(received_date=date(2026, 3, 1)))
    assert report.received_date == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("tallies", "field", "rule"),
    [
        ([("confirmed_baseline", 11, {})], "findings", "too_many"),
        ([("not_illegal", 1, {"sex": "girls"})], "findings-0-sex", "only_confirmed"),
        (
            [("not_illegal", 1, {}), ("not_found", 1, {"self_generated": "no"})],
            "findings-1-self_generated",
            "only_confirmed",
        ),
    ],
)
def test_tallies_breaking_a_rule_are_refused(analyst, tallies, field, rule):
    with pytest.raises(ActionError) as caught:
        make.report(*[make.tally(outcome, count, **codes) for outcome, count, codes in tallies], by=analyst)
    assert (caught.value.field, caught.value.rule) == (field, rule)


def test_url_count_below_the_findings_is_refused(analyst):
    report = make.report(make.tally(url_count=6), by=analyst)
    with pytest.raises(ActionError) as caught:
        reports.amend(by=analyst, now=NOW, report=report, intake=make.intake(url_count=5))
    assert caught.value.rule == "below_findings"


def test_triage_can_not_be_finished_while_urls_are_left(analyst):
    report = make.report(make.tally(url_count=6), by=analyst)
    with pytest.raises(ActionError) as caught:
        reports.finish(by=analyst, now=NOW, report=report)
    assert caught.value.rule == "urls_left"


def test_report_with_confirmed_urls_not_referred_can_not_be_closed(analyst):
    report = make.report(make.tally(url_count=10), by=analyst)
    with pytest.raises(ActionError) as caught:
        reports.close(by=analyst, now=NOW, report=report)
    assert caught.value.rule == "to_refer"


def test_void_report_is_restored_by_a_lead_only(analyst, lead):
    report = make.report(by=analyst)
    reports.void(by=analyst, now=NOW, report=report)
    with pytest.raises(ActionError) as caught:
        reports.restore(by=analyst, now=NOW, report=report)
    assert caught.value.rule == "not_allowed"
    assert reports.restore(by=lead, now=NOW, report=report).state == "in_triage"


def test_every_write_leaves_one_event_of_its_own_with_before_and_after(analyst):
    report = make.report(make.tally("confirmed_baseline", 10, sex="girls"), by=analyst)
    events = list(AuditEvent.objects.filter(report_id=report.pk).values_list("actor", "verb", "subject", "changes"))
    assert events == [
        (
            analyst.reference,
            "log",
            "report",
            {
                "received_date": [None, "2026-03-01"],
                "source": [None, "public"],
                "url_count": [None, "10"],
                "state": [None, "assessed"],
                "outcome": [None, "confirmed_baseline"],
                "referral_status": [None, "to_refer"],
            },
        ),
        (
            analyst.reference,
            "assess",
            "finding",
            {"outcome": [None, "confirmed_baseline"], "url_count": [None, "10"], "sex": [None, "girls"]},
        ),
    ]
    reports.reopen(by=analyst, now=NOW, report=report)
    last = AuditEvent.objects.latest("pk")
    assert (last.verb, last.changes) == ("reopen", {"state": ["assessed", "in_triage"]})


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.READER])
def test_roles_that_do_not_triage_can_not_log(role):
    with pytest.raises(ActionError) as caught:
        make.report(by=make.user(role))
    assert caught.value.rule == "not_allowed"


def test_stale_copy_is_refused_and_changes_nothing(analyst, colleague):
    report = make.report(by=analyst)
    stale = Report.objects.get(pk=report.pk)
    reports.take(by=analyst, now=NOW, report=report)
    with pytest.raises(ActionError) as caught:
        reports.take(by=colleague, now=NOW, report=stale)
    assert caught.value.rule == "changed_meanwhile"
    report.refresh_from_db()
    assert report.assignee == analyst


def test_take_next_gives_the_oldest_that_no_one_has(analyst, colleague):
    make.report(by=analyst, received_date=date(2026, 3, 2))
    oldest = make.report(by=analyst, received_date=date(2026, 2, 1))
    older = make.report(by=analyst, received_date=date(2026, 2, 2))
    assert reports.take_next(by=analyst, now=NOW) == oldest
    assert reports.take_next(by=colleague, now=NOW) == older


def test_take_next_of_an_empty_queue_is_nothing(analyst):
    assert reports.take_next(by=analyst, now=NOW) is None
