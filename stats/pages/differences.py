"""What the pages of differences and late entries show, each from one call."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from hotline.days import hotline_day
from stats.charts.shapes import Chart, months_chart, months_chart_narrow
from stats.counting.late import LateEntries, LateMonth, late_entries, late_entries_table
from stats.counting.queries import read_ledger
from stats.declarations import Unit
from stats.exports.pdf_words import named_period
from stats.pages.release_tables import ShownCell, ShownTable, internal_note, shown_table
from stats.pages.releases import Line, line_of
from stats.periods import Month, PeriodError
from stats.publication import HEADLINE, Reason
from stats.releases.compare import Difference, Why
from stats.releases.reading import publication_of
from stats.releases.sides import between, since_release
from stats.tables import Cell, Part, Table
from stats.words.presenters import cell_text, month_label, signed

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MONTHS_DRAWN = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceLine:
    """A difference in words."""

    table: str
    row: str
    column: str
    published: str
    now: str
    change: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferencesPage:
    """What differs: the headline first. ``other`` None: against what is counted now.

    ``tables``: the tables that differ, as choices. ``is_exact`` as of a release's page.
    """

    line: Line
    other: Line | None
    is_exact: bool
    tables: "list[tuple[str, StrOrPromise]]"
    chosen: str
    total: int
    lines: list[DifferenceLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePage:
    """Closed months with what came in afterwards."""

    late: LateEntries
    table: ShownTable
    rows: list[tuple[LateMonth, list[ShownCell]]]
    wide: Chart
    narrow: Chart
    total: int


def differences_now(number: int, *, table: str, now: datetime) -> DifferencesPage:
    """A release against what is counted now, exact. Raises ``UnknownReleaseError``."""
    line = line_of(publication_of(number, exact=True).facts)
    return _page(line, None, since_release(number, now=now), table=table, exact=True)


def differences_between(number: int, other: int, *, table: str, exact: bool) -> DifferencesPage:
    """Two releases of one period, the earlier first, as they left the house or ``exact``.

    Raises ``UnknownReleaseError`` and ``DifferentPeriodsError``.
    """
    old, new = (publication_of(one, exact=exact) for one in sorted((number, other)))
    # What changed and why, for who may not see what is counted now: as the releases themselves say.
    found = between(old, new, published=not exact)
    return _page(line_of(old.facts), line_of(new.facts), found, table=table, exact=exact)


def _page(line: Line, other: Line | None, found: Sequence[Difference], *, table: str, exact: bool) -> DifferencesPage:
    ordered = sorted(found, key=lambda difference: difference.table != HEADLINE)
    tables = list({difference.table: difference.table_title for difference in ordered}.items())
    chosen = table if table in dict(tables) else ""
    shown = [difference for difference in ordered if chosen in {"", difference.table}]
    return DifferencesPage(
        line=line,
        other=other,
        is_exact=exact,
        tables=tables,
        chosen=chosen,
        total=len(found),
        lines=[_told(difference) for difference in shown],
    )


def _told(difference: Difference) -> DifferenceLine:
    return DifferenceLine(
        table=str(difference.table_title),
        row=_named(difference.row, difference.row_label),
        column=named_period(difference.column, difference.column_label),
        published=_side(difference.old),
        now=_side(difference.new),
        change=change_text(difference.change, difference.unit),
        why=", ".join(why_text(why) for why in difference.why),
    )


def _named(key: str, label: "StrOrPromise") -> str:
    try:
        return month_label(Month.parse(key))
    except PeriodError:
        return str(label)


def _side(cell: Cell | None) -> str:
    if cell is None:
        return _("none")
    note = internal_note(cell)
    return f"{cell_text(cell)} · {note}" if note else cell_text(cell)


def change_text(change: Fraction | None, unit: Unit | None) -> str:
    """'+12', or '+0.35 percentage points'; in words where it can not be told."""
    if change is None:
        return _("not known")
    if unit is Unit.PERCENT:
        return _("%(change)s percentage points") % {"change": signed(change, 2)}
    return signed(change, 0 if change.denominator == 1 else 1)


def why_text(why: Why) -> str:
    """'late entry +12', or 'definition'."""
    reason = str(Reason(why.reason).label)
    return reason if why.amount is None else f"{reason} {signed(why.amount, 0)}"


def late_page(*, now: datetime) -> LatePage:
    """Of each closed month, how many reports came in afterwards, by the month they were entered in."""
    late = late_entries(now=now)
    table = late_entries_table(late, read_ledger(today=hotline_day(now)))
    drawn = _drawn(table)
    shown = shown_table(_named_columns(table))
    return LatePage(
        late=late,
        table=shown,
        rows=[(month, row.cells) for month, row in zip(late.months, shown.rows, strict=True)],
        wide=months_chart(drawn, key="late-wide"),
        narrow=months_chart_narrow(drawn, key="late-narrow"),
        total=sum(month.reports for month in late.months),
    )


def _named_columns(table: Table) -> Table:
    """The table with its months of entry written out."""
    return replace(
        table,
        columns=tuple(replace(column, label=_named(column.key, column.label)) for column in table.columns),
    )


def _drawn(table: Table) -> Table:
    """The last months in the order of time, and of each how many came late in all."""
    rows = tuple(replace(row, cells=row.cells[:1]) for row in reversed(table.rows[:MONTHS_DRAWN]))
    return replace(table, columns=(replace(table.columns[0], part=Part.TOTAL),), rows=rows)
