"""The annual totals: the same bytes from command, page and API; null and never 0; exact integers."""

import csv
import io
import json
import sys
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone, translation

from cases.codes import Dimension
from cases.models import AuditEvent
from stats.building.annual import exact_annual_tables
from stats.counting.rollups import recount_waiting
from stats.exports.annual import COLUMNS, _safe, annual_bytes
from stats.figures import BREAKDOWNS, DECLARED, DURATIONS, FIGURES
from stats.periods import Year
from tests.stats.records import NOW, finding, recipient, recorded, referral, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def year_2023():
    """A year in which self-generated, sex and age were recorded from August."""
    recorded(
        "2022-01-01",
        but={
            Dimension.SELF_GENERATED: ("2023-08-01", None),
            Dimension.SEX: ("2023-08-01", None),
            Dimension.AGE_BAND: ("2023-08-01", None),
        },
    )
    early = report("2023-02-05", url_count=100)
    finding(early, 60)
    late = report("2023-11-05", url_count=50)
    finding(late, 9, self_generated="yes", sex="girls", age_band="6-9")
    finding(late, 3, self_generated="yes", sex="both", age_band="12-13")
    finding(late, 4, self_generated="no", sex="boys", age_band="10-11")
    finding(late, 2, "not_found")
    host = recipient("Example Hosting")
    referral(late, host, 12, "removed")
    referral(late, host, 4)


def totals(year: int = 2023, file_format: str = "json", start_month: int = 1) -> bytes:
    return annual_bytes(exact_annual_tables(Year(year, start_month), now=NOW), file_format)


def figures(**arguments) -> dict:
    return json.loads(totals(**arguments))["figures"]


FULL = {"status": "full", "months": 12}
PARTIAL = {"status": "partial", "months": 5}


@pytest.mark.usefixtures("year_2023")
def test_every_declared_figure_with_its_coverage_and_status():
    def count(value, unit="URLs", coverage=FULL, status="A"):
        return {
            "value": value, "unit": unit, "numerator": value, "denominator": None,
            "coverage": coverage, "status": status,
        }  # fmt: skip

    def percent(value, numerator, denominator):
        return {
            "value": value, "unit": "%", "numerator": numerator, "denominator": denominator,
            "coverage": PARTIAL, "status": "B",
        }  # fmt: skip

    def median(of):
        # All on the day they were sent.
        return {
            "value": 0.0, "unit": "days", "numerator": None, "denominator": of, "coverage": FULL, "status": "A",
        }  # fmt: skip

    assert figures() == {
        "reports": count(2, "reports"),
        "urls": count(150),
        "urls_assessed": count(78),
        "urls_confirmed": count(76),
        "urls_self_generated": count(12, coverage=PARTIAL, status="B"),
        "share_girls": percent(75.0, 12, 16),
        "share_self_generated_under_12": percent(75.0, 9, 12),
        "share_self_generated_6_9": percent(75.0, 9, 12),
        "referred": count(16),
        "acted_on": count(12),
        "sent": count(16),
        "removed": count(12),
        **{f"removed_within_{days}d": count(12) for days in (2, 3, 7, 14, 28)},
        "median_days_to_removal": median(12),
        "still_open": count(4),
        "notices": count(2, "notices"),
        "median_days_to_action": median(1),
    }


@pytest.mark.usefixtures("year_2023")
def test_document_names_the_year_and_every_declared_figure_and_breakdown():
    document = json.loads(totals())
    assert document["year"] == "2023"
    assert list(document["figures"]) == list(DECLARED)
    assert {key: list(found) for key, found in document["breakdowns"].items()} == {
        key: list(breakdown.figures) for key, breakdown in BREAKDOWNS.items()
    }


@pytest.mark.usefixtures("year_2023")
def test_parts_of_every_breakdown_add_up_to_the_figure():
    document = json.loads(totals())
    for found in document["breakdowns"].values():
        for figure, division in found.items():
            parts = sum(part["value"] or 0 for part in division["parts"])
            assert parts == document["figures"][figure]["value"]


@pytest.mark.usefixtures("year_2023")
def test_parts_carry_codes_values_and_coverage():
    sexes = json.loads(totals())["breakdowns"]["sex"]["urls_confirmed"]
    assert sexes == {
        "unit": "URLs",
        "parts": [
            {"sex": "girls", "value": 9, "coverage": PARTIAL, "status": "B"},
            {"sex": "boys", "value": 4, "coverage": PARTIAL, "status": "B"},
            {"sex": "both", "value": 3, "coverage": PARTIAL, "status": "B"},
            {"sex": "undetermined", "value": 0, "coverage": PARTIAL, "status": "B"},
            {"sex": "not_recorded", "value": 60, "coverage": FULL, "status": "A"},
        ],
    }


