"""What a file brings, and what keeps it out."""

from datetime import date

import pytest
from django.db import connection

from cases.actions import imports
from cases.models import AuditEvent, CoveragePeriod, Finding, ImportBatch, Report, SenderKey
from cases.signals import records_changed
from tests import make
from tests.cases.importing.files import NOW, confirmed, everything, hold, ledger, other, refusals, row, run, write

pytestmark = pytest.mark.usefixtures("committed_db")

FINDING_FIELDS = (
    "outcome_id", "counts_as", "url_count", "self_generated", "sex_id", "age_band_id", "hosting_country_id",
    "site_type_id",
)  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.csv"


def standing() -> list[tuple]:
    return list(Report.objects.order_by("pk").values_list("state", "outcome_id", "referral_status"))


def test_a_report_with_two_findings_is_written_as_it_is(path):
    result = run(write(path, [confirmed(count=6), other(count=4)]))
    report = Report.objects.get()
    assert (report.received_date, report.source_id, report.url_count) == (date(2026, 2, 3), "public", 10)
    assert (report.reference_year, report.version, report.entered_at, report.assignee) == (2026, 1, NOW, None)
    assert report.import_batch_id == result.batch == ImportBatch.objects.get().pk
    assert list(report.findings.values_list(*FINDING_FIELDS)) == [
        ("confirmed_baseline", "confirmed", 6, "yes", "girls", "6-9", "NL", "image_host"),
        ("not_illegal", "not_confirmed", 4, None, None, None, None, None),
    ]
    assert (result.rows, result.totals.reports, result.totals.urls, result.totals.findings) == (2, 1, 10, 2)


def test_where_reports_stand_follows_from_their_findings(path):
    rows = [
        row(1),
        confirmed(2, 4),
        other(3, 9),
        confirmed(4, 10),
        other(5, 10),
        confirmed(6, 0),
        other(6, 10),
        row(7, url_count=0),
        other(8, 0, url_count=0),
        other(9, 5, outcome="not_found"),
        confirmed(9, 5, outcome="confirmed_national"),
    ]
    run(write(path, rows))
    assert standing() == [
        ("received", None, "not_needed"),
        ("in_triage", "confirmed_baseline", "to_refer"),
        ("in_triage", "not_illegal", "not_needed"),
        ("assessed", "confirmed_baseline", "to_refer"),
        ("closed", "not_illegal", "not_needed"),
        ("closed", "confirmed_baseline", "not_needed"),
        ("received", None, "not_needed"),
        ("closed", "not_illegal", "not_needed"),
        ("assessed", "confirmed_national", "to_refer"),
    ]


def test_closed_before_closes_what_is_assessed_in_whole_and_older(path):
    older = {"received_date": "2026-02-02"}
    run(
        write(
            path, [confirmed(1), confirmed(2, **older), other(3, **older), confirmed(4, 1, **older), row(5, **older)]
        ),
        closed_before=date(2026, 2, 3),
    )
    assert standing() == [
        ("assessed", "confirmed_baseline", "to_refer"),
        ("closed", "confirmed_baseline", None),
        ("closed", "not_illegal", "not_needed"),
        ("in_triage", "confirmed_baseline", "to_refer"),
        ("received", None, "not_needed"),
    ]


def test_rows_of_a_report_need_not_be_side_by_side(path):
    run(write(path, [confirmed(1, 3), other(2), other("001", 7)]))
    assert [report.findings.count() for report in Report.objects.order_by("pk")] == [2, 1]


def test_a_uuid_and_its_other_spelling_are_one_report(path):
    key = "0b5fbed0-3c5a-4f7e-9a51-2d1c0f3a7b90"
    run(write(path, [confirmed(key, 3), other(key.upper().replace("-", ""), 7)]))
    assert Report.objects.count() == 1


def test_an_age_band_of_any_scheme_and_undetermined(path):
    ages = [("3", "6"), ("14", "17"), ("undetermined", ""), ("undetermined", "undetermined"), ("", "")]
    run(write(path, [confirmed(key, age_from=first, age_to=last) for key, (first, last) in enumerate(ages)]))
    bands = Finding.objects.order_by("pk").values_list("age_band_id", flat=True)
    assert list(bands) == ["3-6", "14-17", "undetermined", "undetermined", None]


def test_a_code_that_is_no_longer_offered_is_history(path):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_sitetype SET is_active = false WHERE code = 'image_host'")
    try:
        assert refusals(write(path, [confirmed()])) == []
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE cases_sitetype SET is_active = true WHERE code = 'image_host'")


