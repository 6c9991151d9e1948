"""Reports over the API: what a program sees, and what it can not do."""

import copy
import threading
import uuid

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from cases.models import AuditEvent, Finding, Report
from stats.models import DirtyMonth
from tests import make
from tests.cases.api.conftest import BODY, Program

CANARY = "httpscanaryexample"


def logged(program, **fields):
    answer = program.post("/reports/", {**BODY, **fields})
    assert answer.status_code == 201, answer.content
    return answer


def body_without(**fields):
    body = copy.deepcopy(BODY)
    for path, value in fields.items():
        *way, last = path.split("__")
        place = body
        for step in way:
            place = place[int(step) if step.isdigit() else step]
        place[last] = value
    return body


def errors_of(answer):
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"].startswith("/api/v1/problems/")
    assert problem["title"]
    return {(error["field"], error["rule"]) for error in problem["errors"]}


class TestLog:
    def test_a_report_is_written_with_findings_events_and_mark(self, program, analyst):
        DirtyMonth.objects.all().delete()
        answer = logged(program)
        report = Report.objects.get()
        assert answer["Location"] == f"/api/v1/reports/{report.pk}/"
        assert answer["ETag"] == '"1"'
        assert answer.json() == {
            "id": report.pk,
            "reference": report.reference,
            "received_date": "2026-03-01",
            "source": "public",
            "url_count": 10,
            "state": "assessed",
            "outcome": "confirmed_baseline",
            "referral_status": "to_refer",
            "version": 1,
            "findings": [
                {
                    "outcome": "confirmed_baseline",
                    "url_count": 4,
                    "self_generated": "yes",
                    "sex": "girls",
                    "age_band": "10-11",
                    "hosting_country": None,
                    "site_type": None,
                },
                {
                    "outcome": "not_illegal",
                    "url_count": 6,
                    "self_generated": None,
                    "sex": None,
                    "age_band": None,
                    "hosting_country": None,
                    "site_type": None,
                },
            ],
        }
        assert {event.actor for event in AuditEvent.objects.filter(report_id=report.pk)} == {analyst.reference}
        assert sorted(AuditEvent.objects.filter(report_id=report.pk).values_list("verb", flat=True)) == [
            "assess",
            "assess",
            "log",
        ]
        assert str(DirtyMonth.objects.first().month) == "2026-03-01"

    def test_what_is_read_is_what_was_written(self, program):
        there = logged(program)
        read = program.get(f"/reports/{there.json()['id']}/")
        assert read.json() == {**there.json(), "referrals": []}
        assert read["ETag"] == there["ETag"]

    def test_sent_again_it_is_written_once_and_answered_the_same(self, program):
        key = str(uuid.uuid4())
        first, second = (program.post("/reports/", BODY, key=key) for _ in range(2))
        assert Report.objects.count() == 1
        assert second.status_code == 201
        assert second.json() == first.json()
        assert second["Location"] == first["Location"]
        assert "Idempotency-Replayed" not in first
        assert second["Idempotency-Replayed"] == "true"

    def test_the_same_key_with_other_content_is_refused(self, program):
        key = str(uuid.uuid4())
        program.post("/reports/", BODY, key=key)
        answer = program.post("/reports/", {**BODY, "url_count": 11}, key=key)
        assert answer.status_code == 422
        assert errors_of(answer) == {("", "key_reused")}
        assert Report.objects.count() == 1

    def test_another_persons_key_is_refused(self, program, colleague):
        key = str(uuid.uuid4())
        program.post("/reports/", BODY, key=key)
        assert Program(colleague).post("/reports/", BODY, key=key).status_code == 422

    @pytest.mark.parametrize("key", [None, "1", CANARY, f"{uuid.UUID(int=7)}0", f"'{uuid.UUID(int=7)}'"])
    def test_without_a_key_nothing_is_written(self, program, key):
        answer = program.post("/reports/", BODY, Idempotency_Key=key)
        assert answer.status_code == 400
        assert errors_of(answer) == {("", "key_missing")}
        assert not Report.objects.exists()

    def test_what_was_refused_may_be_mended_under_its_key(self, program):
        key = str(uuid.uuid4())
        assert program.post("/reports/", {**BODY, "url_count": 1}, key=key).status_code == 422
        assert program.post("/reports/", BODY, key=key).status_code == 201

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"received_date": "2026-02-30"}, ("received_date", "not_a_date")),
            ({"received_date": "01-03-2026"}, ("received_date", "not_a_date")),
            ({"received_date": 20260301}, ("received_date", "not_a_date")),
            ({"received_date": "\uff12026-03-01"}, ("received_date", "not_a_date")),
            ({"received_date": "2026-03-01\n"}, ("received_date", "not_a_date")),
            ({"received_date": None}, ("received_date", "null")),
            ({"received_date": "2999-01-01"}, ("received_date", "in_the_future")),
            ({"received_date": "1989-12-31"}, ("received_date", "too_early")),
            ({"source": CANARY}, ("source", "not_a_code")),
            ({"source": CANARY * 9}, ("source", "not_a_code")),
            ({"source": 1}, ("source", "not_a_code")),
            ({"url_count": "10"}, ("url_count", "not_a_number")),
            ({"url_count": 10.0}, ("url_count", "not_a_number")),
            ({"url_count": True}, ("url_count", "not_a_number")),
            ({"url_count": -1}, ("url_count", "not_a_number")),
            ({"url_count": 1_000_001}, ("url_count", "not_a_number")),
            ({"url_count": 9}, ("findings", "too_many")),
            ({CANARY: 1}, ("", "unknown_field")),
            ({"findings": CANARY}, ("findings", "not_a_list")),
            ({"findings": [BODY["findings"][1]] * 41}, ("findings", "max_length")),
            ({"findings__0__outcome": CANARY}, ("findings.0.outcome", "not_a_code")),
            ({"findings__0__self_generated": CANARY}, ("findings.0.self_generated", "not_a_code")),
            ({"findings__0__sex": CANARY}, ("findings.0.sex", "not_a_code")),
            ({"findings__0__age_band": "10-12"}, ("findings.0.age_band", "not_a_code")),
            ({"findings__0__hosting_country": "XX"}, ("findings.0.hosting_country", "not_a_code")),
            ({"findings__0__site_type": CANARY}, ("findings.0.site_type", "not_a_code")),
            ({"findings__0__url_count": "4"}, ("findings.0.url_count", "not_a_number")),
            ({f"findings__0__{CANARY}": 1}, ("findings.0", "unknown_field")),
            ({"findings__1__sex": "girls"}, ("findings.1.sex", "only_confirmed")),
            ({"confirmed_months": [CANARY]}, ("confirmed_months.0", "not_a_month")),
        ],
    )
    def test_each_rule_is_told_with_its_field_and_without_the_value(self, program, fields, expected):
        answer = program.post("/reports/", body_without(**fields))
        assert answer.status_code in {400, 422}
        assert expected in errors_of(answer)
        assert CANARY not in answer.content.decode()
        assert not Report.objects.exists()
        assert not Finding.objects.exists()

    def test_a_code_that_is_no_longer_offered_is_refused(self, program):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE cases_source SET is_active = false WHERE code = 'public'")
        assert ("source", "not_a_code") in errors_of(program.post("/reports/", BODY))

    @pytest.mark.parametrize(
        "body",
        [b"{", b"\xff\xfe{}", b'{"url_count": NaN}', b'{"url_count": 1, "url_count": 2}', b"[" * 100_000, b"\x00"],
    )
    def test_what_is_not_strictly_json_is_refused(self, program, body):
        answer = program.post("/reports/", body)
        assert answer.status_code == 400
        assert errors_of(answer) == {("", "not_json")}

    def test_other_content_types_and_too_much_are_refused(self, program):
        answer = program.client.post("/api/v1/reports/", {"a": "b"}, headers={"Idempotency-Key": str(uuid.uuid4())})
        assert answer.status_code == 415
        assert program.post("/reports/", b" " * 3_000_000).status_code == 413

    def test_the_number_of_statements_is_fixed(self, program):
        """Who asks (2), the key (2), the codes, closed months, the write, and the transaction around them."""
        program.post("/reports/", BODY)
        numbers = []
        for findings in (BODY["findings"], [{"outcome": "not_illegal", "url_count": 0}] * 40, []):
            with CaptureQueriesContext(connection) as captured:
                assert program.post("/reports/", {**BODY, "findings": findings}).status_code == 201
            numbers.append(len(captured))
        assert numbers == [9, 9, 9]


