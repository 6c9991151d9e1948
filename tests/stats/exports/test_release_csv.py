"""CSV for spreadsheets: opened right by a double click in Dutch and in English, and by anything that reads CSV."""

import csv
import io
from dataclasses import replace

import pytest

from stats.exports.forms import form_bytes
from stats.exports.release_csv import CELL_COLUMNS, PASSPORT_COLUMNS
from stats.publication import Form
from tests.stats.exports.sample import FACTS, other_year_publication, sample_publication
from tests.stats.exports.told import BOM, csv_rows


def rows(language="en", publication=None):
    return csv_rows(form_bytes(publication or sample_publication(), Form.CSV, language))


def row(language="en", publication=None, **fields):
    (found,) = [row for row in rows(language, publication) if all(row[name] == text for name, text in fields.items())]
    return found


@pytest.mark.parametrize(("language", "delimiter", "share"), [("nl", ";", "96,25"), ("en", ",", "96.25")])
def test_separator_and_decimal_sign_are_those_of_the_reader(language, delimiter, share):
    text = form_bytes(sample_publication(), Form.CSV, language).decode()
    assert text.startswith(BOM)
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    read = list(csv.reader(io.StringIO(text.removeprefix(BOM), newline=""), delimiter=delimiter))
    assert {len(line) for line in read} == {len(read[0])}
    found = [dict(zip(read[0], line, strict=True)) for line in read[1:]]
    assert [row["value"] for row in found if row["figure"] == "share_girls"] == [share, ""]


def test_a_row_has_codes_labels_passport_and_release():
    found = row("nl", table="sex", figure="urls_confirmed", part_down="girls")
    assert found == {
        "table": "sex", "table_label": "Getoond geslacht",
        "figure": "urls_confirmed", "figure_label": "Bevestigde URL's",
        "period": "2024", "period_from": "2024-01-01", "period_to": "2024-12-31", "period_label": "2024",
        "part_down": "girls", "part_down_label": "meisjes", "part_across": "", "part_across_label": "",
        "unit": "URLs", "unit_label": "URL's", "value": "186301", "lower": "", "upper": "",
        "numerator": "", "numerator_lower": "", "numerator_upper": "", "denominator": "",
        "status": "A", "status_label": "normaal",
        "coverage": "full", "months_full": "12", "months_partly": "0", "months": "12",
        "coverage_by_month": "FFFFFFFFFFFF", "rule": "1", "scheme": "", "source": "",
        "counted": "teller van urls_confirmed: coördinatie", "base": "",
        "counting_rule": "Geteld in de maand van ontvangst.", "requires": "reports assessment",
        "release": "3", "release_period": "2024", "release_status": "revised", "revision": "1",
        "reason": "correction", "released_date": "2025-03-10", "released_at": "2025-03-09T23:30:00Z",
        "digest": FACTS.digest, "previous_digest": FACTS.previous_digest, "definitions": FACTS.definitions,
        "threshold": "5", "data": "synthetic", "use": "public",
    }  # fmt: skip
    assert tuple(found)[: len(CELL_COLUMNS) + len(PASSPORT_COLUMNS)] == CELL_COLUMNS + PASSPORT_COLUMNS


def test_columns_are_the_same_in_both_languages():
    assert list(rows("nl")[0]) == list(rows("en")[0])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_typed_text_is_never_a_formula_and_negative_numbers_stay_numbers(start):
    publication = sample_publication()
    table = publication.table("recipient")
    evil = replace(table.rows[0], label=f"{start}cmd|' /C calc'!A0")
    publication = replace(publication, tables=(replace(table, rows=(evil,)), publication.table("trend")))
    labels = [row["part_down_label"] for row in rows(publication=publication) if row["table"] == "recipient"]
    assert labels == [f"'{start}cmd|' /C calc'!A0"]
    assert row(publication=publication, figure="urls_change", period="2024")["value"] == "-2.58"
    assert row("nl", publication=publication, figure="urls_change", period="2024")["value"] == "-2,58"


def test_age_band_is_no_date():
    codes = [row["part_down"] for row in rows() if row["table"] == "age_band" and row["figure"] == "urls_confirmed"]
    assert codes[:4] == ["'0-2", "'3-5", "'6-9", "'10-11"]


def test_separators_and_quotes_in_names_come_back_whole():
    labels = {row["part_down_label"] for row in rows("nl") if row["table"] == "recipient"}
    assert {"Zoë's Hosting; B.V.", 'Host "X"'} <= labels


def test_month_is_named_in_the_readers_language_and_by_its_days():
    found = row("nl", table="months", figure="reports", period="2024-02")
    assert (found["period_from"], found["period_to"], found["period_label"]) == (
        "2024-02-01",
        "2024-02-29",
        "februari 2024",
    )


def test_crossed_table_names_both_parts_and_its_figure():
    found = row(table="self_generated_sex", part_down="girls", part_across="yes")
    assert (found["figure"], found["figure_label"], found["part_across_label"]) == (
        "urls_confirmed",
        "URLs confirmed",
        "yes",
    )


def test_year_of_other_months_has_its_own_days():
    found = row(publication=other_year_publication(), table="headline", figure="urls", period="2024-11..2025-10")
    assert (found["period_from"], found["period_to"]) == ("2024-11-01", "2025-10-31")


def test_total_of_another_source_says_whose():
    assert row(table="trend", figure="urls", period="2021")["source"] == "Offlimits, jaarverslag 2021"
