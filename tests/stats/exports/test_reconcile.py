"""Every form tells every cell alike: value, status, bounds, numerator, denominator. One changed cell is seen."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
from django.utils import translation

from stats.exports.forms import form_bytes
from stats.exports.pdf_words import row_label
from stats.publication import Form
from stats.words.presenters import cell_text
from tests.stats.exports.sample import other_year_publication, sample_publication
from tests.stats.exports.told import TOLD, expected, pdf_row, pdf_text

PUBLICATIONS = {
    "public": sample_publication(),
    "internal": sample_publication(is_internal=True),
    "other year": other_year_publication(),
}
FORMS = [Form.CSV, Form.JSON, Form.SDMX, Form.XLSX]


@pytest.fixture(params=["nl", "en"])
def language(request):
    return request.param


@pytest.mark.parametrize("name", PUBLICATIONS)
@pytest.mark.parametrize("form", FORMS)
def test_form_tells_every_cell_as_the_publication_has_it(form, name, language):
    publication = PUBLICATIONS[name]
    assert TOLD[form](form_bytes(publication, form, language), publication) == expected(publication)


def changed(content: bytes, form: Form, old: str, new: str) -> bytes:
    """The bytes of a form with one number changed, where it first stands as a value."""
    if form is not Form.XLSX:
        assert content.count(old.encode())
        return content.replace(old.encode(), new.encode(), 1)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(made, "w") as other:
        for part in packed.namelist():
            text = packed.read(part)
            value, instead = f"<v>{old}</v>".encode(), f"<v>{new}</v>".encode()
            other.writestr(part, text.replace(value, instead, 1) if part.endswith("sheet2.xml") else text)
    return made.getvalue()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("old", "new"), [("231904", "231905"), ("127431", "0")])
def test_one_changed_number_is_seen(form, old, new):
    publication = PUBLICATIONS["public"]
    content = changed(form_bytes(publication, form, "en"), form, old, new)
    found, wanted = TOLD[form](content, publication), expected(publication)
    assert [str(told) for told, other in zip(found, wanted, strict=True) if told != other] == [f"headline: {new} A"]


def cells_changed(publication, change):
    """The publication with every cell changed for which that gives another one, one at a time."""
    for table in publication.tables:
        for row in table.rows:
            for place, cell in enumerate(row.cells):
                other = change(cell)
                if other != cell:
                    cells = (*row.cells[:place], other, *row.cells[place + 1 :])
                    rows = tuple(replace(row, cells=cells) if same is row else same for same in table.rows)
                    tables = tuple(replace(table, rows=rows) if same is table else same for same in publication.tables)
                    yield replace(publication, tables=tables)


CHANGES = {
    "value": lambda cell: cell if cell.value is None else replace(cell, value=cell.value + 1),
    "denominator": lambda cell: cell if not cell.denominator else replace(cell, denominator=cell.denominator + 1),
    "numerator": lambda cell: cell if cell.numerator is None else replace(cell, numerator=cell.numerator + 1),
    "bounds": lambda cell: cell if not cell.bounds else replace(cell, bounds=cell.bounds._replace(lower=0)),
    "zero for nothing": lambda cell: cell if cell.value is not None or cell.status == "Q" else replace(cell, value=0),
}


@pytest.mark.parametrize("form", [Form.CSV, Form.JSON, Form.SDMX])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_one_cell_that_differs_makes_another_form(form, change):
    publication = PUBLICATIONS["public"]
    wanted = expected(publication)
    others = list(cells_changed(publication, change))
    assert others
    for other in others[::7]:
        found = TOLD[form](form_bytes(other, form, "en"), publication)
        assert sum(told != same for told, same in zip(found, wanted, strict=True)) == 1


def test_suppressed_cells_are_q_and_empty_in_every_form(language):
    """Read from the bytes themselves: no number of the exact publication's hidden cells is in a row of its own."""
    publication = PUBLICATIONS["public"]
    for form in FORMS:
        told = [cell for cell in TOLD[form](form_bytes(publication, form, language), publication) if cell.status == "Q"]
        assert len(told) == 8
        assert {cell.value for cell in told} == {None}
        assert {cell.denominator for cell in told} == {None}


def missing_rows(publication, content, language):
    """The rows that the PDF's text does not have with each cell in its place."""
    text = pdf_text(content)
    with translation.override(language):
        return [
            (table.key, row.key)
            for table in publication.tables
            for row in table.rows
            if not has_row(text, row_label(table, row), [cell_text(cell) for cell in row.cells])
        ]


def has_row(text, label, cells):
    """Whether the cells stand behind the label, in order; a wide table is divided, each division with its labels."""
    found = next((run for run in range(len(cells), 0, -1) if pdf_row(label, cells[:run]).search(text)), 0)
    return found > 0 and (found == len(cells) or has_row(text, label, cells[found:]))


@pytest.mark.parametrize("name", PUBLICATIONS)
def test_pdf_tells_every_row_as_the_publication_has_it(name, language):
    publication = PUBLICATIONS[name]
    assert missing_rows(publication, form_bytes(publication, Form.PDF, language), language) == []


def test_pdf_with_a_changed_cell_is_seen():
    publication = PUBLICATIONS["public"]
    others = list(cells_changed(publication, CHANGES["value"]))
    for other in (others[0], others[40], others[-1]):
        assert len(missing_rows(publication, form_bytes(other, Form.PDF, "en"), "en")) == 1


def test_canonical_json_sorts_every_key():
    content = form_bytes(PUBLICATIONS["public"], Form.JSON, "nl")
    again = json.dumps(json.loads(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    assert content == again.encode()
