"""The sheets beside the tables: what a release is, what each figure counts, what was recorded when, shares in full."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from stats.coverage import Coverage, Recorded, Status
from stats.declarations import Unit
from stats.exports.observations import column_label, named_period, row_label
from stats.exports.pdf_words import title
from stats.exports.wording import STATUS_LABELS, release_facts, unit_words
from stats.exports.xlsx_book import (
    ABOUT,
    COVERAGE,
    DEFINITIONS,
    GAP,
    HEAD,
    LINE,
    LINE_HEIGHT,
    SHARES,
    Book,
    lines,
    number_format,
    write_text,
)
from stats.periods import Month, Period
from stats.publication import PassportText, Publication
from stats.tables import Cell, Column, Part, Row, Shape, Table, Value
from stats.words.presenters import month_short

_FIRST = 5
_ABOUT_WIDTHS = (34, 72)
_DEFINITION_WIDTHS = (32, 11, 34, 34, 44, 26)
_SHARE_WIDTHS = (28, 32, 26, 10, 10, 10, 13, 13, 13, 13, 18)
_COVERAGE_WIDTHS = (52, 7)

# Shared by texts of every sheet: a cell whose text may take several lines.
_FIRST_TEXT, _BESIDE = {"bold": True}, {"align": "left", "indent": 1}
_TEXT = {"text_wrap": True, "bottom": 4, "bottom_color": LINE}


def write_about(book: Book) -> None:
    """The first sheet: the release, and where everything is."""
    sheet = book.sheet(ABOUT)
    for column, width in enumerate(_ABOUT_WIDTHS):
        sheet.set_column(column, column, width, book.style())
    book.heading(ABOUT, title(book.publication.facts))
    row = 4
    for fact in release_facts(book.publication):
        write_text(sheet, row, 0, fact.label, book.style(bold=True, **_TEXT))
        write_text(sheet, row, 1, fact.text, book.style(**_TEXT))
        row += 1
    write_text(sheet, row + 1, 0, _("Contents"), book.style(bold=True, font_size=13))
    row += 2
    link = book.style(font_color="#0f6287", underline=1)
    for key, name in book.names.items():
        if key != ABOUT:
            sheet.write_url(row, 0, book.link(key), link, name)
            write_text(sheet, row, 1, _contents(book.publication, key), book.style())
            row += 1
    book.paper(ABOUT, pages=(1, 1))


def _contents(publication: Publication, key: str) -> str:
    """What is on a sheet: a table's title, or what the sheet is for."""
    described = {
        SHARES: _("Numerator, denominator and bounds of every share"),
        DEFINITIONS: _("What each figure counts, and by which rule"),
        COVERAGE: _("What was recorded in which months"),
    }
    return described.get(key) or str(publication.table(key).title)


def write_definitions(book: Book) -> None:
    """A row for each figure's passport."""
    heads = (_("Figure"), _("Unit"), _("Numerator"), _("Denominator"), _("Counting rule"), _("Needs to be recorded"))
    _begin(book, DEFINITIONS, _("Definitions"), heads, _DEFINITION_WIDTHS)
    for row, passport in enumerate(book.publication.passports, _FIRST):
        texts = _passport(passport)
        for column, text in enumerate(texts):
            write_text(
                book.sheet(DEFINITIONS), row, column, text, book.style(**_TEXT, **(_BESIDE if column else _FIRST_TEXT))
            )
        fits = zip(texts, _DEFINITION_WIDTHS, strict=True)
        book.sheet(DEFINITIONS).set_row(row, LINE_HEIGHT * lines(fits))


def _passport(passport: PassportText) -> list[str]:
    recorded = ", ".join(str(dimension.label) for dimension in passport.requires)
    texts = (
        passport.label,
        unit_words(passport.unit),
        passport.numerator,
        passport.denominator,
        passport.rule,
        recorded,
    )
    return [str(text) for text in texts]


def write_shares(book: Book) -> None:
    """A row for each cell with more numbers than its value."""
    heads = (
        _("Table"), _("Row"), _("Column"), _("Value"), _("At least"), _("At most"),
        _("Numerator"), _("Numerator at least"), _("Numerator at most"), _("Denominator"), _("Status"),
    )  # fmt: skip
    _begin(book, SHARES, _("Shares and bounds"), heads, _SHARE_WIDTHS, numbers=range(3, 10))
    for row, (table, line, column, cell) in enumerate(shares(book.publication), _FIRST):
        texts = (str(table.title), row_label(table, line), column_label(table, column))
        _share(book, row, texts, cell, column.unit or line.unit)


def shares(publication: Publication) -> Iterator[tuple[Table, Row, Column, Cell]]:
    """Every cell that has a numerator, a denominator or bounds, and may show them."""
    for table in publication.tables:
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                more = (cell.numerator, cell.denominator, cell.bounds, cell.numerator_bounds)
                if cell.status is not Status.SUPPRESSED and any(number is not None for number in more):
                    yield table, row, column, cell


def _share(book: Book, row: int, texts: Sequence[str], cell: Cell, unit: Unit | None) -> None:
    sheet = book.sheet(SHARES)
    for column, text in enumerate(texts):
        write_text(sheet, row, column, text, book.style(**_TEXT))
    bounds = cell.bounds or (None, None)
    numerators = cell.numerator_bounds or (None, None)
    numbers: tuple[Value | None, ...] = (cell.value, *bounds, cell.numerator, *numerators, cell.denominator)
    for column, number in enumerate(numbers, len(texts)):
        look = book.style(num_format=number_format(number, unit), bottom=4, bottom_color=LINE)
        if number is None:
            sheet.write_blank(row, column, None, look)
        else:
            sheet.write_number(row, column, float(number) if isinstance(number, Decimal) else number, look)
    status = f"{cell.status.value}: {STATUS_LABELS[cell.status]}"
    write_text(sheet, row, len(texts) + len(numbers), status, book.style(**_TEXT, align="left", indent=1))
    sheet.set_row(row, LINE_HEIGHT * lines(zip(texts, _SHARE_WIDTHS, strict=False)))


