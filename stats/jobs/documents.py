"""The documents made of a release, as files: protected, as they leave the house.

Bytes depend on the release, the releases before it and the language, and on nothing else: no clock, no setting, and no
record as it is now.
"""

from collections.abc import Sequence
from dataclasses import replace

from django.utils import translation

from stats.exports.forms import LANGUAGES, file_name, form_bytes, refuse_unprotected
from stats.publication import Document, Form, Publication, ReleaseFacts, ReleaseStatus
from stats.releases.compare import Difference, Why
from stats.releases.reading import publication_of, releases_of
from stats.releases.sides import between


class NoSuchDocumentError(ValueError):
    """This document is not made in this form or language."""


def refuse_unknown(document: Document, form: Form, language: str) -> None:
    """Raise ``NoSuchDocumentError`` for a document that is not made so: the report and the sheet are typeset only."""
    if language not in LANGUAGES or (document is not Document.TABLES and form is not Form.PDF):
        raise NoSuchDocumentError


def takes_long(form: Form) -> bool:
    """Whether to have it made by a worker: typesetting takes seconds."""
    return form is Form.PDF


def document_bytes(publication: Publication, document: Document, form: Form, language: str) -> bytes:
    """A document of a publication that is to leave the house.

    Raises ``NoSuchDocumentError``, and what :func:`stats.exports.forms.form_bytes` raises.
    """
    refuse_unknown(document, form, language)
    if document is Document.TABLES:
        return form_bytes(publication, form, language)
    refuse_unprotected(publication)
    with translation.override(language):
        return _typeset(publication, document)


def document_name(facts: ReleaseFacts, document: Document, form: Form, language: str) -> str:
    """Such as ``hotline-2024-final-3-annual-report-en.pdf``: its tables are not read for it."""
    name = file_name(Publication(facts=facts, tables=(), passports=(), is_internal=False), form, language)
    if document is Document.TABLES:
        return name
    stem, _dash, end = name.rpartition("-")
    return f"{stem}-{document.value.replace('_', '-')}-{end}"


def _typeset(publication: Publication, document: Document) -> bytes:
    from stats.exports import pdf  # noqa: PLC0415 - a page needs no typesetter

    if document is Document.PRESS_SHEET:
        return pdf.press_sheet_pdf(publication)
    last = last_report(publication.facts)
    changed = changed_since(last, publication.facts) if last else []
    return pdf.annual_report_pdf(publication, last=last, differences=changed)


def last_report(facts: ReleaseFacts) -> Publication | None:
    """The release of the period before as its report had it: the first firm one, made before this one."""
    known = [other for other in releases_of(facts.period.before) if other.number < facts.number]
    firm = [other for other in known if other.status is not ReleaseStatus.PROVISIONAL]
    chosen = firm[0] if firm else known[-1] if known else None
    return publication_of(chosen.number) if chosen else None


def changed_since(last: Publication, facts: ReleaseFacts) -> Sequence[Difference]:
    """What was revised in a period since a report of it, up to a later release of another period."""
    later = [other for other in releases_of(last.facts.period) if last.facts.number < other.number < facts.number]
    if not later:
        return []
    newest = publication_of(later[-1].number)
    # How much was late entry is counted in the records as they are now: a file must not depend on that.
    why = (Why(newest.facts.reason, None),) if newest.facts.reason else ()
    return [replace(difference, why=why) for difference in between(last, newest)]
