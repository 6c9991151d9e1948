"""Tables as charts: shapes for an inline SVG, always with the table itself beside it.

Geometry only, as text ready for presentation attributes (a number of Python's would be written in the reader's
manner, with a comma). What was not recorded is drawn as a hatched gap and never as a bar of no height.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

from stats.building.folding import folded
from stats.periods import Month
from stats.tables import Cell, Column, Part, Row, Table
from stats.words.presenters import cell_text, month_short, number

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SERIES = 3  # codes drawn apart; what is more is told together
UNRECORDED = "chart__unrecorded"
LOOKS = {Part.OTHER: "series-4", Part.UNDETERMINED: "series-5", Part.NOT_RECORDED: UNRECORDED}
BREAK = "chart__break"
ROWS_SHOWN = 14


class Rect(NamedTuple):
    """A bar or a gap. ``hatched``: filled with the pattern of what was not recorded."""

    x: str
    y: str
    width: str
    height: str
    look: str
    hatched: bool = False


class Text(NamedTuple):
    """A label. ``anchor`` is start, middle or end."""

    x: str
    y: str
    text: str
    anchor: str = "start"
    look: str = "chart__text"


class Line(NamedTuple):
    """A line of the grid, an axis, or a break."""

    x1: str
    y1: str
    x2: str
    y2: str
    look: str = "chart__grid"


class Drawn(NamedTuple):
    """A column that is drawn: its place in the rows, itself, and its look."""

    place: int
    column: Column
    look: str


class Key(NamedTuple):
    """An entry of the legend."""

    label: "StrOrPromise"
    look: str
    hatched: bool


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A drawing, ``key`` unique on its page."""

    key: str
    title: "StrOrPromise"
    description: str
    width: int
    height: int
    rects: list[Rect] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    legend: list[Key] = field(default_factory=list)
    look: str = ""


def at(value: float) -> str:
    """A at: two decimals at most, a point whatever the language."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def nice_ticks(highest: int, most: int = 4) -> list[int]:
    """Round steps from 0 to the first at or above the highest value: 1, 2 or 5 times a power of ten."""
    raw = max(1, -(-highest // most))
    power = 10 ** (len(str(raw)) - 1)
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)
    return list(range(0, highest + step, step)) if highest else [0, 1]


def _parts(table: Table) -> list[Drawn]:
    """The columns to stack, with their looks: the parts, or the whole where there are none."""
    parts = [(place, column) for place, column in enumerate(table.columns) if column.part is not Part.TOTAL]
    shown = parts or [(len(table.columns) - 1, table.columns[-1])]
    codes = iter(range(1, SERIES + 1))
    return [Drawn(place, column, LOOKS.get(column.part) or f"series-{next(codes)}") for place, column in shown]


def _legend(table: Table) -> list[Key]:
    parts = _parts(table)
    keys = [Key(column.label, look, column.part is Part.NOT_RECORDED) for _place, column, look in parts]
    gap = any(row.cells[-1].value is None and row.cells[-1].bounds is None for row in table.rows)
    bounded = any(cell.bounds for row in table.rows for cell in row.cells)
    rules = {row.cells[-1].rule for row in table.rows}
    return [
        *([Key(_("dashed line: another counting rule from here on"), BREAK, hatched=False)] if len(rules) > 1 else []),
        *([Key(_("known within bounds only"), UNRECORDED, hatched=True)] if bounded else []),
        *(keys if len(parts) > 1 else []),
        *([Key(_("no figure: the table says why"), UNRECORDED, hatched=True)] if gap else []),
    ]


def _values(row: Row, parts: Sequence[Drawn]) -> Iterator[tuple[float, str]]:
    for place, _column, look in parts:
        cell = row.cells[place]
        if cell.value:
            yield float(cell.value), look
        elif cell.bounds:  # what is certain, and hatched what may be besides
            lower, upper = (float(bound) for bound in cell.bounds)
            yield from ((length, drawn) for length, drawn in ((lower, look), (upper - lower, UNRECORDED)) if length)


def _describe(table: Table) -> str:
    """The chart in words: each row's whole. Parts stand in the table beside."""
    return "; ".join(f"{row.label}: {cell_text(row.cells[-1])}" for row in table.rows)