def write_coverage(book: Book) -> None:
    """A row for each figure, and each figure of each breakdown, with a column for each month; a block a period."""
    sheet, row = book.sheet(COVERAGE), _FIRST - 1
    book.heading(COVERAGE, _("Coverage"))
    sheet.set_column(0, 0, _COVERAGE_WIDTHS[0], book.style())
    sheet.set_column(1, 12, _COVERAGE_WIDTHS[1], book.style())
    breaks = []
    for period in covered_periods(book.publication):
        breaks.append(row)
        row = _block(book, row, period)
    sheet.set_h_pagebreaks(breaks[1:])
    book.hint(
        COVERAGE, row, _("A breakdown is covered as well as the least recorded of its parts."), across=8, width=100
    )
    sheet.freeze_panes(_FIRST - 1, 1)
    book.paper(COVERAGE)


def covered_periods(publication: Publication) -> list[Period]:
    """The release's own period, and those it is compared with."""
    named = [
        period
        for table in publication.tables
        if table.shape is Shape.FIGURES
        for column in table.columns
        if (period := named_period(column.key))
    ]
    return list(dict.fromkeys([publication.facts.period, *named]))


def _block(book: Book, row: int, period: Period) -> int:
    sheet = book.sheet(COVERAGE)
    head = book.style(bold=True, bg_color=HEAD, align="center", text_wrap=True)
    write_text(sheet, row, 0, _("Recorded in"), book.style(bold=True, bg_color=HEAD))
    for column, month in enumerate(period.months, 1):
        write_text(sheet, row, column, _month_head(month), head)
    sheet.set_row(row, 2 * LINE_HEIGHT)
    for label, coverage in covered(book.publication, period):
        row += 1
        write_text(sheet, row, 0, label, book.style(**_TEXT))
        sheet.set_row(row, LINE_HEIGHT * lines([(label, _COVERAGE_WIDTHS[0])]))
        for column, recorded in enumerate(coverage.months, 1):
            look = book.style(align="center", bottom=4, bottom_color=LINE, **_fill(recorded))
            write_text(sheet, row, column, _recorded_words(recorded), look)
    return row + 2


def _month_head(month: Month) -> str:
    return f"{month_short(month)}\n{month.year}"


def _fill(recorded: Recorded) -> dict[str, object]:
    return {} if recorded is Recorded.FULL else {"bg_color": GAP, "bold": True}


def _recorded_words(recorded: Recorded) -> str:
    words = {
        Recorded.FULL: pgettext("coverage of a month", "full"),
        Recorded.PARTLY: pgettext("coverage of a month", "part"),
        Recorded.NONE: pgettext("coverage of a month", "no"),
    }
    return words[recorded]


def covered(publication: Publication, period: Period) -> Iterator[tuple[str, Coverage]]:
    """What was recorded in each month of a period, of each figure and each breakdown that the tables know of."""
    for table in publication.tables:
        if table.shape is Shape.FIGURES:
            places = [place for place, column in enumerate(table.columns) if named_period(column.key) == period]
            yield from ((str(row.label), row.cells[place].coverage) for row in table.rows for place in places)
        elif table.shape in {Shape.PARTS, Shape.CROSSED} and period == publication.facts.period:
            yield from _covered_parts(table, period)


def _covered_parts(table: Table, period: Period) -> Iterator[tuple[str, Coverage]]:
    crossed = table.shape is Shape.CROSSED or any(column.figure for column in table.columns)
    asked = [row for row in table.rows if row.part in {Part.CODE, Part.UNDETERMINED}] or list(table.rows)
    least = [_least([row.cells[place].coverage for row in asked], period) for place in range(len(table.columns))]
    if crossed:
        coverage = _least([found for found in least if found], period)
        yield from [(str(table.title), coverage)] if coverage else []
        return
    for column, coverage in zip(table.columns, least, strict=True):
        if coverage:
            yield f"{table.title}: {column.label}", coverage


def _least(found: Sequence[Coverage], period: Period) -> Coverage | None:
    """The least covered of those that are of this period's months; None when there are none."""
    fitting = [coverage for coverage in found if coverage.of == period.length]
    return min(fitting, key=lambda coverage: (coverage.full, coverage.partly), default=None)


def _begin(
    book: Book, key: str, title: str, heads: Sequence[str], widths: Sequence[int], *, numbers: Sequence[int] = ()
) -> None:
    sheet = book.sheet(key)
    book.heading(key, title)
    for column, (head, width) in enumerate(zip(heads, widths, strict=True)):
        # Away from the numbers before it, which stand on the right.
        beyond = column > max(numbers, default=column)
        look = {"align": "right"} if column in numbers else {"align": "left", "indent": int(beyond)}
        sheet.set_column(column, column, width, book.style())
        write_text(sheet, _FIRST - 1, column, head, book.style(bold=True, bg_color=HEAD, text_wrap=True, **look))
    sheet.set_row(_FIRST - 1, LINE_HEIGHT * lines(zip(heads, widths, strict=True)))
    sheet.freeze_panes(_FIRST, 1)
    book.paper(key, repeat=(_FIRST - 1, _FIRST - 1))
