"""What the pages of the read side show, each from one call: tables, their charts, and the words about them."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from hotline.days import hotline_day
from stats.building.breakdowns import (
    all_breakdowns,
    breakdown_table,
    derived_months_table,
    headline_table,
    months_table,
)
from stats.building.by_age import BY_AGE, in_scheme
from stats.building.folding import folded, whole_first
from stats.building.growth import growth
from stats.charts.shapes import Chart, months_chart, months_chart_narrow, parts_chart
from stats.counting.queries import Freshness, OpenWork, freshness, last_verification, open_work, read, read_ledger
from stats.counting.reading import Counts
from stats.declarations import Breakdown, Figure
from stats.figures import BREAKDOWNS, DECLARED, FIGURES, as_counted
from stats.models import Verification
from stats.periods import Month, Year, months_between
from stats.tables import Row, Table
from stats.words.presenters import (
    cell_text,
    coverage_note,
    fraction_note,
    growth_text,
    notes,
    passport_facts,
    rule_note,
    status_note,
    table_note,
    unit_label,
    year_label,
)
from stats.words.sentences import Sentence, year_sentences

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MONTHS_SHOWN = 24
# Columns of a table of months: more do not fit a screen. The month's own page has all.
COLUMNS_SHOWN = 7


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its chart, and what holds for the whole table."""

    table: Table
    chart: Chart
    note: str


@dataclass(frozen=True, slots=True)
class Card:
    """A headline figure with its passport."""

    key: str
    label: "StrOrPromise"
    value: str
    unit: str
    growth: str
    note: str
    passport: "list[tuple[str, StrOrPromise]]"


@dataclass(frozen=True, slots=True)
class MonthsPage:
    """Up to 24 months of one figure. ``token`` changes when a number does."""

    table: Table
    wide: Chart
    narrow: Chart
    passport: "list[tuple[str, StrOrPromise]]"
    freshness: Freshness
    token: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What is waiting, and whether the last check agreed."""

    work: OpenWork
    verification: Verification | None


@dataclass(frozen=True, slots=True)
class MonthPage:
    """One month."""

    month: Month
    is_running: bool
    cards: list[Card]
    sections: list[Section]
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class YearPage:
    """One year, with growth on the one before. ``scheme``: which of ``schemes`` ages are told in, '' as recorded."""

    year: Year
    label: str
    has_ended: bool
    sentences: list[Sentence]
    cards: list[Card]
    sections: list[Section]
    freshness: Freshness
    scheme: str
    schemes: "list[tuple[str, StrOrPromise]]"


def months_page(figure: str, breakdown: str, *, now: datetime) -> MonthsPage:
    """24 months up to now of a declared figure, by a breakdown of it or ('') as a whole."""
    this = Month.containing(hotline_day(now))
    months = list(months_between(this.shift(1 - MONTHS_SHOWN), this))
    table = _months_table(figure, breakdown, months, now=now)
    return MonthsPage(
        table=whole_first(folded(table, COLUMNS_SHOWN)),
        wide=months_chart(table, key="months-wide"),
        narrow=months_chart_narrow(table, key="months-narrow"),
        passport=passport_facts(as_counted(DECLARED[figure], table.rows[-1].cells[-1].rule)),
        freshness=freshness(now=now),
        token=_token(table),
    )


def _months_table(figure: str, breakdown: str, months: Sequence[Month], *, now: datetime) -> Table:
    today = hotline_day(now)
    declared = DECLARED[figure]
    if not isinstance(declared, Figure):
        counts, _labels = read(months, today=today, figures=[declared.of], breakdowns=[declared.by])
        return derived_months_table(counts, declared, months)
    chosen = [breakdown] if breakdown else [next(iter(BREAKDOWNS))]
    counts, labels = read(months, today=today, figures=[figure], breakdowns=chosen)
    return months_table(counts, labels, FIGURES[figure], BREAKDOWNS.get(breakdown), months)


def standing() -> Standing:
    """What is waiting, and how the last check went."""
    return Standing(open_work(), last_verification())


def month_page(month: Month, *, now: datetime) -> MonthPage:
    """All figures and breakdowns of one month."""
    today = hotline_day(now)
    counts, labels = read([month], today=today)
    headline = headline_table(counts, {str(month): [month]})
    return MonthPage(
        month=month,
        is_running=month.until > today,
        cards=[_card(row) for row in headline.rows],
        sections=[_section(table) for table in all_breakdowns(counts, labels, [month])],
        freshness=freshness(now=now),
    )


def year_page(year: Year, *, now: datetime, scheme: str = "") -> YearPage:
    """A year's headline figures in sentences and cards, and its breakdowns; ages in a scheme, or as recorded."""
    today = hotline_day(now)
    before = year.shift(-1)
    counts, labels = read([*before.months, *year.months], today=today)
    headline = headline_table(counts, {str(year): year.months, str(before): before.months})
    ended = year.until <= today
    tables = [breakdown_table(counts, labels, breakdown, year.months) for breakdown in BREAKDOWNS.values()]
    chosen = next((found for found in labels.schemes if found.key == scheme), None)
    if chosen:
        tables = [in_scheme(table, chosen, labels.bands) if table.key in BY_AGE else table for table in tables]
    return YearPage(
        year=year,
        label=year_label(year),
        has_ended=ended,
        sentences=year_sentences(year, headline),
        cards=[
            _card(row, _change(counts, row, (year, before), ended=ended), *_by_others(counts, row, year))
            for row in headline.rows
        ],
        sections=[_section(table) for table in tables],
        freshness=freshness(now=now),
        scheme=chosen.key if chosen else "",
        schemes=[(found.key, found.label) for found in labels.schemes],
    )


