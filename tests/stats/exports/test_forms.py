"""The registry of forms: names, types, the guard at the door, and bytes that depend on nothing else."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from django.utils import translation

from stats.coverage import Status
from stats.exports.forms import CONTENT_TYPES, UnprotectedError, file_name, form_bytes
from stats.periods import Period
from stats.publication import Form, ReleaseStatus
from stats.tables import Bounds
from tests.stats.exports.digests import KEPT
from tests.stats.exports.sample import other_year_publication, sample_publication
from tests.stats.exports.told import csv_rows, sdmx_rows, workbook

FORMS = [Form.CSV, Form.JSON, Form.SDMX, Form.XLSX]
INTERNAL = sample_publication(is_internal=True)
QUARTER = sample_publication(period=Period.parse("2024-Q1"))
FINAL = {"status": ReleaseStatus.FINAL, "revision": 0, "reason": None}


@pytest.mark.parametrize(
    ("publication", "form", "language", "name"),
    [
        (sample_publication(**FINAL, is_synthetic=False), Form.XLSX, "en", "hotline-2024-final-3-en.xlsx"),
        (sample_publication(is_synthetic=False), Form.PDF, "nl", "hotline-2024-revised-3-nl.pdf"),
        (sample_publication(), Form.CSV, "nl", "hotline-2024-revised-3-synthetic-nl.csv"),
        (INTERNAL, Form.JSON, "en", "hotline-2024-revised-3-synthetic-internal-exact-en.json"),
        (other_year_publication(), Form.SDMX, "en", "hotline-2024-11_2025-10-final-3-synthetic-sdmx.csv"),
        (QUARTER, Form.SDMX, "nl", "hotline-2024-Q1-revised-3-synthetic-sdmx.csv"),
    ],
)  # fmt: skip
def test_file_name_says_what_it_is(publication, form, language, name):
    assert file_name(publication, form, language) == name


def test_every_form_has_a_type_and_is_written():
    assert set(CONTENT_TYPES) == set(Form)
    assert all(len(form_bytes(sample_publication(), form, "en")) > 1000 for form in Form)


def test_another_language_is_refused():
    with pytest.raises(ValueError, match="'nl' or 'en'"):
        form_bytes(sample_publication(), Form.CSV, "de")


def with_cell(publication, **changes):
    """The publication with its first cell changed."""
    table = publication.tables[0]
    row = table.rows[0]
    row = replace(row, cells=(replace(row.cells[0], **changes), *row.cells[1:]))
    return replace(publication, tables=(replace(table, rows=(row, *table.rows[1:])), *publication.tables[1:]))


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize(
    "changes",
    [
        {"is_suppressed": True},
        {"status": Status.SUPPRESSED},
        {"status": Status.SUPPRESSED, "value": None, "numerator": 3},
        {"status": Status.SUPPRESSED, "value": None, "bounds": Bounds(1, 4)},
        {"status": Status.SUPPRESSED, "value": None, "numerator_bounds": Bounds(1, 4)},
    ],
)
def test_number_that_must_not_leave_the_house_is_refused_in_every_form_and_not_repeated(form, changes):
    publication = with_cell(sample_publication(), **changes)
    with pytest.raises(UnprotectedError) as refusal:
        form_bytes(publication, form, "en")
    assert "127" not in str(refusal.value)


def test_the_same_is_written_for_internal_use():
    publication = with_cell(sample_publication(is_internal=True), is_suppressed=True)
    assert all(form_bytes(publication, form, "en") for form in FORMS)


def says(content, form):
    """Everything a form says, as one text."""
    if form is not Form.XLSX:
        return content.decode()
    return "\n".join(
        str(cell) for sheet in workbook(content) for row in sheet.iter_rows(values_only=True) for cell in row if cell
    )


FACTS = sample_publication().facts


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "fact", [FACTS.digest, FACTS.previous_digest, FACTS.definitions, "2025-03-09T23:30:00Z", "coördinatie", "Curaçao"]
)
def test_form_carries_what_the_release_is(form, fact):
    assert fact in says(form_bytes(sample_publication(), form, "nl"), form)


def test_forms_say_whether_data_are_made_up_and_whether_they_may_leave_the_house():
    for is_internal, is_synthetic in ((False, False), (True, True)):
        publication = sample_publication(is_internal=is_internal, is_synthetic=is_synthetic)
        use, data = ("internal", "synthetic") if is_internal else ("public", "real")
        assert {(row["use"], row["data"]) for row in csv_rows(form_bytes(publication, Form.CSV, "en"))} == {(use, data)}
        assert {(row["USE"], row["DATA"]) for row in sdmx_rows(form_bytes(publication, Form.SDMX, "en"))} == {
            (use, data)
        }
        facts = json.loads(form_bytes(publication, Form.JSON, "en"))["release"]["facts"]
        assert (facts["use"]["code"], facts["data"]["code"]) == (use, data)
        sheets = workbook(form_bytes(publication, Form.XLSX, "en")).worksheets
        told = "Made-up data, for demonstration only · Exact, for internal use: not to be published"
        assert {sheet["A3"].value or "" for sheet in sheets} == ({told} if is_internal else {""})


@pytest.mark.parametrize("form", Form)
def test_bytes_do_not_depend_on_the_language_that_was_active(form):
    publication = sample_publication()
    with translation.override("nl"):
        dutch = form_bytes(publication, form, "en")
    with translation.override("en"):
        assert dutch == form_bytes(publication, form, "en")


def test_sdmx_is_the_same_in_both_languages_and_the_others_are_not():
    for form in FORMS:
        same = form_bytes(sample_publication(), form, "nl") == form_bytes(sample_publication(), form, "en")
        assert same is (form is Form.SDMX)


WHERE = [
    {"TZ": "UTC", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "1", "HOTLINE_LANGUAGE": "nl"},
    {"TZ": "Pacific/Kiritimati", "LANG": "nl_NL.UTF-8", "LC_ALL": "nl_NL.UTF-8", "PYTHONHASHSEED": "2"},
    {"TZ": "Pacific/Pago_Pago", "LANG": "tr_TR.UTF-8", "LC_ALL": "", "PYTHONHASHSEED": "3",
     "HOTLINE_TIME_ZONE": "America/New_York"},
]  # fmt: skip


@pytest.mark.parametrize("where", WHERE, ids=lambda where: where["TZ"])
def test_bytes_are_those_that_are_kept_in_any_zone_locale_setting_and_hash_seed(where):
    """Python 3.11 and 3.13 both run this, so both make the bytes whose digests are kept."""
    command = [sys.executable, "-W", "error", "-m", "tests.stats.exports.digests"]
    env = {**os.environ, **where, "DJANGO_SETTINGS_MODULE": "hotline.settings_for_types"}
    made = subprocess.run(command, env=env, cwd=KEPT.parent.parent.parent, check=True, capture_output=True, timeout=120)
    assert json.loads(made.stdout) == json.loads(KEPT.read_text(encoding="utf-8"))


def large_publication():
    """As many cells as a year of a hotline with many countries and recipients has: some 4,000."""
    publication = sample_publication()
    long = publication.table("hosting_country")
    copies = [replace(long, key=f"{long.key}_{number}", rows=long.rows * 5) for number in range(12)]
    return replace(publication, tables=(*publication.tables, *copies))


@pytest.mark.parametrize("form", FORMS)
def test_form_is_made_in_time(form):
    """A second is what is asked for. Its own time is counted, whatever else the machine does: a quarter of one."""
    publication = large_publication()
    began = time.process_time()
    form_bytes(publication, form, "nl")
    assert time.process_time() - began < 1.5
