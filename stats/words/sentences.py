"""Headline figures in sentences, as the article that the project started from tells them.

Each phrase is rounded down and never above the exact number, which is given beside it. What can not be told by a
number (not recorded, suppressed, not yet counted) is said to be so; what was recorded over a part of the period only
says that too.
"""

from decimal import Decimal
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from stats.coverage import Status
from stats.figures import SHARES
from stats.periods import MONTHS_IN_YEAR, Year
from stats.tables import Cell, Table
from stats.words.phrases import fraction, over, over_percent
from stats.words.presenters import cell_text, coverage_note, fraction_note, notes, number, status_note, year_label


class Sentence(NamedTuple):
    """A sentence, the exact figures it rounds, and what to know of them ('' when there is nothing)."""

    text: str
    exact: str
    note: str
    figure: str


class Telling(NamedTuple):
    """How a figure is told: with a number, and what it is where there is none to tell."""

    figure: str
    said: Promise
    topic: Promise

    @property
    def is_share(self) -> bool:
        """Whether it is told in percent."""
        return self.figure in SHARES


TELLINGS = (
    Telling(
        "reports",
        gettext_lazy("In %(period)s the hotline received %(number)s reports."),
        gettext_lazy("How many reports were received"),
    ),
    Telling(
        "urls",
        pgettext_lazy("the reports", "Together they named %(number)s URLs."),
        gettext_lazy("How many URLs they named"),
    ),
    Telling(
        "urls_confirmed",
        gettext_lazy("Of these, %(number)s were confirmed as child sexual abuse material."),
        gettext_lazy("How many URLs were confirmed as child sexual abuse material"),
    ),
    Telling(
        "urls_self_generated",
        gettext_lazy("Of the confirmed URLs, %(number)s were recorded as self-generated."),
        gettext_lazy("How many of the confirmed URLs were self-generated"),
    ),
    Telling(
        "share_girls",
        gettext_lazy("Girls were shown on %(number)s of the confirmed URLs with the sex determined."),
        gettext_lazy("On how many of the confirmed URLs girls were shown"),
    ),
    Telling(
        "share_self_generated_under_12",
        gettext_lazy("Of the self-generated URLs with the age determined, %(number)s showed a child under 12."),
        gettext_lazy("How many of the self-generated URLs showed a child under 12"),
    ),
    Telling(
        "share_self_generated_6_9",
        gettext_lazy("Of the same URLs, %(number)s showed a child aged 6 to 9."),
        gettext_lazy("How many of the self-generated URLs showed a child aged 6 to 9"),
    ),
)


# Bounds of a percentage that lie closer than this are said as the lower one: in points.
CLOSE = 1


def year_sentences(year: Year, table: Table) -> list[Sentence]:
    """The sentences of a year, from its headline table."""
    return headline_sentences(year_label(year), str(year), table)


def headline_sentences(period: str, column: str, table: Table) -> list[Sentence]:
    """The sentences of a period, from a column of a headline table; of the figures that it has."""
    known = {row.key for row in table.rows}
    return [_sentence(table.cell(told.figure, column), period, told) for told in TELLINGS if told.figure in known]


def before_sentence(period: str, cell: Cell) -> Sentence:
    """What was known of self-generated material a year before. Part of a year is never told as a whole one."""
    figure = "urls_self_generated"
    exact, note = _exact_count(cell), coverage_note(cell.coverage)
    if not exact:
        return Sentence(_unsaid(cell, period, TELLINGS[3].topic), "", note, figure)
    if cell.is_partial:
        text = _(
            "In %(period)s self-generated material was seen too, but the figures were not kept the whole year: "
            "%(number)s URLs, %(coverage)s."
        )
        if cell.coverage.of != MONTHS_IN_YEAR:
            text = _(
                "In %(period)s self-generated material was seen too, but the figures were not kept the whole period: "
                "%(number)s URLs, %(coverage)s."
            )
        return Sentence(text % {"period": period, "number": _count(cell), "coverage": note}, exact, note, figure)
    text = _("In %(period)s, %(number)s URLs were recorded as self-generated.")
    return Sentence(text % {"period": period, "number": _count(cell)}, exact, note, figure)


def _sentence(cell: Cell, period: str, told: Telling) -> Sentence:
    phrase = _share(cell) if told.is_share else _count(cell)
    kept = coverage_note(cell.coverage)
    note = notes(kept, status_note(cell))
    if not phrase:
        return Sentence(_unsaid(cell, period, told.topic), "", note, told.figure)
    text = str(told.said) % {"period": period, "number": phrase}
    if cell.is_partial:
        text += " " + _("This was not kept the whole period: %(coverage)s.") % {
            "coverage": coverage_note(cell.coverage)
        }
    return Sentence(text, _exact_share(cell) if told.is_share else _exact_count(cell), note, told.figure)


def _unsaid(cell: Cell, period: str, topic: Promise) -> str:
    """Why there is no number, as a sentence about what it would have told."""
    if cell.status is Status.SUPPRESSED:
        text = _("%(topic)s in %(period)s is not published, so that small numbers stay protected.")
    elif cell.coverage.is_none or cell.status is Status.NOT_COLLECTED:
        text = _("%(topic)s was not recorded in %(period)s.")
    elif cell.denominator == 0:
        text = _("%(topic)s in %(period)s can not be said: there were none to divide by.")
    else:
        text = _("%(topic)s in %(period)s is not yet known.")
    return text % {"topic": topic, "period": period}


def _count(cell: Cell) -> str:
    if cell.value is not None:
        return over(int(cell.value))
    if cell.bounds:
        bounds = {"lower": number(cell.bounds.lower), "upper": number(cell.bounds.upper)}
        return _("between %(lower)s and %(upper)s") % bounds
    return ""


def _share(cell: Cell) -> str:
    if cell.value is not None:
        value = Decimal(cell.value)
        return fraction(value) or over_percent(value)
    if cell.bounds:
        lower, upper = cell.bounds
        if upper - lower <= CLOSE:
            return over_percent(Decimal(lower))
        return _("between %(lower)s and %(upper)s percent") % {"lower": number(lower), "upper": number(upper)}
    return ""


def _exact_count(cell: Cell) -> str:
    return cell_text(cell) if cell.value is not None or cell.bounds else ""


def _exact_share(cell: Cell) -> str:
    percent, told = cell_text(cell), fraction_note(cell)
    return _("%(percent)s%%: %(fraction)s") % {"percent": percent, "fraction": told} if told else f"{percent}%"
