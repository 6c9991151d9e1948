"""A year's headline figures in sentences, as the article that the project started from tells them.

Each phrase is rounded down and never above the exact number, which is given beside it.
"""

from decimal import Decimal
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from stats.periods import Year
from stats.phrases import fraction, over, over_percent
from stats.presenters import cell_text, coverage_note, fraction_note, notes, status_note, year_label
from stats.tables import Cell, Table


class Sentence(NamedTuple):
    """A sentence, the exact figures it rounds, and what to know of them ('' when there is nothing)."""

    text: str
    exact: str
    note: str


COUNTS: tuple[tuple[str, Promise, Promise], ...] = (
    (
        "reports",
        gettext_lazy("In %(year)s the hotline received %(number)s reports."),
        gettext_lazy("How many reports came in was not recorded in %(year)s."),
    ),
    (
        "urls",
        pgettext_lazy("the reports", "Together they named %(number)s URLs."),
        gettext_lazy("How many URLs they named was not recorded in %(year)s."),
    ),
    (
        "urls_confirmed",
        gettext_lazy("Of these, %(number)s were confirmed as child sexual abuse material."),
        gettext_lazy("How many were confirmed was not recorded in %(year)s."),
    ),
    (
        "urls_self_generated",
        gettext_lazy("Of the confirmed URLs, %(number)s were recorded as self-generated."),
        gettext_lazy("How many were self-generated was not recorded in %(year)s."),
    ),
)
SHARES: tuple[tuple[str, Promise, Promise], ...] = (
    (
        "share_girls",
        gettext_lazy("Girls were shown on %(number)s of the confirmed URLs with the sex determined."),
        gettext_lazy("Which sex was shown is not known for %(year)s."),
    ),
    (
        "share_self_generated_under_12",
        gettext_lazy("Of the self-generated URLs with the age determined, %(number)s showed a child under 12."),
        gettext_lazy("How many of the self-generated URLs showed a child under 12 is not known for %(year)s."),
    ),
    (
        "share_self_generated_6_9",
        gettext_lazy("Of the same URLs, %(number)s showed a child aged 6 to 9."),
        gettext_lazy("How many of them showed a child aged 6 to 9 is not known for %(year)s."),
    ),
)


def year_sentences(year: Year, table: Table) -> list[Sentence]:
    """The sentences of a year, from its headline table."""
    name = year_label(year)
    counts = [_sentence(table.cell(key, str(year)), name, said, unsaid, share=False) for key, said, unsaid in COUNTS]
    return counts + [
        _sentence(table.cell(key, str(year)), name, said, unsaid, share=True) for key, said, unsaid in SHARES
    ]


def _sentence(cell: Cell, year: str, said: Promise, unsaid: Promise, *, share: bool) -> Sentence:
    number = _share(cell) if share else _count(cell)
    text = str(said if number else unsaid) % {"year": year, "number": number}
    exact = _exact_share(cell) if share else cell_text(cell)
    return Sentence(text, exact if number else "", notes(coverage_note(cell.coverage), status_note(cell)))


def _count(cell: Cell) -> str:
    return "" if cell.value is None else over(int(cell.value))


def _share(cell: Cell) -> str:
    if cell.value is not None:
        value = Decimal(cell.value)
        return fraction(value) or over_percent(value)
    if cell.bounds:
        return _("%(bounds)s percent") % {"bounds": cell_text(cell)}
    return ""


def _exact_share(cell: Cell) -> str:
    return _("%(percent)s%%: %(fraction)s") % {"percent": cell_text(cell), "fraction": fraction_note(cell)}
