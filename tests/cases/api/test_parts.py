"""Findings, referrals, code lists and recipients over the API."""

import pytest

from cases.closed_months import CalendarMonth, Closing
from cases.models import AuditEvent, Finding, Recipient, Referral
from cases.signals import closed_by
from tests import make
from tests.cases.api.conftest import BODY, fresh
from tests.cases.api.test_reports import CANARY, errors_of, logged


@pytest.fixture
def recipient(db):
    return Recipient.objects.create(name="A host", code="a_host", kind="hosting_provider")


@pytest.fixture
def there(program):
    """An assessed report, and the way to it."""
    answer = logged(program)
    return answer, f"/reports/{answer.json()['id']}"


class TestFindings:
    def test_they_are_replaced_as_a_whole(self, program):
        there = logged(program, findings=[BODY["findings"][0]])
        path = f"/reports/{there.json()['id']}/findings/"
        answer = program.put(path, {"findings": [{"outcome": "not_illegal", "url_count": 10}]}, If_Match=there["ETag"])
        assert answer.status_code == 200, answer.content
        assert [finding["outcome"] for finding in answer.json()["findings"]] == ["not_illegal"]
        assert program.get(path).json() == answer.json()
        assert answer["ETag"] == '"2"'
        assert set(AuditEvent.objects.filter(subject="finding").values_list("verb", flat=True)) == {"assess", "retract"}

    def test_a_finding_that_breaks_a_rule_leaves_all_as_it_was(self, program):
        there = logged(program, findings=[BODY["findings"][0]])
        path = f"/reports/{there.json()['id']}/findings/"
        body = {"findings": [BODY["findings"][0], {"outcome": "not_illegal", "url_count": 7}]}
        answer = program.put(path, body, If_Match=there["ETag"])
        assert (answer.status_code, errors_of(answer)) == (422, {("findings", "too_many")})
        assert Finding.objects.count() == 1

    def test_they_are_of_the_version_that_was_read(self, program):
        there = logged(program, findings=[BODY["findings"][0]])
        path = f"/reports/{there.json()['id']}/findings/"
        assert program.put(path, {"findings": []}).status_code == 428
        assert program.put(path, {"findings": []}, If_Match='"7"').status_code == 412
        assert Finding.objects.count() == 1


class TestReferrals:
    def test_urls_are_passed_on_and_answered(self, program, there, recipient):
        answer, path = there
        body = {"recipient": recipient.pk, "url_count": 4, "sent_date": "2026-03-02"}
        sent = program.post(f"{path}/referrals/", body, If_Match=answer["ETag"])
        assert sent.status_code == 201, sent.content
        referral = Referral.objects.get()
        assert sent["Location"] == f"/api/v1{path}/referrals/{referral.pk}/"
        told = {"acknowledged_date": "2026-03-02", "acted_date": "2026-03-03", "action": "removed"}
        noted = program.put(f"{path}/referrals/{referral.pk}/", told, If_Match=sent["ETag"])
        assert (noted.status_code, noted.json()) == (200, {"id": referral.pk, **body, **told})
        assert program.get(f"{path}/referrals/").json() == {"referrals": [noted.json()]}
        assert program.get(f"{path}/").json()["referral_status"] == "completed"

    def test_sent_again_they_are_passed_on_once(self, program, there, recipient):
        answer, path = there
        key, body = fresh(), {"recipient": recipient.pk, "url_count": 4, "sent_date": "2026-03-02"}
        answers = [program.post(f"{path}/referrals/", body, key=key, If_Match=answer["ETag"]) for _ in range(2)]
        assert [one.status_code for one in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        assert Referral.objects.count() == 1

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"recipient": 999}, ("recipient", "not_a_recipient")),
            ({"recipient": CANARY}, ("recipient", "invalid")),
            ({"url_count": 11}, ("url_count", "more_than_report")),
            ({"sent_date": "2026-02-28"}, ("sent_date", "too_early")),
            ({CANARY: 1}, ("", "unknown_field")),
        ],
    )
    def test_each_rule_is_told(self, program, there, recipient, fields, expected):
        answer, path = there
        body = {"recipient": recipient.pk, "url_count": 4, "sent_date": "2026-03-02", **fields}
        refused = program.post(f"{path}/referrals/", body, If_Match=answer["ETag"])
        assert expected in errors_of(refused)
        assert CANARY not in refused.content.decode()
        assert not Referral.objects.exists()

    def test_an_action_needs_its_day(self, program, there, recipient):
        answer, path = there
        body = {"recipient": recipient.pk, "url_count": 4, "sent_date": "2026-03-02"}
        sent = program.post(f"{path}/referrals/", body, If_Match=answer["ETag"])
        refused = program.put(f"{path}/referrals/{sent.json()['id']}/", {"action": "removed"}, If_Match=sent["ETag"])
        assert ("acted_date", "together") in errors_of(refused)

    def test_another_reports_referral_is_not_found(self, program, there, recipient):
        answer, path = there
        body = {"recipient": recipient.pk, "url_count": 4, "sent_date": "2026-03-02"}
        sent = program.post(f"{path}/referrals/", body, If_Match=answer["ETag"])
        other = logged(program).json()["id"]
        assert program.get(f"/reports/{other}/referrals/{sent.json()['id']}/").status_code == 404


class TestLists:
    def test_codes_come_with_their_labels(self, program):
        lists = program.get("/code-lists/").json()
        assert {"source", "outcome", "sex", "age_band", "hosting_country", "site_type"} < lists.keys()
        baseline = next(entry for entry in lists["outcome"] if entry["code"] == "confirmed_baseline")
        assert baseline["counts_as"] == "confirmed"
        assert baseline["label_nl"]
        assert lists["self_generated"] == ["yes", "no", "undetermined"]

    def test_recipients_come_with_the_number_that_referrals_name(self, program, recipient):
        row = {"id": recipient.pk, "code": "a_host", "name": "A host", "kind": "hosting_provider"}
        assert program.get("/recipients/").json() == {"recipients": [{**row, "country_code": None, "is_active": True}]}


def test_a_closed_month_is_named_and_confirmed(program):
    """As the form asks first, so does the API: the months are in the problem, and in the body when it is sent again."""

    def closes(*, months, **_signal):
        closing = Closing(
            number=1, period="2026", status="final", released_date=make.NOW.date(), months=frozenset(months)
        )
        return [closing] if CalendarMonth(2026, 3) in months else []

    closed_by.connect(closes, weak=False)
    try:
        asked = program.post("/reports/", BODY)
        assert (asked.status_code, errors_of(asked), asked.json()["months"]) == (
            409,
            {("", "closed_month")},
            ["2026-03"],
        )
        assert program.post("/reports/", {**BODY, "confirmed_months": ["2026-03"]}).status_code == 201
    finally:
        closed_by.disconnect(closes)
