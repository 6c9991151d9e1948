"""The sections of the annual report, cover to notes: an administrator only reads it through.

Plain data for typst/report.typ; in the active language.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from stats.declarations import Unit
from stats.exports.pdf_growth import headline_growth
from stats.exports.pdf_sections import coverage_section, definition_sections, section, table_section, text
from stats.exports.pdf_tables import Block, cell_notes
from stats.exports.pdf_words import row_label
from stats.exports.wording import status_words
from stats.periods import MONTHS_IN_YEAR, Month, PeriodError
from stats.publication import AGE_GROUPS, DSA, HEADLINE, MONTHS, REMOVAL, TREND, Publication
from stats.tables import Row, Table
from stats.words.presenters import (
    MINUS,
    cell_text,
    fraction_note,
    month_label,
    notes,
    number,
    period_label,
    signed,
    unit_label,
)
from stats.words.press import press_paragraph

if TYPE_CHECKING:
    from stats.releases.compare import Difference, Why

CAME_IN = ("source", "report_outcome")
FOUND = (
    *("url_outcome", "self_generated", "sex", "age_band", AGE_GROUPS),
    *("self_generated_age_band", "self_generated_sex"),
)
HOSTED = ("hosting_country", "site_type")
PASSED_ON = ("referral_status", "recipient_kind", "recipient", REMOVAL, DSA)
APART = (HEADLINE, TREND, MONTHS)
CARDS = 8
# More differences than these are a matter for the page of differences and for release_diff.
DIFFERENCES_SHOWN = 60


def report_sections(
    publication: Publication, *, last: Publication | None, differences: "Sequence[Difference]"
) -> list[Block]:
    """Every section but the notes, in order."""
    return [
        *_summary(publication),
        *_alone(publication, TREND),
        *_alone(publication, MONTHS),
        *_chapter(publication, _("What came in"), CAME_IN),
        *_chapter(publication, _("What was found"), FOUND),
        *_chapter(publication, _("Where it was hosted"), HOSTED),
        *_chapter(publication, _("What was passed on"), PASSED_ON),
        *_chapter(publication, _("Further tables"), _others(publication)),
        coverage_section(publication),
        changes_section(last, differences),
        *definition_sections(publication),
    ]


def _summary(publication: Publication) -> list[Block]:
    table = publication.table(HEADLINE)
    blocks: list[Block] = [
        {"is": "lead", "text": press_paragraph(publication)},
        {"is": "cards", "cards": [_card(publication, table, row) for row in table.rows[:CARDS]]},
    ]
    return [
        section(_("The year in short") if _is_year(publication) else _("In short"), blocks, fresh=True),
        {**table_section(publication, table, level=2), "title": _("All figures"), "fresh": True},
    ]


def _is_year(publication: Publication) -> bool:
    return publication.facts.period.length == MONTHS_IN_YEAR


def _card(publication: Publication, table: Table, row: Row) -> Block:
    """A headline figure: its number, its growth or why there is none, and what to know of it."""
    place = table.column(str(publication.facts.period))
    cell = row.cells[place]
    has_number = cell.value is not None or cell.bounds is not None
    growth, reason = headline_growth(publication, table)(table.rows.index(row), place)
    return {
        "label": row_label(table, row),
        "value": cell_text(cell),
        "unit": unit_label(row.unit) if row.unit and has_number else "",
        "growth": growth or reason,
        "note": notes(fraction_note(cell), *cell_notes(cell)),
    }


def _alone(publication: Publication, key: str) -> list[Block]:
    """A chapter of one table."""
    found = [table for table in publication.tables if table.key == key]
    chapters = [table_section(publication, table, level=1) for table in found]
    if key == TREND:
        for chapter in chapters:
            chapter["blocks"].insert(0, text(_trend_note()))
    return chapters


def _trend_note() -> str:
    return _(
        "Years that were counted here stand beside totals that others published, which are marked with their source "
        "and never added to counts. Growth is told only between years that were counted alike."
    )


def _chapter(publication: Publication, title: str, keys: Sequence[str]) -> list[Block]:
    tables = {table.key: table for table in publication.tables}
    found = [table_section(publication, tables[key], level=2) for key in keys if key in tables]
    for part, key in zip(found, (key for key in keys if key in tables), strict=True):
        if key == DSA:
            part["blocks"] = [*_dsa_statements(publication), *part["blocks"]]
    return [section(title, [], fresh=True), *found] if found else []


def _others(publication: Publication) -> list[str]:
    told = {*APART, *CAME_IN, *FOUND, *HOSTED, *PASSED_ON}
    return [table.key for table in publication.tables if table.key not in told]


def _dsa_statements(publication: Publication) -> list[Block]:
    """What Article 22(3) of Regulation (EU) 2022/2065 asks a trusted flagger's report to say."""
    return [
        text(
            _("Notices submitted in %(period)s under Article 16 of the Digital Services Act, by provider, by type of "
              "content and by the action the provider took, as Article 22(3) asks.")
            % {"period": period_label(publication.facts.period)}
        ),
        {
            "is": "facts",
            "pairs": [
                (_("Type of content"), "STATEMENT_CATEGORY_PROTECTION_OF_MINORS"),
                (_("Keyword"), "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL"),
                (_("Actions"), _("removed, disabled, restricted, none, refused, or no answer yet")),
                (_("Personal data"), _("none: notices are counted, and nothing of what they held is kept")),
            ],
        },
        text(
            _("Article 22(3) also asks how the trusted flagger keeps its independence. This system holds no text of "
              "that kind: the hotline publishes it beside this report.")
        ),
    ]  # fmt: skip


