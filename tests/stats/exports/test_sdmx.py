"""SDMX-CSV 2.0 (SDMX 3.0): the columns of the field guide, codes, times, statuses."""

import re
from collections import Counter
from dataclasses import replace

import pytest

from stats.exports.forms import form_bytes
from stats.exports.sdmx import DIMENSIONS, time_period
from stats.periods import Period
from stats.publication import Form
from tests.stats.exports.sample import other_year_publication, sample_publication
from tests.stats.exports.told import sdmx_rows

IDENTIFIER = re.compile(r"[A-Za-z0-9_@$\-]+\Z")
TIME = re.compile(r"[0-9]{4}(-Q[1-4]|-[0-9]{2}|-[0-9]{2}-01/P(1Y|3M))?\Z")


def rows(publication=None):
    return sdmx_rows(form_bytes(publication or sample_publication(), Form.SDMX, "en"))


def row(publication=None, **fields):
    (found,) = [row for row in rows(publication) if all(row[name] == text for name, text in fields.items())]
    return found


def test_columns_are_in_the_order_of_the_field_guide():
    header = list(rows()[0])
    assert header[:3] == ["STRUCTURE[|]", "STRUCTURE_ID", "ACTION"]
    assert tuple(header[3:9]) == DIMENSIONS
    assert header[9] == "OBS_VALUE"
    text = form_bytes(sample_publication(), Form.SDMX, "nl").decode()
    assert text.startswith("STRUCTURE[|],STRUCTURE_ID,ACTION,FREQ,")


def test_every_row_is_information_on_one_structure():
    found = {(row["STRUCTURE[|]"], row["STRUCTURE_ID"], row["ACTION"]) for row in rows()}
    assert found == {("dataflow", "HOTLINE:RELEASE(1.0.0)", "I")}


@pytest.mark.parametrize("publication", [sample_publication(), other_year_publication()])
def test_dimensions_are_identifiers_and_no_two_observations_have_the_same(publication):
    keys = Counter(tuple(row[name] for name in DIMENSIONS) for row in rows(publication))
    assert max(keys.values()) == 1
    assert all(IDENTIFIER.match(code) for key in keys for code in key[:-1])
    assert all(TIME.match(key[-1]) for key in keys)


@pytest.mark.parametrize(
    ("period", "time"),
    [
        ("2024", "2024"),
        ("2024-Q1", "2024-Q1"),
        ("2024-03", "2024-03"),
        ("2024-11..2025-10", "2024-11-01/P1Y"),
        ("2024-02..2024-04", "2024-02-01/P3M"),
    ],
)
def test_time_is_in_the_notation_of_the_standard(period, time):
    assert time_period(Period.parse(period)) == time


def test_frequency_is_that_of_the_period():
    assert {row["FREQ"] for row in rows() if row["BREAKDOWN"] == "months"} == {"M"}
    assert {row["FREQ"] for row in rows() if row["BREAKDOWN"] != "months"} == {"A"}


def test_totals_and_parts_that_answer_nothing_have_generic_codes():
    parts = [row["PART_DOWN"] for row in rows() if (row["BREAKDOWN"], row["INDICATOR"]) == ("sex", "urls_confirmed")]
    assert parts == ["girls", "boys", "both", "_U", "_X", "_T"]
    assert {row["PART_DOWN"] for row in rows() if row["BREAKDOWN"] == "headline"} == {"_Z"}


def test_key_with_other_signs_stays_itself_and_an_identifier():
    publication = sample_publication()
    table = publication.table("recipient")
    named = [replace(row, key=key) for row, key in zip(table.rows, ("a.b", "a_b", "a$2E$b"), strict=False)]
    publication = replace(publication, tables=(replace(table, rows=tuple(named)),))
    parts = [row["PART_DOWN"] for row in rows(publication)]
    assert parts == ["a$2E$b", "a_b", "a$24$2E$24$b"]


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ({"BREAKDOWN": "headline", "INDICATOR": "reports", "TIME_PERIOD": "2024"}, "A"),
        ({"BREAKDOWN": "headline", "INDICATOR": "referred", "TIME_PERIOD": "2024"}, "P"),
        ({"BREAKDOWN": "headline", "INDICATOR": "urls_self_generated", "TIME_PERIOD": "2023"}, "B"),
        ({"BREAKDOWN": "headline", "INDICATOR": "share_girls", "TIME_PERIOD": "2023"}, "L"),
        ({"BREAKDOWN": "sex", "INDICATOR": "urls_self_generated", "PART_DOWN": "boys"}, "Q"),
    ],
)
def test_status_is_that_of_the_observation(key, status):
    assert row(**key)["OBS_STATUS"] == status


def test_suppressed_is_empty_and_confidential_and_the_rest_free():
    found = row(BREAKDOWN="sex", INDICATOR="urls_self_generated", PART_DOWN="boys")
    assert (found["OBS_VALUE"], found["CONF_STATUS"]) == ("", "C")
    assert {row["CONF_STATUS"] for row in rows() if row["OBS_STATUS"] != "Q"} == {"F"}
    assert {row["CONF_STATUS"] for row in rows(sample_publication(is_internal=True))} == {"N"}


def test_share_has_its_decimals_unit_and_fraction():
    found = row(BREAKDOWN="headline", INDICATOR="share_girls", TIME_PERIOD="2024")
    names = ("OBS_VALUE", "UNIT_MEASURE", "DECIMALS", "NUMERATOR", "DENOMINATOR")
    assert tuple(found[name] for name in names) == ("96.25", "PT", "2", "190001", "197402")


def test_bounds_keep_their_decimals():
    found = row(BREAKDOWN="age_groups", PART_DOWN="under_12")
    names = ("OBS_VALUE", "LOWER", "UPPER", "NUMERATOR_LOWER", "NUMERATOR_UPPER", "DECIMALS")
    assert tuple(found[name] for name in names) == ("", "74.29", "77.50", "52000", "54250", "2")


def test_names_are_there_in_both_languages():
    found = row(BREAKDOWN="sex", INDICATOR="urls_confirmed", PART_DOWN="girls")
    assert found["PART_DOWN_NAME[nl|en]"] == "nl:meisjes|en:girls"
    assert found["RULE_DEF[nl|en]"] == (
        "nl:Geteld in de maand van ontvangst.|en:Counted in the month of receipt; void reports are left out."
    )
    assert found["REQUIRES[]"] == "reports|assessment"


def test_delimiter_in_a_name_does_not_divide_it():
    publication = sample_publication()
    table = publication.table("recipient")
    publication = replace(publication, tables=(replace(table, rows=(replace(table.rows[0], label="A|B"),)),))
    assert rows(publication)[0]["PART_DOWN_NAME[nl|en]"] == "nl:A/B|en:A/B"
