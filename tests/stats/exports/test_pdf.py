"""The documents as a whole: tagged, for keeping, complete, and the same bytes everywhere."""

import io
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
import typst
from django.utils import translation
from pypdf import PdfReader

from stats.exports.pdf import press_sheet_pdf, tables_pdf
from stats.publication import TREND
from stats.words.presenters import cell_text, fraction_note
from tests.stats.exports.pdf_samples import DOCUMENTS, KEPT, made
from tests.stats.exports.pdf_structure import problems, tags, text_of
from tests.stats.exports.sample import other_year_publication, sample_publication

NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
SECONDS = 3
every_document = pytest.mark.parametrize(("document", "language"), DOCUMENTS)


@cache
def content(document, language):
    return made(document, language)


def read(document, language):
    return PdfReader(io.BytesIO(content(document, language)))


@every_document
def test_document_is_tagged_and_for_keeping(document, language):
    assert problems(content(document, language)) == []


def test_document_without_tags_or_standards_is_found_out():
    source = b'#set text(lang: "en")\n= One\n=== Three\n#table(columns: 1, [a])\n#rect()'
    plain = typst.compile(source, format="pdf", pdf_tags=False)
    assert {"not marked as tagged", "no structure", "not PDF/UA-1", "not PDF/A-2", "not level A"} <= {*problems(plain)}
    tagged = typst.compile(source, format="pdf")
    assert {"a table without heads", "headings out of order", "no title shown"} <= {*problems(tagged)}


def test_figure_without_words_is_refused_by_the_typesetter():
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
    source = f'#set document(title: "t")\n#image(bytes("{svg}"), format: "svg")'
    with pytest.raises(typst.TypstError):
        typst.compile(source.encode(), format="pdf", pdf_standards=["ua-1"])


@every_document
def test_document_says_its_language_and_title(document, language):
    found = read(document, language)
    assert found.root_object["/Lang"][:2] == language
    assert found.metadata.title == {"nl": "Jaarcijfers 2024", "en": "Annual figures 2024"}[language]


def test_charts_say_in_words_what_they_show():
    words = [item["/Alt"] for tag, item in tags(read("report", "en")) if tag == "/Figure"]
    assert "Sex shown. girls: 186,301; boys: 7,401; both: 3,700; undetermined: 34,502; not recorded: 0" in words


@pytest.mark.parametrize("document", ["tables", "report"])
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("is_internal", [True, False])
def test_every_number_of_every_table_is_on_paper_as_often_as_in_the_tables(document, language, is_internal):
    publication = sample_publication(is_internal=is_internal)
    found = Counter(NUMBER.findall(text_of(made(document, language, publication))))
    with translation.override(language):
        assert missing_numbers(publication, found) == {}


def test_number_that_is_left_out_is_missed():
    publication = sample_publication()
    found = Counter(NUMBER.findall(text_of(content("tables", "en"))))
    found["186,301"] = 0
    with translation.override("en"):
        assert missing_numbers(publication, found) == {"186,301": 1}


def missing_numbers(publication, found):
    asked = Counter()
    for table in publication.tables:
        for row in table.rows:
            for cell in row.cells:
                asked.update(NUMBER.findall(cell_text(cell)) + NUMBER.findall(fraction_note(cell)))
    return {number: times for number, times in asked.items() if found[number] < times}


def test_what_is_suppressed_is_on_no_page():
    exact = Counter(NUMBER.findall(text_of(made("tables", "en", sample_publication(is_internal=True)))))
    told = Counter(NUMBER.findall(text_of(content("tables", "en"))))
    assert exact["7,398"] == 1
    assert told["7,398"] == 0


@pytest.mark.parametrize("document", ["tables", "report", "press"])
def test_every_page_says_that_the_data_are_made_up_and_what_release_it_is(document):
    pages = [page.extract_text() for page in read(document, "en").pages]
    inner = pages[1:] if document == "report" else pages
    assert all("Made-up data, for demonstration only" in page for page in pages)
    assert all("digest 9f0a1b2c3d4e" in page for page in inner)
    assert sample_publication().facts.digest in "".join(pages[-1].split())


