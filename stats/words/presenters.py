"""Periods, coverage and growth in words, in the active language."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stats.building.growth import Growth
from stats.coverage import Coverage, Status
from stats.declarations import UNIT_LABELS, Passport, Unit
from stats.periods import MONTHS_IN_QUARTER, MONTHS_IN_YEAR, Month, Period, Year
from stats.tables import Cell, Part, Table, Value, rounded

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from stats.publication import PassportText

MINUS = "\N{MINUS SIGN}"


def month_label(month: Month) -> str:
    """'March 2024'."""
    return date_format(month.first, "F Y")


def month_short(month: Month) -> str:
    """'Mar'."""
    return date_format(month.first, "M")


def year_label(year: Year) -> str:
    """'2024', or 'November 2024 to October 2025'."""
    if year.is_calendar_year:
        return str(year)
    return _("%(first)s to %(last)s") % {"first": month_label(year.months[0]), "last": month_label(year.months[-1])}


def period_label(period: Period) -> str:
    """'2024', 'first quarter of 2024', 'March 2024', or 'November 2024 to October 2025'."""
    first = period.start
    if period.length == 1:
        return month_label(first)
    if period.length == MONTHS_IN_YEAR and first.month == 1:
        return str(first.year)
    if period.length == MONTHS_IN_QUARTER and first.month % MONTHS_IN_QUARTER == 1:
        quarters = (_("first quarter"), _("second quarter"), _("third quarter"), _("fourth quarter"))
        return _("%(quarter)s of %(year)s") % {
            "quarter": quarters[first.month // MONTHS_IN_QUARTER],
            "year": first.year,
        }
    return _("%(first)s to %(last)s") % {"first": month_label(first), "last": month_label(period.months[-1])}


def number(value: Value) -> str:
    """A count grouped in the reader's manner, a percentage with the decimals it has."""
    places = -int(value.as_tuple().exponent) if isinstance(value, Decimal) else None
    return number_format(value, decimal_pos=places, force_grouping=True)


def cell_text(cell: Cell) -> str:
    """The value; or the bounds it lies within; or in words why there is none."""
    if cell.value is not None:
        return number(cell.value)
    if cell.bounds:
        bounds = {"lower": number(cell.bounds.lower), "upper": number(cell.bounds.upper)}
        return _("%(lower)s to %(upper)s") % bounds
    return missing_text(cell)


def missing_text(cell: Cell) -> str:
    """Why a cell has no value."""
    if cell.status is Status.SUPPRESSED:
        return _("suppressed")
    if cell.source:
        return _("not published")
    if not cell.coverage.months:
        return _("no other counting rule")
    if cell.coverage.is_none or cell.status is Status.NOT_COLLECTED:
        return _("not recorded")
    if cell.denominator == 0:
        return _("none to divide by")
    return _("not yet counted") if cell.is_provisional else _("not known")


def coverage_note(coverage: Coverage) -> str:
    """'' when all was recorded; else how much was."""
    if coverage.status == "full":
        return ""
    if coverage.is_none:
        return _("not recorded")
    if coverage.of == 1:
        return _("recorded for a part of the month")
    note = ngettext("recorded in %(full)s of %(of)s month", "recorded in %(full)s of %(of)s months", coverage.of) % {
        "full": coverage.full,
        "of": coverage.of,
    }
    if coverage.partly:
        more = ngettext(", and in part of %(partly)s more", ", and in part of %(partly)s more", coverage.partly)
        note += more % {"partly": coverage.partly}
    return note


def rule_note(cell: Cell, *, always: bool = False) -> str:
    """Which version of the counting rule, when it is a later one or where others stand beside it (``always``)."""
    if not cell.rule or (cell.rule == "1" and not always):
        return ""
    return _("counting rule %(number)s") % {"number": cell.rule}


def status_note(cell: Cell) -> str:
    """What to know of a cell besides its coverage."""
    return _("provisional") if cell.is_provisional and cell.value is not None else ""


def signed(change: Fraction | int, places: int) -> str:
    """'+12', or with a true minus; no sign before what rounds to nothing."""
    shown = rounded(abs(Fraction(change)), places)
    sign = "" if not shown else "+" if change > 0 else MINUS
    return sign + number_format(shown, decimal_pos=places, force_grouping=True)


def growth_text(growth: Growth, before: str) -> str:
    """'+33.6% on 2023', in points for a share; or the reason there is none."""
    if growth.change is None:
        return str(growth.reason)
    sign = "+" if growth.change > 0 else MINUS if growth.change < 0 else ""
    change = sign + number_format(abs(growth.change), decimal_pos=1)
    form = _("%(change)s percentage points on %(before)s") if growth.in_points else _("%(change)s%% on %(before)s")
    return form % {"change": change, "before": before}


def passport_facts(passport: "Passport | PassportText") -> "list[tuple[str, StrOrPromise]]":
    """A passport as terms and texts."""
    facts: list[tuple[str, StrOrPromise]] = [
        (_("Unit"), UNIT_LABELS[passport.unit]),
        (_("Numerator"), passport.numerator),
    ]
    if passport.denominator:
        facts.append((_("Denominator"), passport.denominator))
    recorded = ", ".join(str(dimension.label) for dimension in passport.requires)
    return [*facts, (_("Counting rule"), passport.rule), (_("Needs to be recorded"), recorded)]


def fraction_note(cell: Cell) -> str:
    """A share's exact numerator and denominator: '1,234 of 5,678'."""
    if cell.denominator is None:
        return ""
    if cell.numerator is not None:
        upper = number(cell.numerator)
    elif cell.numerator_bounds:
        bounds = cell.numerator_bounds
        upper = _("%(lower)s to %(upper)s") % {"lower": number(bounds.lower), "upper": number(bounds.upper)}
    else:
        return ""
    return _("%(numerator)s of %(denominator)s") % {"numerator": upper, "denominator": number(cell.denominator)}


def unit_label(unit: Unit) -> str:
    """The unit, as it stands behind a number."""
    return "%" if unit is Unit.PERCENT else str(UNIT_LABELS[unit])


def notes(*parts: str) -> str:
    """Several notes in one line."""
    return " · ".join(part for part in parts if part)


def table_note(table: Table) -> str:
    """What holds for a whole table: how well its parts are covered; of each figure, where they differ."""
    asked = [row.cells for row in table.rows if row.part in {Part.CODE, Part.UNDETERMINED}]
    found = {
        column.label: _least_note(cells) for column, cells in zip(table.columns, zip(*asked, strict=True), strict=False)
    }
    if len(set(found.values())) == 1:
        return next(iter(found.values()))
    return notes(*(f"{label}: {note}" for label, note in found.items() if note))


def _least_note(cells: Sequence[Cell]) -> str:
    """The note of the least covered of some cells."""
    return coverage_note(min((cell.coverage for cell in cells), key=lambda found: (found.full, found.partly)))