@pytest.mark.usefixtures("year_2023")
def test_crossed_parts_name_both_codes_and_recipients_their_names():
    breakdowns = json.loads(totals())["breakdowns"]
    crossed = breakdowns["self_generated_age_band"]["urls_confirmed"]["parts"]
    assert {(part["self_generated"], part["age_band"]): part["value"] for part in crossed if part["value"]} == {
        ("yes", "6-9"): 9,
        ("yes", "12-13"): 3,
        ("no", "10-11"): 4,
        ("not_recorded", "not_recorded"): 60,
    }
    (host, nobody) = breakdowns["recipient"]["referred"]["parts"]
    assert (host["name"], host["value"], nobody["recipient"], nobody["value"]) == (
        "Example Hosting",
        16,
        "not_recorded",
        0,
    )


def test_what_was_never_recorded_is_null_and_not_zero():
    recorded("2023-01-01", but={Dimension.SELF_GENERATED: ("2024-01-01", None)})
    report("2023-05-05")
    found = figures()
    assert found["urls_self_generated"] == {
        "value": None, "unit": "URLs", "numerator": None, "denominator": None,
        "coverage": {"status": "none", "months": 0}, "status": "L",
    }  # fmt: skip
    assert (found["urls_confirmed"]["value"], found["share_self_generated_under_12"]["value"]) == (0, None)


def test_straddled_group_is_null_with_bounds():
    recorded("2023-01-01")
    received = report("2023-05-05", url_count=20)
    finding(received, 4, self_generated="yes", age_band="6-9")
    finding(received, 4, self_generated="yes", age_band="11-13")
    finding(received, 8, self_generated="yes", age_band="14-15")
    under = figures()["share_self_generated_under_12"]
    assert under == {
        "value": None, "unit": "%", "numerator": None, "denominator": 16, "lower": 25.0, "upper": 50.0,
        "numerator_lower": 4, "numerator_upper": 8, "coverage": FULL, "status": "A",
    }  # fmt: skip


def test_running_year_is_provisional_over_the_months_begun():
    recorded("2023-01-01")
    report("2025-03-01")
    found = figures(year=2025)["reports"]
    assert (found["value"], found["coverage"], found["status"]) == (1, {"status": "partial", "months": 3}, "P")


def test_year_that_starts_in_november():
    recorded("2023-01-01")
    for day in ("2023-10-31", "2023-11-01", "2024-10-31", "2024-11-01"):
        report(day)
    document = json.loads(totals(2023, start_month=11))
    assert (document["year"], document["first_month"], document["last_month"]) == (
        "2023-11..2024-10", "2023-11", "2024-10",
    )  # fmt: skip
    assert document["figures"]["reports"]["value"] == 2


def test_what_is_marked_is_counted_first():
    recorded("2023-01-01")
    received = report("2023-05-05")
    recount_waiting(now=NOW)
    report("2023-06-05")
    received.delete()
    report("2023-06-06")
    assert figures()["reports"]["value"] == 2


@pytest.mark.usefixtures("year_2023")
@pytest.mark.parametrize("file_format", ["json", "csv"])
def test_bytes_depend_on_neither_language_nor_time_zone(file_format):
    plain = totals(file_format=file_format)
    for language, zone in (("nl", "Pacific/Kiritimati"), ("en", "America/Adak")):
        with translation.override(language), timezone.override(ZoneInfo(zone)):
            assert totals(file_format=file_format) == plain


@pytest.mark.usefixtures("year_2023")
def test_csv_carries_the_same_numbers_as_json():
    document = json.loads(totals())
    text = totals(file_format="csv").decode()
    assert text.count("\r\n") == text.count("\n")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(rows[0]) == COLUMNS
    figure_rows = {row["figure"]: row for row in rows if row["table"] == "figures"}
    for key, found in document["figures"].items():
        row = figure_rows.pop(key)
        assert row["value"] == (
            "" if found["value"] is None else f"{found['value']:.2f}" if found["unit"] == "%" else str(found["value"])
        )
        assert (row["unit"], row["status"], row["coverage"], row["months"]) == (
            found["unit"], found["status"], found["coverage"]["status"], str(found["coverage"]["months"]),
        )  # fmt: skip
        if found["denominator"] is not None:
            numerator = "" if found["numerator"] is None else str(found["numerator"])
            assert (row["numerator"], row["denominator"]) == (numerator, str(found["denominator"]))
    assert figure_rows == {}
    parts = [
        [table, figure, *[str(value) for name, value in part.items() if name in axes][:2], part["value"]]
        for table, figures_of in document["breakdowns"].items()
        for axes in [[axis.key for axis in BREAKDOWNS[table].axes]]
        for figure, division in figures_of.items()
        for part in division["parts"]
    ]
    written = [
        [
            row["table"],
            row["figure"],
            *[code for code in (row["part_a"], row["part_b"]) if code],
            int(row["value"]) if row["value"] else None,
        ]
        for row in rows
        if row["table"] != "figures"
    ]
    assert written == parts


