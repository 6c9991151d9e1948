"""Tables, made from counts and labels. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from cases.codes import NOT_RECORDED, UNDETERMINED
from stats.declarations import TOTAL, Axis, Breakdown, Derived, Figure
from stats.figures import BREAKDOWNS, DECLARED, FIGURES, as_counted
from stats.periods import Month
from stats.tables import Cell, Column, Part, Row, Shape, Table

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from stats.counting.code_labels import CodeLabels
    from stats.counting.reading import Codes, Counts

WHOLE = _("total")


def headline_table(counts: "Counts", periods: Mapping[str, Sequence[Month]]) -> Table:
    """Every declared figure in some periods: a row for each figure, a column for each period."""
    rows = (
        Row(
            key=key,
            label=declared.label,
            unit=declared.unit,
            cells=tuple(counts.of(declared, months) for months in periods.values()),
        )
        for key, declared in DECLARED.items()
    )
    columns = (Column(key=name, label=name) for name in periods)
    return Table(
        key="headline",
        shape=Shape.FIGURES,
        title=_("Figures"),
        stub=_("figure"),
        columns=tuple(columns),
        rows=tuple(rows),
    )


def breakdown_table(counts: "Counts", labels: "CodeLabels", breakdown: Breakdown, months: Sequence[Month]) -> Table:
    """One breakdown over a period: parts down, its figures across; of two crossed axes, the second down."""
    if len(breakdown.axes) > 1:
        return _crossed(counts, labels, breakdown, months)
    figures = [FIGURES[key] for key in breakdown.figures]
    parts = {figure.key: counts.parts(figure, breakdown, months) for figure in figures}
    (axis,) = breakdown.axes
    occurring = {codes[0] for cells in parts.values() for codes in cells}
    rows = [
        _row(code, label, (_cell(counts, figure, breakdown, parts[figure.key], code, months) for figure in figures))
        for code, label in _shown(axis, labels, occurring)
    ]
    if axis.long:
        rows.sort(key=_largest_first)
    whole = Row(
        key=TOTAL, label=WHOLE, cells=tuple(counts.figure(figure, months) for figure in figures), part=Part.TOTAL
    )
    columns = (Column(key=figure.key, label=figure.label, unit=figure.unit) for figure in figures)
    return Table(key=breakdown.key, title=breakdown.label, stub=axis.label, columns=tuple(columns), rows=(*rows, whole))


def _crossed(counts: "Counts", labels: "CodeLabels", breakdown: Breakdown, months: Sequence[Month]) -> Table:
    across, down = breakdown.axes
    (figure,) = (FIGURES[key] for key in breakdown.figures)
    parts = counts.parts(figure, breakdown, months)

    def cell(codes: "Codes") -> Cell:
        return parts.get(codes) or counts.no_part(figure, breakdown, codes, months)

    heads = _shown(across, labels, {codes[0] for codes in parts})
    stubs = _shown(down, labels, {codes[1] for codes in parts})
    rows = [_row(code, label, (cell((head, code)) for head, _label in heads)) for code, label in stubs]
    return Table(
        key=breakdown.key,
        shape=Shape.CROSSED,
        title=breakdown.label,
        stub=down.label,
        columns=tuple(_part_column(figure, code, label) for code, label in heads),
        rows=tuple(rows),
    )


def months_table(
    counts: "Counts", labels: "CodeLabels", figure: Figure, breakdown: Breakdown | None, months: Sequence[Month]
) -> Table:
    """One figure month by month: months down, and across its parts and the whole, or the whole alone."""
    whole = Column(
        key=TOTAL,
        label=figure.label if breakdown is None else WHOLE,
        unit=figure.unit,
        part=Part.TOTAL,
        figure=figure.key,
    )
    by_month = {month: counts.parts(figure, breakdown, [month]) if breakdown else {} for month in months}
    codes = _columns_of(breakdown, labels, by_month.values())
    rows = (
        Row(
            key=str(month),
            label=str(month),
            cells=(
                *(_cell(counts, figure, breakdown, parts, code, [month]) for code, _label in codes),
                counts.figure(figure, [month]),
            ),
        )
        for month, parts in by_month.items()
    )
    return Table(
        key=breakdown.key if breakdown else figure.key,
        shape=Shape.MONTHS,
        title=figure.label,
        stub=_("month"),
        columns=(*(_part_column(figure, code, label) for code, label in codes), whole),
        rows=tuple(rows),
    )


def figures_months_table(counts: "Counts", months: Sequence[Month]) -> Table:
    """Every figure that adds up, month by month: months down, figures across, and their sum below."""
    figures = list(FIGURES.values())
    # Every month by the version of the counting rule that the whole is told by: what is added up is alike.
    versions = {figure.key: counts.version(figure, months) for figure in figures}

    def cells(of: Sequence[Month]) -> tuple[Cell, ...]:
        return tuple(counts.figure(figure, of, version=versions[figure.key]) for figure in figures)

    rows = [Row(key=str(month), label=str(month), cells=cells([month])) for month in months]
    whole = Row(key=TOTAL, label=WHOLE, cells=cells(months), part=Part.TOTAL)
    columns = tuple(Column(key=figure.key, label=figure.label, unit=figure.unit) for figure in figures)
    return Table(
        key="months", shape=Shape.MONTHS, title=_("By month"), stub=_("month"), columns=columns, rows=(*rows, whole)
    )


def derived_months_table(counts: "Counts", derived: Derived, months: Sequence[Month]) -> Table:
    """What is worked out at reading, month by month: one column."""
    rows = (Row(key=str(month), label=str(month), cells=(counts.of(derived, [month]),)) for month in months)
    column = Column(key=derived.key, label=derived.label, unit=derived.unit, part=Part.TOTAL)
    return Table(
        key=derived.key,
        shape=Shape.MONTHS,
        title=derived.label,
        stub=_("month"),
        columns=(column,),
        rows=tuple(rows),
    )


def _cell(
    counts: "Counts",
    figure: Figure,
    breakdown: Breakdown | None,
    parts: "Mapping[Codes, Cell]",
    code: str,
    months: Sequence[Month],
) -> Cell:
    if (code,) in parts or breakdown is None:
        return parts[(code,)]
    return counts.no_part(figure, breakdown, (code,), months)


def _columns_of(
    breakdown: Breakdown | None, labels: "CodeLabels", parts: "Iterable[Mapping[Codes, Cell]]"
) -> list[tuple[str, "StrOrPromise"]]:
    if breakdown is None:
        return []
    return _shown(breakdown.axes[0], labels, {codes[0] for cells in parts for codes in cells})


def _shown(axis: Axis, labels: "CodeLabels", occurring: set[str]) -> list[tuple[str, "StrOrPromise"]]:
    """Codes and labels along an axis; what nobody was asked about is a part like any other, and the last."""
    return [*((code.code, code.label) for code in labels.of(axis, occurring)), (NOT_RECORDED, axis.missing)]


def _part_of(code: str) -> Part:
    return {UNDETERMINED: Part.UNDETERMINED, NOT_RECORDED: Part.NOT_RECORDED}.get(code, Part.CODE)


def _row(code: str, label: "StrOrPromise", cells: Iterable[Cell]) -> Row:
    return Row(key=code, label=label, cells=tuple(cells), part=_part_of(code))


def _part_column(figure: Figure, code: str, label: "StrOrPromise") -> Column:
    return Column(key=code, label=label, unit=figure.unit, part=_part_of(code), figure=figure.key)


def _largest_first(row: Row) -> tuple[bool, int, str]:
    value = row.cells[0].value
    return (row.part is not Part.CODE, -int(value or 0), row.key)


def all_breakdowns(counts: "Counts", labels: "CodeLabels", months: Sequence[Month]) -> tuple[Table, ...]:
    """A table for every declared breakdown, in the order of the declarations."""
    return tuple(breakdown_table(counts, labels, breakdown, months) for breakdown in BREAKDOWNS.values())


def as_told(headline: Table) -> "list[Figure | Derived]":
    """Every declared figure, under the version of its counting rule that a headline table's first column tells."""
    return [as_counted(DECLARED[row.key], row.cells[0].rule) for row in headline.rows]
