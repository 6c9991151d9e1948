"""Audit events as sentences."""

import uuid
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cases.actions import audit, coverage, recipients, reports
from cases.codes import Dimension
from cases.models import AuditEvent, CoveragePeriod
from cases.presenters import sentences
from cases.sentences import SENTENCES, VERBS
from hotline.accounts import actions as accounts
from hotline.accounts.permissions import Role
from tests import make
from tests.make import NOW


def told(language: str = "en", **wanted) -> list[str]:
    with translation.override(language):
        return [sentence.text for sentence in sentences(AuditEvent.objects.filter(**wanted).order_by("pk"))]


def test_a_reports_life_reads_as_sentences(analyst, lead):
    analyst.name, lead.name = "Sanne de Vries", "Ilse Bakker"
    analyst.save()
    lead.save()
    report = make.report(by=analyst)
    reports.take(by=lead, now=NOW, report=report)
    assert told(report_id=report.pk) == [
        (
            f"Sanne de Vries logged report {report.reference}: received on: 1 Mar 2026, source: public, URLs: 10, "
            "state: received, referral status: not needed."
        ),
        f"Ilse Bakker took report {report.reference}: state: received → in triage, with: Ilse Bakker.",
    ]


def test_a_finding_tells_its_codes_by_their_labels(analyst):
    analyst.name = "Sanne de Vries"
    analyst.save()
    report = make.report(make.tally(url_count=3, sex="girls", age_band="10-11", hosting_country="NL"), by=analyst)
    assert told(subject="finding") == [
        (
            f"Sanne de Vries added a finding to report {report.reference}: URLs: 3, outcome: confirmed, baseline, "
            "sex shown: girls, age band: 10 to 11 years, hosting country: Netherlands."
        )
    ]


def test_no_actor_is_the_system_and_an_unknown_one_is_no_longer_here(db):
    event = audit.Event(verb="close", subject="report", subject_key="1", report_id=None)
    audit.record(event, by=None, now=NOW)
    audit.write_all([event], actor=uuid.uuid4(), now=NOW)
    assert [text.split(" closed")[0] for text in told()] == ["The system", "Someone no longer here"]


def test_a_name_that_was_erased_is_no_longer_in_what_the_log_says(administrator):
    person, _password = accounts.add(
        by=administrator, now=NOW, username="anne", name="Anne Visser", role=Role.LEAD, language="nl"
    )
    assert "Anne Visser" in told()[0]
    person.delete()
    assert told()[0].startswith(f"{administrator.name} made an account for Someone no longer here: role: team lead")


def test_a_recipient_and_a_period_are_called_by_name(administrator):
    recipients.add(by=administrator, now=NOW, name="Example Hosting", kind="platform", country=None)
    period = CoveragePeriod.objects.get(dimension=Dimension.SEX)
    coverage.change(by=administrator, now=NOW, period=period, from_date=date(2024, 1, 1), to_date=None)
    coverage.remove(by=administrator, now=NOW, period=period)
    who = administrator.name
    added, changed, removed = told()
    assert added == f"{who} added recipient Example Hosting: kind: platform, active: yes."
    assert changed.startswith(f"{who} changed a period of the coverage of sex: from: ")
    assert removed == f"{who} removed a period from the coverage of sex: dimension: sex, from: 1 Jan 2024."


def test_on_its_own_page_a_report_is_this_one(analyst):
    report = make.report(by=analyst)
    told_there = sentences(AuditEvent.objects.filter(report_id=report.pk), on_its_page=True)
    assert told_there[0].text.startswith(f"{analyst.name} logged this report: received on")


def test_a_sentence_is_dutch_for_a_dutch_reader(analyst):
    report = make.report(by=analyst)
    assert told("nl")[0] != told("en")[0]
    assert f"melding {report.reference}" in told("nl")[0]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_sentence_of_the_table_can_be_said(analyst, language):
    events = [
        AuditEvent(at=NOW, actor=analyst.reference, verb=verb, subject=subject, subject_key="1", changes={})
        for subject, verb in SENTENCES
    ]
    with translation.override(language):
        said = [sentence.text for sentence in sentences(events)]
    assert [text for text in said if "%" in text or not text.endswith(".")] == []


def test_an_event_younger_than_the_table_is_told_in_general_words(db):
    event = audit.Event(verb="polish", subject="lamp", subject_key="1")
    audit.record(event, by=None, now=NOW)
    assert told() == ["The system did something this page has no words for (polish, lamp)."]


def test_what_may_be_filtered_by_are_the_verbs_of_the_table():
    assert set(VERBS) == {verb for _subject, verb in SENTENCES}


def test_as_many_queries_for_many_events_as_for_few(analyst):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            sentences(AuditEvent.objects.all())
        return len(captured)

    make.report(by=analyst)
    few = queries()
    for _time in range(3):
        make.report(by=analyst)
    assert queries() == few
