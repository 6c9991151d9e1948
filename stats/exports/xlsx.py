"""A publication as a workbook: a sheet for each table, with charts; what it is, what it counts, what was recorded.

Numbers are numbers, texts are texts: nothing that was typed becomes a formula or a link. The parts of the file are
stored without compression: what a compressor makes differs from one zlib to the next, and the bytes must not.
"""

import io
from datetime import datetime, time
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from stats.exports.pdf_words import title
from stats.exports.wording import release_facts, status_words, warnings
from stats.exports.xlsx_background import write_about, write_coverage, write_definitions, write_shares
from stats.exports.xlsx_book import ABOUT, COVERAGE, DEFINITIONS, SHARES, Book, Styles, sheet_names
from stats.exports.xlsx_charts import add_charts
from stats.exports.xlsx_tables import write_table
from stats.publication import Publication

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# xlsxwriter leaves out what Excel 2007 took for granted; by the standard a chart that does not say so draws 0.
_PLOTTED, _GAPS = b'<c:plotVisOnly val="1"/>', b'<c:dispBlanksAs val="gap"/>'
_EPOCH = (1980, 1, 1, 0, 0, 0)  # of ZIP, and what Excel itself writes


def release_xlsx(publication: Publication) -> bytes:
    """The publication as a workbook, in the active language."""
    buffer = io.BytesIO()
    workbook = Workbook(buffer, _OPTIONS)
    book = Book(workbook, publication, Styles(workbook), _names(publication))
    for name in book.names.values():
        workbook.add_worksheet(name)
    _properties(book)
    write_about(book)
    for table in publication.tables:
        add_charts(book, *write_table(book, table))
    write_shares(book)
    write_definitions(book)
    write_coverage(book)
    workbook.close()
    return _stored(buffer.getvalue())


def _names(publication: Publication) -> dict[str, str]:
    tables = {table.key: table.title for table in publication.tables}
    after = {SHARES: _("Shares and bounds"), DEFINITIONS: _("Definitions"), COVERAGE: _("Coverage")}
    return sheet_names({ABOUT: _("About"), **tables, **after})


def _properties(book: Book) -> None:
    facts = book.publication.facts
    book.workbook.set_properties(
        {
            "title": title(facts),
            "subject": status_words(facts),
            "author": "Hotline",
            "keywords": facts.digest,
            "comments": " · ".join(warnings(book.publication)),
            # The release's own day: a form has no clock.
            "created": datetime.combine(facts.released_date, time()),
        }
    )
    for fact in release_facts(book.publication):
        book.workbook.set_custom_property(fact.key, str(fact.code), "text")


def _stored(content: bytes) -> bytes:
    """The same parts in the same order, as they are."""
    plain = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as packed, ZipFile(plain, "w", ZIP_STORED) as stored:
        for name in packed.namelist():
            part = ZipInfo(name, _EPOCH)
            part.create_system = 0
            stored.writestr(part, packed.read(name).replace(_PLOTTED, _PLOTTED + _GAPS))
    return plain.getvalue()
