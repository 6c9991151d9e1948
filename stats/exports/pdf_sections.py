"""Sections of a printed publication that more than one document has: a table with its chart, coverage, definitions,
notes. Plain data for the templates in typst/; in the active language.
"""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from cases.codes import Dimension
from stats.charts.printed import PrintChart, crossed_chart, months_chart, parts_chart, steps_chart, years_chart
from stats.coverage import Coverage, Recorded
from stats.declarations import Unit
from stats.exports.pdf_growth import headline_growth, trend_growth
from stats.exports.pdf_tables import Added, Block, table_blocks
from stats.exports.pdf_tell import tell
from stats.exports.pdf_words import identity
from stats.publication import DSA, HEADLINE, REMOVAL, PassportText, Publication
from stats.tables import Part, Shape, Table
from stats.words.presenters import month_short, passport_facts

MARKS = {Recorded.FULL: "●", Recorded.PARTLY: "◐", Recorded.NONE: "○"}
# Where the coverage of a dimension is read: the figure, or the table of its parts, that needs it and least besides.
_BY_FIGURE = {
    Dimension.REPORTS: "reports",
    Dimension.ASSESSMENT: "urls_assessed",
    Dimension.REFERRALS: "referred",
}
CHARTED_MONTHS = ("reports", "urls_confirmed")
CHARTED_YEARS = ("reports", "urls", "urls_assessed", "urls_confirmed")


def section(
    title: str, blocks: Sequence[Block], *, level: int = 1, outlined: bool = True, fresh: bool = False
) -> Block:
    """A heading with what follows it; ``fresh``: on a new page."""
    return {"level": level, "title": title, "outlined": outlined, "fresh": fresh, "blocks": list(blocks)}


def text(words: str, *, sticky: bool = False) -> Block:
    """A paragraph; ``sticky``: on the page of what follows."""
    return {"is": "text", "text": words, "sticky": sticky}


def chart_block(chart: PrintChart, *, titled: bool = False) -> Block:
    """A drawing with itself in words."""
    name = str(chart.title)
    return {"is": "chart", "svg": chart.svg, "title": name if titled else "", "alt": f"{name}. {chart.description}"}


def tables_sections(publication: Publication) -> list[Block]:
    """Every table, each under its title."""
    return [
        section(_("Tables"), []),
        *(table_section(publication, table, level=2) for table in publication.tables),
        coverage_section(publication),
        *definition_sections(publication),
    ]


def table_section(publication: Publication, table: Table, *, level: int) -> Block:
    """A table with what it shows, in a sentence and a chart."""
    blocks = [text(" ".join(said), sticky=True)] if (said := tell(table)) else []
    drawn = charts(table)
    # The last one stays with its table. Were all to stay together, they could be more than a page holds.
    blocks += [{**chart, "sticky": chart is drawn[-1]} for chart in drawn]
    blocks += table_blocks(table, threshold=publication.facts.threshold, added=_added(publication, table))
    return section(str(table.title), blocks, level=level, fresh=level == 1)


def _added(publication: Publication, table: Table) -> Added | None:
    """The growth that stands beneath a number, of tables that compare periods."""
    if table.key == HEADLINE:
        return headline_growth(publication, table)
    return trend_growth(publication, table) if table.shape is Shape.YEARS else None


def charts(table: Table) -> list[Block]:
    """The charts of a table: none where there is nothing to compare, or nothing known."""
    if not any(row.cells and row.cells[0].value for row in table.rows) and table.shape is not Shape.YEARS:
        return []
    if table.key == REMOVAL:
        return _removal_charts(table)
    if table.shape is Shape.MONTHS:
        return [chart_block(months_chart(table, place), titled=True) for place in _places(table, CHARTED_MONTHS)]
    if table.shape is Shape.YEARS:
        return [chart_block(years_chart(table, place), titled=True) for place in _places(table, CHARTED_YEARS)]
    if table.shape is Shape.CROSSED:
        return [chart_block(crossed_chart(table))]
    return [chart_block(parts_chart(table))] if table.shape is Shape.PARTS and table.key != DSA else []


