"""Years side by side: those counted here, and beside them what others published of years past. Pure.

A row is one year of one source, so that nothing is mixed: key '2024' for what was counted here, '2022@inhope' for a
published total. A cell of a published total has its source, and no coverage: how it was counted is not known.
A year of a change-over has a row for each other version of a counting rule that was in force all through it, too:
'2024@rule-1'. By it the years on either side are compared.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from stats.bilingual import bilingual
from stats.building.growth import Growth, Refusal, growth
from stats.counting.reading import Counts
from stats.coverage import Coverage, Recorded, Status
from stats.figures import FIGURES
from stats.periods import MONTHS_IN_YEAR, Period, Year
from stats.publication import TREND
from stats.published_figures import HISTORICAL_ONLY, PublishedFigure, Total
from stats.tables import Cell, Column, Row, Shape, Table

AT = "@"
# No source has a hyphen in its key.
RULE = "rule-"
# As long as a row's key may be, less a year ('2024-11..2025-10') and the sign.
SOURCE_KEY_LENGTH = 15
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
# Of a total that others published, and of a figure that has no other version of its rule: there is none to tell.
UNKNOWN = Coverage(())
NEVER = Coverage((Recorded.NONE,) * MONTHS_IN_YEAR)
# What makes two figures incomparable for good: the series breaks between them.
BREAKS = frozenset({
    Refusal.OTHER_UNIT, Refusal.OTHER_SOURCE, Refusal.OTHER_RULE, Refusal.OTHER_SCHEME, Refusal.UNEQUAL_COVERAGE,
})  # fmt: skip

# Row and column of a cell.
Place = tuple[str, str]


def trend_table(counts: Counts, totals: Sequence[Total], years: Sequence[Year]) -> Table:
    """Every count figure over the years: a row for each year and source, a column for each figure.

    Of ``years`` those in which something was recorded are shown; ``counts`` must hold their months. Figures that are
    only known from publications follow the declared ones where there is a total of them.
    """
    published = {total.figure for total in totals}
    extra = [figure for figure in HISTORICAL_ONLY if figure.key in published]
    rows = [row for year in years for row in (_counted(counts, year, extra), *_also_counted(counts, year, extra))]
    rows += _published(totals, extra)
    shown = [row for row in rows if any(cell.value is not None for cell in row.cells)]
    columns = [Column(key=found.key, label=found.label, unit=found.unit) for found in FIGURES.values()]
    columns += [Column(key=found.key, label=found.label, unit=found.unit) for found in extra]
    return Table(
        key=TREND,
        shape=Shape.YEARS,
        title=_("Over the years"),
        stub=_("year"),
        columns=tuple(columns),
        rows=tuple(sorted(shown, key=_in_order)),
    )


def _in_order(row: Row) -> tuple[Year, bool, str]:
    """By year; in a year what was counted here comes first."""
    return year_of_row(row.key), bool(row.cells[0].source), row.key


def _counted(counts: Counts, year: Year, extra: Sequence[PublishedFigure]) -> Row:
    cells = [counts.figure(figure, year.months) for figure in FIGURES.values()]
    never = [Cell(value=None, status=Status.NOT_COLLECTED, coverage=NEVER)] * len(extra)
    return Row(key=str(year), label=str(year), cells=(*cells, *never))


def _also_counted(counts: Counts, year: Year, extra: Sequence[PublishedFigure]) -> list[Row]:
    """Rows of the versions that a year can be told by as well, with the figures that have them."""
    others = {key: counts.others(figure, year.months) for key, figure in FIGURES.items() if figure.versions}
    none = Cell(value=None, status=Status.NOT_COLLECTED, coverage=UNKNOWN)
    return [
        Row(
            key=f"{year}{AT}{RULE}{version}",
            label=bilingual(f"{year}, telregel {version}", f"{year}, counting rule {version}"),
            cells=(
                *(
                    counts.figure(figure, year.months, version=version) if version in others.get(key, ()) else none
                    for key, figure in FIGURES.items()
                ),
                *([none] * len(extra)),
            ),
        )
        for version in sorted({version for found in others.values() for version in found})
    ]


def _published(totals: Sequence[Total], extra: Sequence[PublishedFigure]) -> list[Row]:
    """A row for each year and source that there is a total of."""
    values = {total.key: total.value for total in totals}
    keys = [*FIGURES, *(figure.key for figure in extra)]
    return [
        Row(
            key=f"{year}{AT}{source_key(source)}",
            label=f"{year}, {source}",
            cells=tuple(_published_cell(values.get((year, key, source)), source) for key in keys),
        )
        for year, source in sorted({(total.year, total.source) for total in totals})
    ]


def _published_cell(value: int | None, source: str) -> Cell:
    status = Status.NOT_COLLECTED if value is None else Status.NORMAL
    return Cell(value=value, status=status, coverage=UNKNOWN, source=source)


def source_key(source: str) -> str:
    """A source as part of a row's key: plain letters and digits, the same whenever it is made.

    One that is too long, or has letters that are lost, ends in some digits of its digest: two sources have two keys,
    unless they differ in capitals only.
    """
    letters = unicodedata.normalize("NFKD", source).encode("ascii", "ignore").decode().lower()
    plain = _NOT_PLAIN.sub("_", letters).strip("_")
    if plain == source.lower().replace(" ", "_") and len(plain) <= SOURCE_KEY_LENGTH:
        return plain
    digest = hashlib.sha256(source.lower().encode()).hexdigest()[:6]
    return f"{plain[: SOURCE_KEY_LENGTH - len(digest) - 1].strip('_')}_{digest}"


def year_of_row(key: str) -> Year:
    """The year that a row's key names. Raises ``PeriodError`` for what names none."""
    start = Period.parse(key.partition(AT)[0]).start
    return Year(start.year, start.month)