def test_name_that_a_spreadsheet_would_take_for_a_formula_is_quoted():
    # No such name passes the administrators' form; a row that came otherwise is made harmless all the same.
    assert [_safe(name) for name in ("=1+1", "+1", "-1", "@x", "\tx", "(=1", "Plain")] == [
        "'=1+1", "'+1", "'-1", "'@x", "'\tx", "(=1", "Plain",
    ]  # fmt: skip


class Terminal(io.TextIOWrapper):
    """Standard output as a process has it: text over bytes, in an encoding of its own."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="latin-1", newline="\r\n")

    @property
    def written(self) -> bytes:
        self.flush()
        return self.buffer.getvalue()


@pytest.mark.usefixtures("year_2023")
@pytest.mark.parametrize("file_format", ["json", "csv"])
def test_command_page_and_api_give_the_same_bytes(lead, monkeypatch, file_format):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    call_command("annual_totals", "2023", "--format", file_format)
    assert terminal.written == totals(file_format=file_format)

    client = Client()
    client.force_login(lead)
    page = client.post(f"/years/2023/export.{file_format}")
    assert page.content == terminal.written
    assert page["Content-Disposition"] == f'attachment; filename="hotline-2023-internal-exact.{file_format}"'
    if file_format == "json":
        assert client.get("/api/v1/years/2023/").content == terminal.written


def test_command_takes_the_month_a_year_starts_in():
    recorded("2023-01-01")
    out = io.StringIO()
    call_command("annual_totals", "2023", "--start-month", "11", stdout=out)
    assert json.loads(out.getvalue())["year"] == "2023-11..2024-10"


@pytest.mark.parametrize("arguments", [["24"], ["2024", "--start-month", "13"]])
def test_command_refuses_a_year_that_is_none(arguments):
    with pytest.raises(CommandError, match=r"a year (is written as 2024|starts in a month from 1 to 12)"):
        call_command("annual_totals", *arguments)


def test_export_is_noted_in_the_audit_log(lead):
    recorded("2023-01-01")
    client = Client()
    client.force_login(lead)
    before = AuditEvent.objects.count()
    assert client.post("/years/2023/export.csv?start=11").status_code == 200
    event = AuditEvent.objects.order_by("pk").last()
    assert AuditEvent.objects.count() == before + 1
    assert (event.actor, event.verb, event.subject, event.subject_key, event.changes) == (
        lead.reference, "export", "year", "2023-11_2024-10", {"format": [None, "csv"]},
    )  # fmt: skip
    assert timezone.now() - event.at < timedelta(minutes=1)


def test_synthetic_data_are_named_in_the_file_name_and_not_in_the_bytes(lead, settings):
    recorded("2023-01-01")
    client = Client()
    client.force_login(lead)
    plain = client.post("/years/2023/export.json")
    settings.SYNTHETIC_DATA = True
    marked = client.post("/years/2023/export.json")
    assert "hotline-2023-synthetic-internal-exact.json" in marked["Content-Disposition"]
    assert marked.content == plain.content


def test_year_is_read_in_five_queries(django_assert_num_queries):
    recorded("2023-01-01")
    for month in range(1, 13):
        finding(report(f"2023-{month:02d}-05"), 1, sex="girls")
    recount_waiting(now=NOW)
    # Labels, counted and waiting months, cells, ledger; and that nothing waits.
    with django_assert_num_queries(5):
        exact_annual_tables(Year(2023), now=NOW)


def test_figures_are_those_of_the_issue():
    assert list(FIGURES) == [
        "reports",
        "urls",
        "urls_assessed",
        "urls_confirmed",
        "urls_self_generated",
        "referred",
        "acted_on",
        "sent",
        "removed",
        "still_open",
        "notices",
    ]
    assert list(DURATIONS) == [
        "removed_within_2d", "removed_within_3d", "removed_within_7d", "removed_within_14d", "removed_within_28d",
        "median_days_to_removal", "median_days_to_action",
    ]  # fmt: skip
