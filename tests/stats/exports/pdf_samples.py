"""The sample publication as PDF, in both languages, with what changed in the figures of the year before."""

import hashlib
from dataclasses import replace
from pathlib import Path

from django.utils import translation

from stats.bilingual import bilingual
from stats.declarations import Unit
from stats.exports import pdf
from stats.periods import Period
from stats.publication import HEADLINE, Reason, ReleaseStatus
from stats.releases.compare import Difference, Why
from tests.stats.exports.sample import count, hidden, protected, sample_publication, share

KEPT = Path(__file__).resolve().parents[2] / "data" / "pdf_digests.json"
DOCUMENTS = [(document, language) for document in ("tables", "report", "press") for language in ("nl", "en")]


def made(document, language, publication=None):
    """The bytes of one document."""
    makers = {"tables": pdf.tables_pdf, "report": report, "press": pdf.press_sheet_pdf}
    with translation.override(language):
        return makers[document](publication or sample_publication())


def report(publication):
    return pdf.annual_report_pdf(publication, last=last_year(), differences=changes())


def last_year():
    facts = {"number": 2, "status": ReleaseStatus.FINAL, "revision": 0, "reason": None}
    return sample_publication(period=Period.parse("2023"), **facts)


def changes():
    """A part that is gone, a count that is more by late entry, a share that is less, a number that was suppressed."""
    changed = Difference(
        table=HEADLINE,
        table_title=bilingual("Cijfers", "Figures"),
        row="reports",
        row_label=bilingual("Meldingen", "Reports"),
        column="2023",
        column_label="2023",
        unit=Unit.REPORTS,
        old=count(118_206),
        new=count(119_440),
        why=(Why(Reason.LATE_ENTRY, 1_300), Why(Reason.CORRECTION, -66)),
    )
    gone = replace(
        changed,
        table="sex",
        table_title=bilingual("Getoond geslacht", "Sex shown"),
        row="boys",
        row_label=bilingual("jongens", "boys"),
        column="urls_confirmed",
        column_label=bilingual("Bevestigde URL's", "URLs confirmed"),
        old=count(7_000),
        new=None,
        why=(Why(Reason.DEFINITION, None),),
    )
    less = replace(
        changed,
        row="share_girls",
        row_label=bilingual("Aandeel met meisjes", "Share showing girls"),
        unit=Unit.PERCENT,
        old=share(90, 100),
        new=share(895, 1_000),
        why=(Why(Reason.CORRECTION, None),),
    )
    suppressed = replace(
        changed,
        row="urls",
        row_label=bilingual("Gemelde URL's", "URLs reported"),
        old=protected(hidden(4)),
        new=count(9),
        why=(Why(Reason.CORRECTION, None),),
    )
    return [gone, changed, less, suppressed]


def digests():
    """SHA-256 of each document, by name and language."""
    return {f"{name}-{language}": hashlib.sha256(made(name, language)).hexdigest() for name, language in DOCUMENTS}