def test_real_data_are_not_called_made_up_and_exact_ones_are_said_to_be_for_internal_use():
    real = text_of(made("press", "en", sample_publication(is_synthetic=False)))
    exact = text_of(made("press", "en", sample_publication(is_internal=True)))
    assert "Made-up" not in real
    assert "for internal use" not in real
    assert "Exact, for internal use: not to be published" in exact
    assert "suppressed, and with them" in real
    assert "suppressed, and with them" not in exact


def test_labels_are_data_and_never_markup():
    publication = sample_publication()
    label = '#panic("x") $a^2$ *b* @c </text><script>&amp;'
    tables = tuple(
        replace(table, title=label, rows=tuple(replace(row, label=label) for row in table.rows))
        for table in publication.tables
        if table.key == "source"
    )
    headline = publication.tables[0]
    with translation.override("en"):
        found = tables_pdf(replace(publication, tables=(headline, *tables)))
    assert problems(found) == []
    assert label in " ".join(text_of(found).split())


def test_table_wider_than_a_page_is_divided_with_its_stub_repeated():
    publication = sample_publication()
    wide = publication.table("source")
    columns = tuple(replace(wide.columns[0], key=f"c{place}", label=f"Column{place}") for place in range(20))
    rows = tuple(replace(row, cells=row.cells[:1] * 20) for row in wide.rows)
    with translation.override("en"):
        found = text_of(
            tables_pdf(replace(publication, tables=(publication.tables[0], replace(wide, columns=columns, rows=rows))))
        )
    assert "part 1 of 3" in found
    assert "part 3 of 3" in found
    assert found.count("partner hotline") >= 3
    assert [name for name in (column.label for column in columns) if name not in found] == []


def test_other_year_is_named_by_its_months():
    with translation.override("en"):
        found = press_sheet_pdf(other_year_publication())
    assert PdfReader(io.BytesIO(found)).metadata.title == "Annual figures November 2024 to October 2025"
    assert "1 November 2024 to 31 October 2025" in text_of(found)


def test_empty_tables_are_written():
    publication = sample_publication()
    tables = tuple(replace(table, rows=()) for table in publication.tables)
    with translation.override("nl"):
        assert problems(tables_pdf(replace(publication, tables=tables))) == []


def test_release_without_a_trend_has_no_chapter_of_it():
    publication = sample_publication()
    without = replace(publication, tables=tuple(table for table in publication.tables if table.key != TREND))
    assert "Year by year" in text_of(content("report", "en"))
    assert "Year by year" not in text_of(made("report", "en", without))


def test_bytes_are_those_that_are_kept():
    assert json.loads(KEPT.read_text(encoding="utf-8")) == {
        f"{document}-{language}": hash_of(document, language) for document, language in DOCUMENTS
    }


def hash_of(document, language):
    from hashlib import sha256  # noqa: PLC0415 - beside its one use

    return sha256(content(document, language)).hexdigest()


@pytest.mark.parametrize(
    ("zone", "locale", "seed"), [("Pacific/Auckland", "nl_NL.UTF-8", "1"), ("America/New_York", "C", "4242")]
)
def test_bytes_are_the_same_in_every_zone_and_locale(zone, locale, seed):
    environment = {**os.environ, "TZ": zone, "LANG": locale, "LC_ALL": locale, "PYTHONHASHSEED": seed}
    environment |= {"DJANGO_SETTINGS_MODULE": "hotline.settings_for_types", "HOTLINE_TIME_ZONE": zone}
    command = [sys.executable, "-m", "tests.stats.exports.pdf_digests"]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == json.loads(KEPT.read_text(encoding="utf-8"))


@pytest.mark.parametrize("document", ["tables", "report", "press"])
def test_document_is_made_in_time(document):
    started = time.monotonic()
    made(document, "nl")
    assert time.monotonic() - started < SECONDS