def test_the_same_file_again_changes_nothing(path):
    run(write(path, [confirmed(1, 4), other(1, 6), row(2)]))
    before = everything()
    again = run(write(path, [row(2), other("0001", "06"), confirmed(1, 4)]))
    assert (again.batch, again.totals.reports, again.totals.known) == (None, 0, 2)
    assert everything() == before


def test_only_what_is_new_is_written(path):
    run(write(path, [confirmed(1)]))
    result = run(write(path, [confirmed(1), confirmed(2)]))
    assert (result.totals.known, result.totals.reports, result.totals.findings) == (1, 1, 1)
    assert Report.objects.count() == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"url_count": 11},
        {"received_date": "2026-02-04"},
        {"source": "police"},
        {"finding_url_count": 9},
        {"sex": "boys"},
        {"site_type": ""},
        {"self_generated": "undetermined"},
    ],
)
def test_a_known_report_with_other_numbers_is_refused(path, changed):
    run(write(path, [confirmed(1), row(2)]))
    before = everything()
    assert refusals(write(path, [row(2), confirmed(1, **changed)])) == [(3, "report_key", "other_numbers")]
    assert everything() == before


def test_a_known_report_with_one_finding_more_or_twice_the_same_is_refused(path):
    run(write(path, [confirmed(1, 2)]))
    assert refusals(write(path, [confirmed(1, 2), confirmed(1, 2)])) == [(2, "report_key", "other_numbers")]
    assert refusals(write(path, [confirmed(1, 2), other(1, 2)])) == [(2, "report_key", "other_numbers")]


def test_a_dry_run_writes_nothing_and_tells_what_would_be(path):
    before = everything()
    result = run(write(path, [confirmed(1), row(2)]), dry_run=True)
    assert (result.totals.reports, result.totals.findings, result.batch) == (2, 1, None)
    assert everything() == before


def test_neither_the_key_nor_the_content_is_kept(path):
    run(write(path, [confirmed("987654321")]))
    key = SenderKey.objects.get()
    assert "987654321" not in f"{key.key_hash} {key.content_hash} {list(AuditEvent.objects.values())}"
    assert key.key_hash.int not in {987654321, int("987654321", 16)}


def test_rows_of_a_report_that_disagree(path):
    rows = [
        confirmed(1, 2),
        confirmed(1, 2, url_count=9),
        confirmed(2, 2),
        confirmed(2, 2, received_date="2026-02-04", source="police"),
        confirmed(2, 2),
    ]
    assert refusals(write(path, rows)) == [
        (3, "url_count", "disagrees"),
        (5, "received_date", "disagrees"),
        (5, "source", "disagrees"),
    ]


def test_findings_that_add_up_to_more_than_the_report(path):
    assert refusals(write(path, [confirmed(1, 6), row(2), other(1, 5)])) == [
        (4, "finding_url_count", "more_than_report")
    ]


def test_a_report_without_outcome_has_one_row(path):
    assert refusals(write(path, [row(1), confirmed(1, 2), row(2), row(2)])) == [
        (2, "outcome", "only_row"),
        (4, "outcome", "only_row"),
        (5, "outcome", "only_row"),
    ]


def test_every_error_of_every_row_is_reported_at_once(path):
    rows = [
        confirmed("x", received_date="2026-02-30"),
        row(2, finding_url_count=3),
        confirmed(3, ""),
        confirmed(4, "1.5", sex="men"),
        confirmed(5, 99),
        row(6, url_count=""),
        confirmed(""),
    ]
    assert refusals(write(path, rows)) == [
        (2, "received_date", "date"),
        (2, "report_key", "key"),
        (3, "finding_url_count", "needs_outcome"),
        (4, "finding_url_count", "required"),
        (5, "finding_url_count", "whole_number"),
        (5, "sex", "unknown_code"),
        (6, "finding_url_count", "more_than_report"),
        (7, "url_count", "required"),
        (8, "report_key", "required"),
    ]


def test_a_row_with_too_few_or_too_many_cells(path):
    write(path, [row(1)])
    with path.open("a") as file:
        file.write("2,2026-02-03,public,1\n3,2026-02-03,public,1,,,,,,,,,\n\n")
    assert refusals(path) == [(3, "", "cell_count"), (4, "", "cell_count")]


def test_faults_before_a_row_that_can_not_be_read_are_kept(path):
    write(path, [row("x")])
    with path.open("a") as file:
        file.write('"2,2026-02-03')
    assert refusals(path) == [(2, "report_key", "key"), (3, "", "quotes")]


@pytest.mark.parametrize(("content", "fault"), [(b"", (1, "", "empty_file")), (b"\n\n", (1, "", "empty_file"))])
def test_an_empty_file(path, content, fault):
    path.write_bytes(content)
    assert refusals(path) == [fault]


