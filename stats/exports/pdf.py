"""A publication as PDF: its tables, the annual report, the press sheet. Tagged (PDF/UA-1) and for keeping (PDF/A-2a).

Typeset by typst from the templates in typst/, with the fonts that come inside its wheel. A document goes in as JSON:
labels are data, never source. Bytes depend on the publication, the active language and what is handed in, and on
nothing else.
"""

import json
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst
from django.utils import translation

from stats.exports.pdf_press import press_sections
from stats.exports.pdf_report import report_sections
from stats.exports.pdf_sections import about_sections, tables_sections
from stats.exports.pdf_tables import Block
from stats.exports.pdf_words import banners, days_covered, document_words, identity, running_text, status_line, title
from stats.publication import Publication

if TYPE_CHECKING:
    from stats.releases.compare import Difference

TEMPLATES = Path(__file__).parent / "typst"


def tables_pdf(publication: Publication) -> bytes:
    """Every table of a publication with its notes, its passports, and what identifies it."""
    return _typeset("tables.typ", publication, title(publication.facts), tables_sections(publication))


def annual_report_pdf(
    publication: Publication, *, last: Publication | None, differences: "Sequence[Difference]"
) -> bytes:
    """The annual report, cover to notes.

    ``last`` is the release of the period before, as its report had it; ``differences`` what has changed in it since.
    """
    sections = report_sections(publication, last=last, differences=differences)
    return _typeset("report.typ", publication, title(publication.facts), sections)


def press_sheet_pdf(publication: Publication) -> bytes:
    """The headline figures as sentences to quote, each with its exact number, unit and base."""
    return _typeset("press.typ", publication, title(publication.facts), press_sections(publication))


def _typeset(template: str, publication: Publication, name: str, sections: Sequence[Block]) -> bytes:
    facts = publication.facts
    document: dict[str, Any] = {
        "language": (translation.get_language() or "en")[:2],
        "title": name,
        "days": days_covered(facts.period),
        "status": status_line(facts),
        "running": running_text(facts),
        "banners": banners(publication),
        "digests": identity(publication)[1],
        "words": document_words(),
        "sections": [*sections, *about_sections(publication)],
    }
    return typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(document, ensure_ascii=False)},
        format="pdf",
        pdf_standards=["ua-1", "a-2a"],
        timestamp=int(facts.released_at.astimezone(UTC).timestamp()),
        # No package is ever looked for, here or on the network: these folders hold none.
        package_path=TEMPLATES,
        package_cache_path=TEMPLATES,
    )
