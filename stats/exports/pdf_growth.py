"""What stands beneath a number in a table that compares periods: its growth, or a note why there is none."""

from stats.building.growth import growth
from stats.declarations import Unit
from stats.exports.pdf_tables import Added
from stats.exports.pdf_words import named_period
from stats.periods import Period, PeriodError
from stats.publication import Publication
from stats.tables import Cell, Table
from stats.words.presenters import growth_text

NOTHING = ("", "")


def headline_growth(publication: Publication, table: Table) -> Added:
    """Of the period's own column, the growth on the period before."""
    period = publication.facts.period
    keys = [column.key for column in table.columns]
    new, old = (keys.index(key) if key in keys else -1 for key in (str(period), str(period.before)))

    def added(row: int, column: int) -> tuple[str, str]:
        cells, unit = table.rows[row].cells, table.rows[row].unit
        if column != new or old < 0 or unit is None:
            return NOTHING
        return _told(cells[new], cells[old], unit, old_name=table.columns[old].key, ended=_ended(publication))

    return added


def trend_growth(publication: Publication, table: Table) -> Added:
    """Of each year, the growth on the year before it, where that is the row above."""

    def added(row: int, column: int) -> tuple[str, str]:
        unit = table.columns[column].unit
        before = _row_before(table, row)
        if unit is None or unit is Unit.PERCENT or before is None:
            return NOTHING
        new, old = table.rows[row].cells[column], table.rows[before].cells[column]
        if new.value is None or old.value is None:
            return NOTHING
        ended = _ended(publication) or table.rows[row].key != str(publication.facts.period)
        return _told(new, old, unit, old_name=_year(table, before), ended=ended)

    return added


def _told(new: Cell, old: Cell, unit: Unit, *, old_name: str, ended: bool) -> tuple[str, str]:
    found = growth(new, old, unit, ended=ended)
    if found.change is None:
        return "", str(found.reason)
    return growth_text(found, named_period(old_name, old_name)), ""


def _row_before(table: Table, row: int) -> int | None:
    """The row of the year before a row's own: of its own source, where it names one."""
    own, source = _named(table.rows[row].key)
    if own is None:
        return None
    candidates = [place for place, other in enumerate(table.rows) if _named(other.key)[0] == own.before]
    same = [place for place in candidates if _named(table.rows[place].key)[1] == source]
    return next(iter([*same, *candidates]), None)


def _named(key: str) -> tuple[Period | None, str]:
    """The period and the source that a row's key names: '2024', or '2022@inhope'."""
    year, _at, source = key.partition("@")
    try:
        return Period.parse(year), source
    except PeriodError:
        return None, source


def _year(table: Table, row: int) -> str:
    return table.rows[row].key.partition("@")[0]


def _ended(publication: Publication) -> bool:
    return publication.facts.period.until <= publication.facts.released_date