class TestAmend:
    def test_the_version_that_was_read_is_amended(self, program):
        there = logged(program, findings=[])
        path = f"/reports/{there.json()['id']}/"
        answer = program.patch(path, {"url_count": 12}, If_Match=there["ETag"])
        assert (answer.status_code, answer.json()["url_count"], answer["ETag"]) == (200, 12, '"2"')
        assert answer.json()["received_date"] == "2026-03-01"

    def test_without_a_version_or_with_an_old_one_nothing_is_written(self, program):
        there = logged(program, findings=[])
        path = f"/reports/{there.json()['id']}/"
        program.patch(path, {"url_count": 12}, If_Match=there["ETag"])
        missing = program.patch(path, {"url_count": 13})
        assert (missing.status_code, errors_of(missing)) == (428, {("", "version_missing")})
        for tag in (there["ETag"], "*", 'W/"2"', "2", '"x"'):
            stale = program.patch(path, {"url_count": 13}, If_Match=tag)
            assert (stale.status_code, errors_of(stale)) == (412, {("", "changed_meanwhile")})
        assert Report.objects.get().url_count == 12

    def test_sent_again_it_is_answered_though_the_version_has_moved_on(self, program):
        there = logged(program, findings=[])
        path, key = f"/reports/{there.json()['id']}/", str(uuid.uuid4())
        answers = [program.patch(path, {"url_count": 12}, key=key, If_Match=there["ETag"]) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert Report.objects.get().version == 2

    def test_what_is_there_already_is_not_sent_again(self, program):
        there = logged(program)
        answer = program.get(f"/reports/{there.json()['id']}/", If_None_Match=there["ETag"])
        assert (answer.status_code, answer.content) == (304, b"")

    def test_there_is_no_such_report(self, program):
        assert errors_of(program.get("/reports/999999999999999999999/")) == {("", "not_found")}


class TestSteps:
    def test_a_report_goes_through_the_workflow(self, program):
        there = logged(program, findings=[{"outcome": "not_illegal", "url_count": 10}])
        path, tag = f"/reports/{there.json()['id']}", there["ETag"]
        states = []
        for verb in ("close", "reopen", "finish", "void"):
            answer = program.post(f"{path}/{verb}/", If_Match=tag)
            assert answer.status_code == 200, answer.content
            states.append(answer.json()["state"])
            tag = answer["ETag"]
        assert states == ["closed", "in_triage", "assessed", "void"]

    def test_a_step_that_the_workflow_has_not_is_refused(self, program):
        there = logged(program)
        answer = program.post(f"/reports/{there.json()['id']}/take/", If_Match=there["ETag"])
        assert (answer.status_code, errors_of(answer)) == (409, {("", "not_possible")})

    def test_what_is_still_to_be_done_is_told(self, program):
        there = logged(program)
        answer = program.post(f"/reports/{there.json()['id']}/close/", If_Match=there["ETag"])
        assert (answer.status_code, errors_of(answer)) == (409, {("referrals", "to_refer")})


class TestList:
    def test_pages_follow_each_other_without_gap_or_repeat(self, program):
        for _ in range(53):
            logged(program, findings=[])
        seen, after = [], ""
        while after is not None:
            page = program.get(f"/reports/{f'?after={after}' if after else ''}").json()
            assert (page["count"], page["count_is"]) == (53, "exact")
            seen += [report["id"] for report in page["results"]]
            after = page["next"]
        assert seen == sorted(Report.objects.values_list("pk", flat=True), reverse=True)

    def test_filters_are_those_of_the_page(self, program):
        logged(program, findings=[])
        logged(program, source="police", findings=[])
        page = program.get("/reports/?source=police").json()
        assert [report["source"] for report in page["results"]] == ["police"]

    @pytest.mark.parametrize(
        ("query", "field", "rule"),
        [
            (f"source={CANARY}", "source", "invalid_choice"),
            (f"state={CANARY}", "state", "invalid_choice"),
            ("received_from=x", "received_from", "invalid"),
            (f"{CANARY}=1", "", "unknown_filter"),
            (f"after={CANARY}", "after", "not_a_cursor"),
        ],
    )
    def test_a_filter_that_says_nothing_is_refused(self, program, query, field, rule):
        answer = program.get(f"/reports/?{query}")
        assert (answer.status_code, errors_of(answer)) == (400, {(field, rule)})
        assert CANARY not in answer.content.decode()


def test_a_statistics_reader_reads_no_reports(db):
    answer = Program(make.user("reader")).get("/reports/")
    assert (answer.status_code, errors_of(answer)) == (403, {("", "permission_denied")})


def test_twenty_copies_at_once_are_one_report(committed_db):
    """Each is answered by 201 with the same report, or by 409 while it is being written."""
    person, key, answers = make.user(), str(uuid.uuid4()), []
    start = threading.Barrier(20)

    def send():
        mine = Program(person)
        start.wait()
        answers.append(mine.post("/reports/", BODY, key=key))
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Report.objects.count() == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
