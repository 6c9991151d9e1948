"""The forms a publication is written in: bytes, content type and file name of each.

Bytes depend on the publication and the language, and on nothing else: no clock, setting, time zone or locale. So what
was published can be had again to the byte.
"""

from collections.abc import Callable, Mapping
from importlib import import_module

from django.utils import translation

from stats.coverage import Status
from stats.publication import Form, Publication
from stats.tables import Cell

LANGUAGES = ("nl", "en")
CONTENT_TYPES: Mapping[Form, str] = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.PDF: "application/pdf",
    Form.JSON: "application/json",
    Form.SDMX: "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8",
}
# Imported when first used: a spreadsheet needs no typesetter, and a page none of the two.
_WRITERS: Mapping[Form, tuple[str, str]] = {
    Form.CSV: ("stats.exports.release_csv", "release_csv"),
    Form.XLSX: ("stats.exports.xlsx", "release_xlsx"),
    Form.PDF: ("stats.exports.pdf", "tables_pdf"),
    Form.JSON: ("stats.exports.release_json", "release_json"),
    Form.SDMX: ("stats.exports.sdmx", "release_sdmx"),
}


class UnprotectedError(ValueError):
    """A publication that is to leave the house holds a number that must not. Never repeats it."""


def form_bytes(publication: Publication, form: Form, language: str) -> bytes:
    """The publication in a form, in 'nl' or 'en'.

    Raises ``ValueError`` for another language, and ``UnprotectedError`` when a cell that is not to leave the house
    still has its number.
    """
    if language not in LANGUAGES:
        msg = "a form is written in 'nl' or 'en'"
        raise ValueError(msg)
    refuse_unprotected(publication)
    with translation.override(language):
        return _writer(form)(publication)


def refuse_unprotected(publication: Publication) -> None:
    """Raise ``UnprotectedError`` when a cell that is not to leave the house is about to."""
    if publication.is_internal:
        return
    for table in publication.tables:
        if any(_tells_too_much(cell) for row in table.rows for cell in row.cells):
            msg = f"the table {table.key} is not protected, and was not written"
            raise UnprotectedError(msg)


def _tells_too_much(cell: Cell) -> bool:
    if not (cell.is_suppressed or cell.status is Status.SUPPRESSED):
        return False
    told = (cell.value, cell.bounds, cell.numerator, cell.numerator_bounds)
    return cell.status is not Status.SUPPRESSED or any(number is not None for number in told)


def _writer(form: Form) -> Callable[[Publication], bytes]:
    module, name = _WRITERS[form]
    found: Callable[[Publication], bytes] = getattr(import_module(module), name)
    return found


def file_name(publication: Publication, form: Form, language: str) -> str:
    """Such as ``hotline-2024-final-3-en.xlsx``. SDMX has codes and no words, so no language either."""
    facts = publication.facts
    period = str(facts.period).replace("..", "_")
    suffix, extension = ("sdmx", "csv") if form is Form.SDMX else (language, form.value)
    parts = ["hotline", period, facts.status.value, str(facts.number)]
    parts += ["synthetic"] * facts.is_synthetic + ["internal-exact"] * publication.is_internal
    return "-".join([*parts, suffix]) + f".{extension}"