def trend_growth(table: Table, *, today: date) -> Mapping[Place, Growth]:
    """Each cell's growth on the year before, or why there is none; nothing where either year has no number.

    The year before is that of the same source; where that source has none, another's, and then the reason stands.
    """
    found: dict[Place, Growth] = {}
    for row in table.rows:
        ended = year_of_row(row.key).until <= today
        for place, column in enumerate(table.columns):
            before = _before(table, row, place)
            if before is not None and row.cells[place].value is not None and column.unit is not None:
                found[row.key, column.key] = growth(row.cells[place], before, column.unit, ended=ended)
    return found


def _before(table: Table, row: Row, place: int) -> Cell | None:
    """The same figure the year before, best of the same source and by the same counting rule."""
    last = year_of_row(row.key).shift(-1)
    cells = [other.cells[place] for other in table.rows if year_of_row(other.key) == last]
    known = [cell for cell in cells if cell.value is not None]
    own = row.cells[place]
    return min(known, key=lambda cell: (cell.source != own.source, cell.rule != own.rule), default=None)


def breaks(table: Table, column: str, *, today: date) -> Mapping[Year, Refusal]:
    """Before which years the series of a figure breaks, and why.

    None of a year's numbers can be compared; or what was counted here was counted by another rule, though in a
    change-over by the former one as well.
    """
    found: dict[Year, list[Refusal | None]] = {}
    for (row, figure), change in trend_growth(table, today=today).items():
        if figure == column:
            found.setdefault(year_of_row(row), []).append(change.refusal)
    return {year: why for year, refusals in sorted(found.items()) if (why := _why_broken(refusals))}


def _why_broken(refusals: Sequence[Refusal | None]) -> Refusal | None:
    if Refusal.OTHER_RULE in refusals:
        return Refusal.OTHER_RULE
    broken = [refusal for refusal in refusals if refusal and refusal in BREAKS]
    return broken[0] if broken and len(broken) == len(refusals) else None
