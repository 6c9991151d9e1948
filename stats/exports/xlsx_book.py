"""What the sheets of a workbook share: names, looks, and how they are printed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from stats.declarations import Unit
from stats.exports.wording import status_words, warnings
from stats.publication import Publication
from stats.tables import Value
from stats.words.presenters import period_label

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Of hotline/static/hotline/css/tokens.css: a spreadsheet is printed and shown on white.
INK, SOFT, LINE, HEAD, GAP = "#1b2733", "#5a6672", "#c9d1d9", "#e8eef2", "#f1f3f5"
ABOUT, DEFINITIONS, COVERAGE, SHARES = "about", "definitions", "coverage", "shares"
LONGEST_NAME = 31  # of a sheet: Excel allows no more
LINE_HEIGHT = 15  # points of a line of 11 points
_A4 = 9
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


class Styles:
    """Formats, each made once: Excel keeps them by number."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def __call__(self, **look: object) -> Format:
        """A format with this look, on the common one."""
        whole = {"font_name": "Calibri", "font_size": 11, "font_color": INK, "valign": "top", **look}
        key = tuple(sorted(whole.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(whole)
        return self._made[key]


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook in the making: ``names`` of its sheets by key, in order."""

    workbook: Workbook
    publication: Publication
    style: Styles
    names: Mapping[str, str]

    def sheet(self, key: str) -> Worksheet:
        """The sheet of a key."""
        found: Worksheet = self.workbook.get_worksheet_by_name(self.names[key])
        return found

    def link(self, key: str) -> str:
        """Where a link to a sheet leads."""
        return f"internal:'{self.names[key]}'!A1"

    def heading(self, key: str, title: str) -> None:
        """The title of a sheet, the release it is of, what must be known of all its numbers, and the way back."""
        sheet, facts = self.sheet(key), self.publication.facts
        write_text(sheet, 0, 0, title, self.style(bold=True, font_size=16))
        sheet.set_row(0, 2 * LINE_HEIGHT)
        line = _("%(period)s · %(status)s · release %(number)s of %(day)s") % {
            "period": period_label(facts.period),
            "status": status_words(facts),
            "number": facts.number,
            "day": date_format(facts.released_date, "DATE_FORMAT"),
        }
        write_text(sheet, 1, 0, line, self.style(font_color=SOFT))
        write_text(sheet, 2, 0, " · ".join(warnings(self.publication)), self.style(bold=True))
        if key != ABOUT:
            link = self.style(font_color="#0f6287", underline=1)
            sheet.write_url(3, 0, self.link(ABOUT), link, _("to the contents"))

    def paper(self, key: str, *, repeat: tuple[int, int] | None = None, pages: tuple[int, int] = (1, 0)) -> None:
        """A4 on its side, the head again on each page; the digest at the foot.

        ``pages`` across and down; 0 is any number.
        """
        sheet, facts = self.sheet(key), self.publication.facts
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.8)
        sheet.fit_to_pages(*pages)
        if repeat:
            sheet.repeat_rows(*repeat)
        said = " · ".join([f"Hotline {facts.period}", str(facts.status.label), *warnings(self.publication)])
        sheet.set_header(f"&L&9{_literal(said)}&R&9&A")
        sheet.set_footer(f"&L&8SHA-256 {facts.digest}&R&9&P / &N")

    def hint(self, key: str, row: int, text: str, *, across: int, width: int) -> int:
        """A text over some columns that are ``width`` letters wide together; the row after it."""
        sheet = self.sheet(key)
        look = self.style(text_wrap=True, font_color=SOFT)
        if across > 1:
            sheet.merge_range(row, 0, row, across - 1, "", look)
        write_text(sheet, row, 0, text, look)
        sheet.set_row(row, LINE_HEIGHT * lines([(text, width)]))
        return row + 1


def write_text(sheet: Worksheet, row: int, column: int, text: str, look: Format) -> None:
    """A text as it is, never a formula or a link; no text leaves the cell empty."""
    if text:
        sheet.write_string(row, column, text, look)
    else:
        sheet.write_blank(row, column, None, look)


def number_format(value: Value | None, unit: Unit | None) -> str:
    """How a number is shown: grouped in the manner of who opens it, a share plain, both with the decimals it has."""
    places = -int(value.as_tuple().exponent) if isinstance(value, Decimal) else 0
    whole = "0" if unit is Unit.PERCENT and places else "#,##0"
    return f"{whole}.{'0' * places}" if places else whole


def _literal(text: str) -> str:
    """A text in a header, where & begins a code."""
    return text.replace("&", "&&")


def lines(texts: Iterable[tuple[str, int]]) -> int:
    """How many lines the longest of some texts takes, each with the letters that fit on a line of its column."""
    return max((_lines(text, max(1, width - 1)) for text, width in texts), default=1)


def _lines(text: str, width: int) -> int:
    """Lines of whole words; a word longer than a line is broken."""
    count, used = 1, 0
    for word in text.split():
        length = len(word)
        if used and used + 1 + length > width:
            count, used = count + 1, 0
        used += length + (1 if used else 0)
        count, used = (count + (used - 1) // width, used % width or width) if used > width else (count, used)
    return count


def sheet_names(titles: "Mapping[str, StrOrPromise]") -> dict[str, str]:
    """A name for each sheet: what Excel allows, at most 31 letters, no two alike."""
    names: dict[str, str] = {}
    for key, title in titles.items():
        plain = " ".join(_FORBIDDEN.sub(" ", str(title)).split()) or key
        taken = {name.casefold() for name in names.values()}
        names[key] = next(name for name in _candidates(plain) if name.casefold() not in taken)
    return names


def _candidates(plain: str) -> Iterable[str]:
    yield _cut(plain, LONGEST_NAME)
    number = 2
    while True:
        suffix = f" {number}"
        yield _cut(plain, LONGEST_NAME - len(suffix)) + suffix
        number += 1


def _cut(text: str, most: int) -> str:
    """The whole words that fit, or what fits of the first."""
    if len(text) <= most:
        return text
    whole = text[: most + 1].rpartition(" ")[0]
    return (whole or text[:most]).rstrip(" ,;-")