def test_a_file_with_a_header_only_brings_nothing(path):
    result = run(write(path, []))
    assert (result.rows, result.batch) == (0, None)


def test_a_file_that_is_not_there(path):
    with pytest.raises(imports.ImportFailedError, match="No such file"):
        run(path)


def test_values_in_months_that_the_ledger_does_not_hold_are_refused(path):
    hold("sex", date(2026, 2, 3))
    for dimension in ("self_generated", "age_band", "hosting_country"):
        hold(dimension, date(2026, 1, 1), date(2026, 2, 2))
    write(
        path,
        [
            confirmed(1, site_type="", age_from="undetermined", age_to=""),
            confirmed(2, received_date="2026-02-02", site_type="", sex="undetermined"),
            other(3, received_date="2020-01-01"),
        ],
    )
    assert refusals(path, extend_coverage=False) == [
        (2, "age_from", "not_covered"),
        (2, "hosting_country", "not_covered"),
        (2, "self_generated", "not_covered"),
        (3, "sex", "not_covered"),
    ]


def test_the_ledger_is_extended_by_whole_months_and_says_so(path):
    hold("sex", date(2026, 2, 1), date(2026, 2, 28))
    hold("self_generated", date(2025, 12, 1), date(2025, 12, 31))
    hold("reports", date(2026, 3, 10))
    rows = [
        confirmed(1, received_date="2025-11-15", sex="", age_from="", age_to=""),
        confirmed(2, received_date="2026-01-31", self_generated=""),
        confirmed(3, received_date="2026-03-09"),
    ]
    result = run(write(path, rows))
    assert ledger("sex") == [(date(2026, 1, 1), date(2026, 3, 10))]
    assert ledger("self_generated") == [
        (date(2025, 11, 1), date(2025, 12, 31)),
        (date(2026, 3, 1), date(2026, 3, 10)),
    ]
    assert ledger("reports") == [
        (date(2025, 11, 1), date(2025, 11, 30)),
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 3, 1), None),
    ]
    events = AuditEvent.objects.filter(verb="coverage_extend", subject_key="sex").order_by("pk")
    assert [event.changes["from_date"] for event in events] == [[None, "2026-01-01"], [None, "2026-03-01"]]
    assert {extension.dimension for extension in result.extensions} >= {"reports", "assessment", "sex"}


def test_a_value_on_a_held_day_does_not_claim_its_month(path):
    for dimension in ("self_generated", "sex", "age_band", "hosting_country", "site_type"):
        hold(dimension, date(2026, 2, 3))
    result = run(write(path, [confirmed(1)]), extend_coverage=False)
    assert result.totals.findings == 1
    assert ledger("sex") == ledger("site_type") == [(date(2026, 2, 3), None)]
    assert {extension.dimension.value for extension in result.extensions} <= {"reports", "assessment"}


def test_reports_and_assessment_are_held_from_then_on_without_being_asked(path):
    CoveragePeriod.objects.all().delete()
    run(write(path, [row(1, received_date="2025-01-05"), other(2)]), extend_coverage=False)
    assert ledger("reports") == [
        (date(2025, 1, 1), date(2025, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
    ]
    assert ledger("assessment") == [(date(2026, 2, 1), date(2026, 2, 28))]
    assert ledger("sex") == []


def test_one_event_tells_of_the_batch_by_whom(path):
    lead = make.user("lead")
    result = imports.import_reports(
        by=lead, now=NOW, path=write(path, [other(1), row(2)]), options=imports.Options(extend_coverage=True)
    )
    event = AuditEvent.objects.get(subject="import")
    assert (event.verb, event.subject_key, event.actor, event.at) == ("import", str(result.batch), lead.reference, NOW)
    assert event.changes == {
        "row_count": [None, "2"],
        "report_count": [None, "2"],
        "known_count": [None, "0"],
        "url_count": [None, "20"],
        "finding_count": [None, "1"],
    }


def test_the_months_are_marked_and_the_hint_is_sent_after_commit(path):
    heard = []

    def hear(**_kwargs):
        heard.append(Report.objects.count())

    records_changed.connect(hear)
    try:
        run(write(path, [other(1), other(2, received_date="2025-12-31")]))
    finally:
        records_changed.disconnect(hear)
    assert heard == [2]
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT month FROM stats_dirtymonth ORDER BY 1")
        assert cursor.fetchall() == [(date(2025, 12, 1),), (date(2026, 2, 1),)]


def test_what_the_database_says_is_not_passed_on():
    with pytest.raises(imports.ImportFailedError) as failed, imports._no_values_out(), connection.cursor() as cursor:
        cursor.execute("SELECT 'canary-7q9'::integer")
    assert "canary" not in str(failed.value)
    assert failed.value.__suppress_context__
