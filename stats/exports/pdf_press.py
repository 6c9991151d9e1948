"""The sections of the press sheet. Plain data for typst/press.typ; in the active language."""

from django.utils.translation import gettext as _

from stats.exports.pdf_sections import section, text
from stats.exports.pdf_tables import Block
from stats.publication import Publication
from stats.words.press import PressSentence, press_paragraph, press_sentences


def press_sections(publication: Publication) -> list[Block]:
    """The paragraph, and each of its sentences with the exact number."""
    explained = _(
        "Every round number is rounded down: the exact number is never below it. Please quote a share with its base, "
        "and do not add numbers of different units."
    )
    return [
        section(_("In words"), [{"is": "lead", "text": press_paragraph(publication)}]),
        section(
            _("Sentence by sentence"),
            [text(explained), {"is": "quotes", "quotes": [_quote(said) for said in press_sentences(publication)]}],
        ),
    ]


def _quote(said: PressSentence) -> Block:
    exact = f"{said.exact} {said.unit}" if said.unit and said.unit != "%" else said.exact
    return {"text": said.text, "exact": exact or _("no number"), "base": said.base, "note": said.note}