def _places(table: Table, keys: Sequence[str]) -> list[int]:
    """Where these columns are, of those in which anything is known."""
    known = [place for place, _column in enumerate(table.columns) if any(row.cells[place].value for row in table.rows)]
    return [place for place in known if table.columns[place].key in keys]


def _removal_charts(table: Table) -> list[Block]:
    """What was removed within so many days, of all that was sent."""
    places = [place for place, column in enumerate(table.columns) if column.unit is Unit.URLS]
    if not table.rows or table.rows[-1].part is not Part.TOTAL:
        return []
    return [chart_block(steps_chart(table, places))]


def coverage_section(publication: Publication) -> Block:
    """Which dimension was recorded in which months."""
    found = dict(_coverages(publication))
    lengths = {coverage.of for coverage in found.values()}
    months = publication.facts.period.months
    rows = [
        {"label": str(dimension.label), "marks": [MARKS[month] for month in coverage.months]}
        for dimension, coverage in found.items()
        if lengths == {len(months)}
    ]
    matrix: Block = {
        "is": "matrix",
        "stub": _("recorded"),
        "months": [month_short(month) for month in months],
        "rows": rows,
        "legend": _("● recorded in full   ◐ in part   ○ not recorded"),
    }
    explained = _(
        "What was not recorded is not known, and is never counted as 0. A figure rests on the months in which all that "
        "it needs was recorded; where that is not every month, it says so."
    )
    return section(_("What was recorded, and when"), [text(explained), *([matrix] if rows else [])], fresh=True)


def _coverages(publication: Publication) -> Iterator[tuple[Dimension, Coverage]]:
    """The coverage of each dimension in the period, as the tables tell it."""
    headline, column = publication.table(HEADLINE), str(publication.facts.period)
    figures = {row.key for row in headline.rows}
    tables = {table.key: table for table in publication.tables}
    for dimension in Dimension:
        figure = _BY_FIGURE.get(dimension, "")
        if figure in figures:
            yield dimension, headline.cell(figure, column).coverage
        elif dimension.value in tables:
            parts = [row for row in tables[dimension.value].rows if row.part is Part.CODE]
            if parts and parts[0].cells:
                yield dimension, parts[0].cells[0].coverage


def definition_sections(publication: Publication) -> list[Block]:
    """The passports: what each figure is."""
    return [
        section(_("Definitions"), [text(_("Each figure counts just this, and nothing else."))], fresh=True),
        *(
            section(str(passport.label), [{"is": "facts", "pairs": _passport(passport)}], level=2, outlined=False)
            for passport in publication.passports
        ),
    ]


def _passport(passport: PassportText) -> list[tuple[str, str]]:
    return [*((term, str(said)) for term, said in passport_facts(passport)), (_("Key"), passport.key)]


def about_sections(publication: Publication) -> list[Block]:
    """The last section of every document: what the figures are made of, and how to check them."""
    told, digests = identity(publication)
    how = _("These figures can be checked with: manage.py verify_releases. It works out the digest of every release "
            "again, and finds any change.")  # fmt: skip
    return [
        section(
            _("Notes"),
            [
                {"is": "list", "items": _notes(publication)},
                {"is": "facts", "pairs": told},
                {"is": "digests", "pairs": digests},
                text(how),
            ],
        )
    ]


def _notes(publication: Publication) -> list[str]:
    notes = [
        _("The figures are counted from metadata: dates, counts and codes. No address, image or text is held."),
        _("Reports fall in the month of the date they were received. Reports entered in error are left out."),
        _(
            "Shares are rounded to two decimals, half up, and their exact numerator and denominator are given. A share "
            "changes in percentage points, a count in percent of the older number."
        ),
        _(
            "Undetermined means that it was looked for and could not be told; not recorded, that nobody asked. Both "
            "are parts, so that parts add up to the whole."
        ),
    ]
    if publication.is_internal:
        return [*notes, _("Every number is exact. This copy is for internal use and is not to be published.")]
    return [
        *notes,
        _(
            "Numbers from 1 to %(below)s are suppressed, and with them those that would give them away by subtraction, "
            "in these tables or in earlier releases."
        )
        % {"below": publication.facts.threshold - 1},
    ]
