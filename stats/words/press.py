"""The press sheet: a publication's headline figures as sentences, each with its exact number, unit and base.

The words are those of :mod:`stats.words.sentences`, so that the year's page and the sheet say the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from stats.periods import Period
from stats.publication import HEADLINE, PassportText, Publication
from stats.tables import Table
from stats.words.presenters import period_label, unit_label
from stats.words.sentences import Sentence, before_sentence, headline_sentences

BEFORE = "urls_self_generated"


@dataclass(frozen=True, slots=True, kw_only=True)
class PressSentence:
    """A sentence to quote, and what stands behind it.

    ``exact`` is '' where there is no number: the sentence then says why. ``base`` is what was counted, and of a share
    over what. ``note`` is '' when there is nothing more to know.
    """

    figure: str
    text: str
    exact: str
    unit: str
    base: str
    note: str


def press_sentences(publication: Publication) -> list[PressSentence]:
    """The sentences of a publication, in the order in which the article tells them; none where it has no headline."""
    return [_press(sentence, publication) for sentence in _sentences(publication)]


def press_paragraph(publication: Publication) -> str:
    """The same sentences as one running text."""
    return " ".join(sentence.text for sentence in press_sentences(publication))


def _sentences(publication: Publication) -> Iterator[Sentence]:
    period = publication.facts.period
    table = publication.table(HEADLINE)
    yield from headline_sentences(_in_sentence(period), str(period), table)
    if _has(table, BEFORE, str(period.before)):
        yield before_sentence(_in_sentence(period.before), table.cell(BEFORE, str(period.before)))


def _in_sentence(period: Period) -> str:
    """'2024', 'March 2024', but 'the first quarter of 2024'."""
    name = period_label(period)
    return _("the %(quarter)s") % {"quarter": name} if "-Q" in str(period) else name


def _has(table: Table, row: str, column: str) -> bool:
    return row in {known.key for known in table.rows} and column in {known.key for known in table.columns}


def _press(sentence: Sentence, publication: Publication) -> PressSentence:
    passport = publication.passport(sentence.figure)
    return PressSentence(
        figure=sentence.figure,
        text=sentence.text,
        exact=sentence.exact,
        unit=unit_label(passport.unit) if sentence.exact else "",
        base=base_text(passport),
        note=sentence.note,
    )


def base_text(passport: PassportText) -> str:
    """What was counted, and over what."""
    if not passport.denominator:
        return str(passport.numerator)
    return _("%(numerator)s, as a share of: %(denominator)s") % {
        "numerator": passport.numerator,
        "denominator": passport.denominator,
    }
