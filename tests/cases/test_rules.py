"""What the database itself forbids, tried with plain SQL as any program could send it."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests import make

pytestmark = pytest.mark.django_db


def refused(sql: str, *params: object) -> str:
    """Run SQL that must fail; return the name of the rule it broke."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        # Foreign keys wait for the commit; here they are to speak at once.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; " + sql, params)
    return caught.value.__cause__.diag.constraint_name


INSERT_REPORT = (
    "INSERT INTO cases_report (received_date, source_id, url_count, state, referral_status, reference_year, version)"
    " VALUES ({date}, {source}, {count}, {state}, 'not_needed', 2026, 1)"
)


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("count", "-1", "cases_report_url_count_check"),
        ("count", "1000001", "report_url_count_in_range"),
        ("date", "hotline_today() + 1", "report_not_received_in_the_future"),
        ("date", "'1989-12-31'", "report_received_since_1990"),
        ("source", "'pigeon_post'", "cases_report_source_id_"),
        ("state", "'lost'", "report_state_is_known"),
    ],
)
def test_report_breaking_a_rule_is_refused(field, value, rule):
    good = {"date": "hotline_today()", "source": "'public'", "count": "1", "state": "'received'"}
    with connection.cursor() as cursor:
        cursor.execute(INSERT_REPORT.format(**good))
    assert refused(INSERT_REPORT.format(**{**good, field: value})).startswith(rule)


INSERT_FINDING = (
    "INSERT INTO cases_finding (report_id, outcome_id, counts_as, url_count, {extra}) VALUES (%s, %s, %s, %s, {value})"
)


@pytest.mark.parametrize(
    ("extra", "value"),
    [
        ("self_generated", "'yes'"),
        ("sex_id", "'girls'"),
        ("age_band_id", "'3-5'"),
        ("hosting_country_id", "'NL'"),
        ("site_type_id", "'forum'"),
    ],
)
def test_details_of_a_url_that_is_not_confirmed_are_refused(extra, value):
    report = make.report()
    sql = INSERT_FINDING.format(extra=extra, value=value)
    with connection.cursor() as cursor:
        cursor.execute(sql, [report.pk, "confirmed_national", "confirmed", 1])
    assert refused(sql, report.pk, "not_illegal", "not_confirmed", 1) == "finding_only_confirmed_has_details"
    # Calling it confirmed against the code list is no way round.
    assert refused(sql, report.pk, "not_illegal", "confirmed", 1) == "finding_outcome_counts_as"


@pytest.mark.parametrize(
    ("outcome", "counts_as", "count", "extra", "value", "rule"),
    [
        ("confirmed_baseline", "confirmed", -1, "sex_id", "NULL", "cases_finding_url_count_check"),
        ("confirmed_baseline", "confirmed", 11, "sex_id", "NULL", "finding_tallies_fit"),
        ("confirmed_baseline", "confirmed", 1, "self_generated", "'maybe'", "finding_self_generated_is_known"),
        ("confirmed_baseline", "confirmed", 1, "sex_id", "'x'", "cases_finding_sex_id_"),
        ("confirmed_baseline", "confirmed", 1, "age_band_id", "'1-99'", "cases_finding_age_band_id_"),
        ("unheard_of", "confirmed", 1, "sex_id", "NULL", "finding_outcome_counts_as"),
    ],
)
def test_finding_breaking_a_rule_is_refused(outcome, counts_as, count, extra, value, rule):
    report = make.report(url_count=10)
    found = refused(INSERT_FINDING.format(extra=extra, value=value), report.pk, outcome, counts_as, count)
    assert found.startswith(rule)


@pytest.mark.parametrize(("first", "last"), [(-1, 3), (5, 4), (16, 18), (None, 4), (4, None)])
def test_age_band_outside_0_to_17_or_upside_down_is_refused(first, last):
    sql = (
        "INSERT INTO cases_ageband (code, label_nl, label_en, is_active, position, from_year, to_year)"
        " VALUES ('8-9', 'ab', 'ab', true, 1, %s, %s)"
    )
    assert refused(sql, first, last) in {"ageband_within_0_to_17", "cases_ageband_from_year_check"}


def test_url_count_can_not_be_lowered_below_the_findings():
    report = make.report(make.tally(url_count=6), url_count=10)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_report SET url_count = 6 WHERE id = %s", [report.pk])
    assert refused("UPDATE cases_report SET url_count = 5 WHERE id = %s", report.pk) == "finding_tallies_fit"


def test_finding_can_not_be_raised_above_the_url_count():
    report = make.report(make.tally(url_count=6), url_count=10)
    assert refused("UPDATE cases_finding SET url_count = 11 WHERE report_id = %s", report.pk) == "finding_tallies_fit"


def test_referral_acted_on_before_it_was_sent_is_refused():
    report = make.report(make.tally(url_count=6), url_count=10)
    sql = (
        "INSERT INTO cases_referral (report_id, recipient_id, url_count, sent_date, acted_date, action)"
        " VALUES (%s, %s, 3, '2026-03-05', %s, 'removed')"
    )
    host = make.recipient()
    with connection.cursor() as cursor:
        cursor.execute(sql, [report.pk, host.pk, "2026-03-05"])
    assert refused(sql, report.pk, host.pk, "2026-03-04") == "referral_acted_after_sent"


def test_referral_of_more_urls_than_the_report_has_is_refused():
    report = make.report(url_count=10)
    sql = "INSERT INTO cases_referral (report_id, recipient_id, url_count, sent_date) VALUES (%s, %s, 11, '2026-03-05')"
    assert refused(sql, report.pk, make.recipient().pk) == "referral_count_fits"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cases_auditevent SET verb = 'x'",
        "DELETE FROM cases_auditevent",
        "TRUNCATE cases_auditevent",
    ],
)
def test_audit_log_can_only_be_added_to_whatever_the_role(sql):
    make.report()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.parametrize(
    "changes",
    [
        '{"a": "b"}',
        '{"a": ["b"]}',
        '{"a": ["b", "https://x.example"]}',
        '{"a": [null, 3]}',
        '{"a": [null, {"b": "c"}]}',
        '{"A b": [null, "c"]}',
        '["a"]',
        '{"a": [null, "' + "b" * 41 + '"]}',
    ],
)
def test_audit_event_holding_anything_but_codes_is_refused(changes):
    sql = "INSERT INTO cases_auditevent (verb, subject, subject_key, changes) VALUES ('log', 'report', '1', %s)"
    with connection.cursor() as cursor:
        cursor.execute(sql, ['{"url_count": [null, "3"], "age_band": ["0-2", null]}'])
    assert refused(sql, changes) == "auditevent_changes_are_plain"
