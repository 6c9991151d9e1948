"""JSON: the schema that is published, integers as integers, and null for what is not known."""

import json
from pathlib import Path

import jsonschema
import pytest

from stats.exports.forms import form_bytes
from stats.publication import Form
from tests.stats.exports.sample import other_year_publication, sample_publication

SCHEMA = json.loads((Path(__file__).resolve().parents[3] / "docs" / "release.schema.json").read_text(encoding="utf-8"))


def content(language="en", publication=None):
    return json.loads(form_bytes(publication or sample_publication(), Form.JSON, language))


def table(key, **which):
    (found,) = [table for table in content(**which)["tables"] if table["key"] == key]
    return found


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(
    "publication", [sample_publication(), sample_publication(is_internal=True), other_year_publication()]
)
def test_form_follows_the_published_schema(publication, language):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(content(language, publication), SCHEMA, format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "X"}, "'X' is not one of"),
        ({"status": "Q"}, "is not of type 'null'"),
        ({"numerator": 1.5}, "1.5 is not of type 'integer'"),
        ({"note": "typed"}, "'note' was unexpected"),
    ],
)
def test_schema_refuses_another_cell(change, said):
    changed = content()
    changed["tables"][0]["rows"][0]["cells"][0] |= change
    with pytest.raises(jsonschema.ValidationError, match=said):
        jsonschema.validate(changed, SCHEMA)


def test_counts_are_integers_and_shares_numbers_beside_their_fraction():
    rows = {row["key"]: row["cells"][0] for row in table("headline")["rows"]}
    assert isinstance(rows["reports"]["value"], int)
    share = rows["share_girls"]
    assert (share["value"], share["numerator"], share["denominator"]) == (96.25, 190_001, 197_402)


def test_bounds_stand_in_place_of_a_value():
    cell = table("age_groups")["rows"][0]["cells"][0]
    assert cell == {
        "value": None, "lower": 74.29, "upper": 77.5, "numerator": None, "numerator_lower": 52_000,
        "numerator_upper": 54_250, "denominator": 70_000, "status": "A", "rule": "1", "scheme": "hotline.1+iwf.1",
        "source": None, "coverage": {"status": "full", "full": 12, "partly": 0, "of": 12, "months": "F" * 12},
    }  # fmt: skip


def test_what_is_not_known_is_null_with_its_reason():
    cell = table("headline")["rows"][4]["cells"][1]
    assert (cell["value"], cell["status"], cell["coverage"]["status"]) == (None, "L", "none")


def test_periods_are_named_in_both_manners():
    months = table("months", language="nl", publication=other_year_publication())
    assert months["rows"][0]["period"] == {
        "key": "2024-11",
        "from": "2024-11-01",
        "to": "2024-11-30",
        "label": "november 2024",
    }


def test_labels_are_in_the_language_and_codes_are_not():
    dutch, english = content("nl"), content("en")
    assert [table["key"] for table in dutch["tables"]] == [table["key"] for table in english["tables"]]
    assert (dutch["tables"][3]["title"], english["tables"][3]["title"]) == ("Getoond geslacht", "Sex shown")
    assert (dutch["language"], english["language"]) == ("nl", "en")


def test_nothing_is_indented_and_letters_stand_as_themselves():
    text = form_bytes(sample_publication(), Form.JSON, "nl").decode()
    assert "Curaçao" in text
    assert text.count("\n") == 1