class Scale:
    """From values to lengths."""

    def __init__(self, highest: float, length: float) -> None:
        self.ticks = nice_ticks(int(-(-highest // 1)))
        self._unit = length / self.ticks[-1]

    def __call__(self, value: float) -> float:
        """How long a value is drawn."""
        return value * self._unit


def _highest(table: Table, parts: Sequence[Drawn]) -> float:
    return max((sum(value for value, _look in _values(row, parts)) for row in table.rows), default=0)


def months_chart(table: Table, *, key: str) -> Chart:
    """Months side by side as stacked bars, for a wide screen. The table's last column is the whole."""
    table = folded(table, SERIES)
    parts = _parts(table)
    left, top, bottom, width, height = 64, 12, 40, 1120, 280
    base = height - bottom
    scale = Scale(_highest(table, parts), base - top)
    step = (width - left) / max(1, len(table.rows))
    chart = Chart(
        key=key, title=table.title, description=_describe(table), width=width, height=height, legend=_legend(table)
    )
    for tick in scale.ticks:
        y = at(base - scale(tick))
        chart.lines.append(Line(str(left), y, str(width), y))
        chart.texts.append(Text(str(left - 8), at(base - scale(tick) + 4), number(tick), "end"))
    for place, row in enumerate(table.rows):
        x, month = left + place * step, Month.parse(row.key)
        chart.rects.extend(_column_of(row, parts, scale, (x + step * 0.14, step * 0.72, base, top)))
        chart.texts.append(Text(at(x + step / 2), str(base + 16), month_short(month), "middle"))
        if place and row.cells[-1].rule != table.rows[place - 1].cells[-1].rule:
            chart.lines.append(Line(at(x), str(top), at(x), str(base + 4), BREAK))
        if place == 0 or month.month == 1:
            chart.texts.append(Text(at(x + step / 2), str(base + 32), str(month.year), "middle", "chart__value"))
    chart.lines.append(Line(str(left), str(base), str(width), str(base), "chart__axis"))
    return chart


def _column_of(row: Row, parts: Sequence[Drawn], scale: Scale, place: tuple[float, float, int, int]) -> Iterator[Rect]:
    x, width, base, top = place
    if row.cells[-1].value is None:
        yield Rect(at(x), str(top), at(width), str(base - top), UNRECORDED, hatched=True)
        return
    y = float(base)
    for value, look in _values(row, parts):
        length = scale(value)
        y -= length
        yield Rect(
            at(x),
            at(y),
            at(width),
            at(length),
            _look(look, row.cells[-1]),
            hatched=look == UNRECORDED,
        )


def _look(look: str, whole: Cell) -> str:
    if look == UNRECORDED:
        return look
    return f"chart__bar {look} chart__provisional" if whole.is_provisional else f"chart__bar {look}"


def months_chart_narrow(table: Table, *, key: str) -> Chart:
    """The same for a narrow screen: months under each other."""
    named = [(f"{month_short(month)} {month.year}", row) for row in table.rows for month in [Month.parse(row.key)]]
    return _lying(folded(table, SERIES), [label for label, _row in named], key=key, label_width=72)


def parts_chart(table: Table, *, key: str, stacked: bool = False) -> Chart:
    """The parts of a breakdown under each other, by the table's first figure; ``stacked``: by all its columns."""
    drawn = len(table.columns) if stacked else 1
    rows = [replace(row, cells=row.cells[:drawn]) for row in table.rows if row.part is not Part.TOTAL][:ROWS_SHOWN]
    shown = replace(table, columns=table.columns[:drawn], rows=tuple(rows))
    return _lying(shown, [str(row.label) for row in rows], key=key, label_width=168)


def _lying(table: Table, labels: Sequence[str], *, key: str, label_width: int) -> Chart:
    parts = _parts(table)
    width, step, right = 360, 24, 62
    scale = Scale(_highest(table, parts), width - label_width - right)
    chart = Chart(
        key=key,
        title=table.title,
        description=_describe(table),
        width=width,
        height=step * len(table.rows) + 8,
        legend=_legend(table),
    )
    for place, (row, label) in enumerate(zip(table.rows, labels, strict=True)):
        y = 4 + place * step
        chart.texts.append(Text(str(label_width - 8), str(y + 16), _short(label, label_width), "end"))
        end = float(label_width)
        for rect, end in _row_of(row, parts, scale, (label_width, y + 4, width - right)):  # noqa: B007 - the last end
            chart.rects.append(rect)
        whole = sum(value for value, _look in _values(row, parts))
        if row.cells[-1].value is not None or whole:
            chart.texts.append(Text(at(end + 6), str(y + 16), _whole_text(table, row, whole), look="chart__value"))
    top, bottom = "2", str(step * len(table.rows) + 6)
    chart.lines.append(Line(str(label_width), top, str(label_width), bottom, "chart__axis"))
    return chart


def _whole_text(table: Table, row: Row, whole: float) -> str:
    """The value at a bar's end: the row's own whole where it has one."""
    if len(table.columns) == 1 or table.columns[-1].part is Part.TOTAL:
        return cell_text(row.cells[-1])
    unsure = sum(float(cell.bounds.upper) - float(cell.bounds.lower) for cell in row.cells if cell.bounds)
    upper = number(int(whole))
    return (
        str(_("%(lower)s to %(upper)s")) % {"lower": number(int(whole - unsure)), "upper": upper} if unsure else upper
    )


def _row_of(
    row: Row, parts: Sequence[Drawn], scale: Scale, place: tuple[int, int, int]
) -> Iterator[tuple[Rect, float]]:
    left, y, right = place
    if all(cell.value is None and cell.bounds is None for cell in row.cells):
        yield Rect(str(left), str(y), str(right - left), "16", UNRECORDED, hatched=True), float(right)
        return
    x = float(left)
    for value, look in _values(row, parts):
        hatched = look == UNRECORDED or row.part is Part.NOT_RECORDED
        name = UNRECORDED if hatched else _look(look, row.cells[-1])
        yield Rect(at(x), str(y), at(scale(value)), "16", name, hatched), x + scale(value)
        x += scale(value)


def _short(label: str, width: int) -> str:
    """A label that fits: the table beside has it whole."""
    most = width // 7
    return label if len(label) <= most else label[: most - 1].rstrip() + "…"