def year_of(now: datetime, start_month: int) -> Year:
    """The year that is running."""
    return Year.containing(hotline_day(now), start_month)


def years_known(*, now: datetime, start_month: int) -> list[Year]:
    """Every year from the first in which anything was recorded to the one that is running, the last first."""
    ledger = read_ledger(today=hotline_day(now))
    this = year_of(now, start_month)
    starts = [span.first for spans in ledger.spans.values() for span in spans]
    first = Year.containing(min(starts, default=this.first), start_month)
    return [this.shift(-back) for back in range(max(0, this.year - first.year) + 1)]


def is_crossed(breakdown: Breakdown) -> bool:
    """Whether it is by two axes: then the columns of its table are parts, too."""
    return len(breakdown.axes) > 1


def _section(table: Table) -> Section:
    chart = parts_chart(table, key=f"chart-{table.key}", stacked=is_crossed(BREAKDOWNS[table.key]))
    return Section(table, chart, table_note(table))


def _change(counts: Counts, row: Row, years: tuple[Year, Year], *, ended: bool) -> str:
    """The growth on the year before: by a counting rule in force in both, where there is one."""
    year, before = years
    declared = DECLARED[row.key]
    new, old = row.cells
    if isinstance(declared, Figure) and new.rule != old.rule:
        new, old = counts.comparable(declared, year.months, before.months)
    said = growth_text(growth(new, old, declared.unit, ended=ended), year_label(before))
    return notes(said, rule_note(new, always=True)) if new.rule != row.cells[0].rule else said


def _by_others(counts: Counts, row: Row, year: Year) -> Iterator[str]:
    """What a year of a change-over is by the other versions of the counting rule."""
    declared = DECLARED[row.key]
    if not isinstance(declared, Figure):
        return
    for version in counts.others(declared, year.months):
        cell = counts.figure(declared, year.months, version=version)
        yield _("%(rule)s: %(value)s") % {"rule": rule_note(cell, always=True), "value": cell_text(cell)}


def _card(row: Row, change: str = "", *others: str) -> Card:
    cell = row.cells[0]
    declared = as_counted(DECLARED[row.key], cell.rule)
    has_number = cell.value is not None or cell.bounds is not None
    covered = coverage_note(cell.coverage) if has_number else ""
    note = notes(fraction_note(cell), rule_note(cell), *others, covered, status_note(cell))
    return Card(
        key=row.key,
        label=declared.label,
        value=cell_text(cell),
        unit=unit_label(declared.unit) if has_number else "",
        growth=change,
        note=note,
        passport=passport_facts(declared),
    )


def _token(table: Table) -> str:
    """A digest of the numbers of a table."""
    numbers = "|".join(f"{row.key}:{','.join(str(cell.value) for cell in row.cells)}" for row in table.rows)
    return hashlib.sha256(numbers.encode()).hexdigest()[:12]


def breakdowns_of(figure: str) -> list[Breakdown]:
    """The breakdowns of one axis that divide a figure."""
    return [breakdown for breakdown in BREAKDOWNS.values() if figure in breakdown.figures and not is_crossed(breakdown)]