def changes_section(last: Publication | None, differences: "Sequence[Difference]") -> Block:
    """What was published last year and reads otherwise now, with the reason."""
    title = _("Changes since the last report")
    if last is None:
        return section(title, [text(_("There is no release of the period before to compare with."))])
    facts = {
        "period": period_label(last.facts.period),
        "status": status_words(last.facts),
        "number": last.facts.number,
        "day": date_format(last.facts.released_date, "DATE_FORMAT"),
    }
    compared = _("Compared with the figures of %(period)s as published: release %(number)s (%(status)s) of %(day)s.")
    if not differences:
        nothing = _("No figure of it has changed since.")
        return section(title, [text(compared % facts), text(nothing)])
    shown = sorted(differences, key=lambda difference: difference.table != HEADLINE)[:DIFFERENCES_SHOWN]
    blocks = [text(compared % facts), _changes(shown)]
    if len(differences) > len(shown):
        more = _("And %(more)s more, which the page of differences and manage.py release_diff list in full.")
        blocks.append(text(more % {"more": number(len(differences) - len(shown))}))
    return section(title, blocks)


def _changes(differences: "Sequence[Difference]") -> Block:
    return {
        "is": "changes",
        "heads": [_("figure"), _("published"), _("now"), _("change"), _("why")],
        "rows": [
            {
                "table": str(difference.table_title),
                "label": _difference_label(difference),
                "old": cell_text(difference.old) if difference.old else _("none"),
                "new": cell_text(difference.new) if difference.new else _("none"),
                "change": _change(difference.change, difference.unit),
                "why": ", ".join(_why(why) for why in difference.why),
            }
            for difference in differences
        ],
    }


def _difference_label(difference: "Difference") -> str:
    row = _month_name(difference.row) or str(difference.row_label)
    return row if difference.table == HEADLINE else f"{row}, {difference.column_label}"


def _month_name(key: str) -> str:
    try:
        return month_label(Month.parse(key))
    except PeriodError:
        return ""


def _change(change: Fraction | None, unit: Unit | None) -> str:
    if change is None:
        return _("not known")
    if unit is Unit.PERCENT:
        return _("%(change)s points") % {"change": signed(change, 2)}
    return signed(change, 0 if change.denominator == 1 else 1)


REASON_SIGNS: Mapping[bool, str] = {True: "+", False: MINUS}


def _why(why: "Why") -> str:
    if why.amount is None:
        return str(why.reason.label)
    return f"{why.reason.label} {REASON_SIGNS[why.amount > 0]}{number(abs(why.amount))}"
