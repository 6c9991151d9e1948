"""Tables as charts for print: a standalone SVG each, with its colours as attributes and nothing outside it.

The greys of the colours lie apart, so that a chart reads in black and white. What is not known is a hatched gap with
its reason in words, never a bar of no height. Lengths are points; a chart is as wide as the text of a page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stats.coverage import Status
from stats.periods import Month
from stats.tables import Cell, Column, Part, Row, Table, Value
from stats.words.presenters import cell_text, coverage_note, month_short, notes, number

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WIDTH = 440.0
FONT = "Libertinus Serif"
SIZE = 8.5
INK, MUTED, GRID = "#1a2127", "#515c66", "#8b96a1"
# Of the codes in a stack; their lightness differs by far more than their hue.
SERIES = ("#0c4f6e", "#c9803a", "#a3c4d4", "#6b5ea8")
FILLS = {Part.OTHER: "#8fb59d", Part.UNDETERMINED: "#e3e8ec", Part.NOT_RECORDED: "url(#gap)"}
GAP = "url(#gap)"
PUBLISHED = "url(#published)"
# Light fills and patterns need an edge to be seen against the paper.
EDGES = {GAP: GRID, FILLS[Part.UNDETERMINED]: GRID, PUBLISHED: SERIES[0]}
ROWS_SHOWN = 20
_LETTER = 4.0  # the width of a letter, on the average and rather too much than too little
_STEP, _BAR = 19.0, 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintChart:
    """A drawing for print: its title, itself in words, and its SVG."""

    title: "StrOrPromise"
    description: str
    svg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A labelled bar: stretches of lengths and fills, and what is said at its end.

    ``gap``: there is no number. ``bounded``: its end is known to lie within the last stretch, no more.
    """

    label: str
    stretches: tuple[tuple[float, str], ...]
    text: str
    note: str = ""
    gap: bool = False
    bounded: bool = False
    after_break: bool = False


def parts_chart(table: Table) -> PrintChart:
    """The parts of a breakdown under each other, by the table's first figure."""
    rows = _shown(table)
    bars = [_bar(str(row.label), row.cells[0], _row_fill(row)) for row in rows]
    return _lying(table.title, bars, _keys(bars))


def crossed_chart(table: Table) -> PrintChart:
    """Rows as bars, each a stack of the table's columns."""
    fills = _column_fills(table.columns)
    bars = [_stack(row, fills) for row in _shown(table)]
    keys = [(str(column.label), fill) for column, fill in zip(table.columns, fills, strict=True)]
    return _lying(table.title, bars, [*keys, *(key for key in _keys(bars) if key[1] not in fills)])


def steps_chart(table: Table, columns: Sequence[int]) -> PrintChart:
    """The cells of the last row, the whole, under each other: one bar for each of these columns."""
    whole = table.rows[-1]
    bars = [_bar(str(table.columns[place].label), whole.cells[place], SERIES[0]) for place in columns]
    return _lying(table.title, bars, _keys(bars))


def years_chart(table: Table, place: int) -> PrintChart:
    """One column over the years: what others published is hatched, a break in the series is a dashed line."""
    shown = [row for row in table.rows if row.cells[place].status is not Status.NOT_COLLECTED]
    cells = [row.cells[place] for row in shown]
    bars = [
        replace(
            _bar(str(row.label), cell, PUBLISHED if cell.source else SERIES[0], after_break=broken),
            note=_year_note(cell),
        )
        for row, cell, broken in zip(shown, cells, breaks(cells), strict=True)
    ]
    published = any(row.cells[place].source for row in shown)
    keys = [(_("counted here"), SERIES[0]), (_("published total, not counted here"), PUBLISHED)] if published else []
    return _lying(table.columns[place].label, bars, [*keys, *_keys(bars)])


def _year_note(cell: Cell) -> str:
    """What must be seen beside a year's bar: that it is part of a year, or counted otherwise than before."""
    if cell.value is None:
        return ""
    return _("break in the series") if _is_break(cell) else coverage_note(cell.coverage)


def months_chart(table: Table, place: int) -> PrintChart:
    """One column month by month, side by side."""
    rows = [row for row in table.rows if row.part is not Part.TOTAL]
    cells = [row.cells[place] for row in rows]
    bars = [
        _bar(month_short(Month.parse(row.key)), cell, SERIES[0], after_break=broken)
        for row, cell, broken in zip(rows, cells, breaks(cells), strict=True)
    ]
    return _standing(table.columns[place].label, bars, _keys(bars))


def breaks(cells: Sequence[Cell]) -> list[bool]:
    """For each cell, whether the series breaks before it: it says so, or was counted by another rule or age scheme."""
    return [place > 0 and _differs(cell, cells[place - 1]) for place, cell in enumerate(cells)]


def _differs(cell: Cell, before: Cell) -> bool:
    if cell.value is None or before.value is None:
        return False
    counted = not cell.source and not before.source
    return _is_break(cell) or (counted and (cell.rule, cell.scheme) != (before.rule, before.scheme))


def _is_break(cell: Cell) -> bool:
    """Whether a cell itself says that the series breaks there; part of a period is another matter."""
    return cell.status is Status.BREAK and cell.coverage.status == "full"


def _shown(table: Table) -> list[Row]:
    return [row for row in table.rows if row.part is not Part.TOTAL][:ROWS_SHOWN]


def _row_fill(row: Row) -> str:
    return FILLS.get(row.part, SERIES[0])


def _column_fills(columns: Sequence[Column]) -> list[str]:
    codes = [column for column in columns if column.part not in FILLS]
    return [FILLS.get(column.part) or SERIES[min(codes.index(column), len(SERIES) - 1)] for column in columns]


def _bar(label: str, cell: Cell, fill: str, *, after_break: bool = False) -> Bar:
    """One cell as a bar: what is certain in full colour, what may be besides up to the bound as a gap."""
    if cell.bounds and cell.value is None:
        lower, upper = (float(bound) for bound in cell.bounds)
        stretches = ((lower, fill), (upper - lower, GAP))
        return Bar(label=label, stretches=stretches, text=cell_text(cell), bounded=True, after_break=after_break)
    length = float(cell.value or 0)
    return Bar(
        label=label,
        stretches=((length, fill),),
        text=cell_text(cell),
        gap=cell.value is None,
        after_break=after_break,
    )


def _stack(row: Row, fills: Sequence[str]) -> Bar:
    """A row as a stack. Without a cell that leaves a number out, what is said is their sum."""
    known = [(cell.value, fill) for cell, fill in zip(row.cells, fills, strict=True) if cell.value is not None]
    whole: Value = sum(value for value, _fill in known)
    missing = [cell for cell in row.cells if cell.value is None]
    protected = [cell for cell in missing if cell.status is Status.SUPPRESSED]
    stretches = tuple((float(value), fill) for value, fill in known)
    if not known or (protected and not whole):
        return Bar(label=str(row.label), stretches=stretches, text=cell_text(missing[0]), gap=True)
    text = _("at least %(number)s") % {"number": number(whole)} if protected else number(whole)
    return Bar(label=str(row.label), stretches=stretches, text=text)


def _keys(bars: Sequence[Bar]) -> list[tuple[str, str]]:
    """What the legend must say of gaps."""
    unknown = any(bar.gap or bar.bounded for bar in bars)
    return [(_("no exact figure: the table says why"), GAP)] if unknown else []


def _describe(bars: Sequence[Bar]) -> str:
    """A chart in words: every label with what is said of it, and where the series breaks."""
    return "; ".join(_in_words(bar) for bar in bars)


def _in_words(bar: Bar) -> str:
    said = notes(f"{bar.label}: {bar.text}", bar.note)
    return notes(_("break in the series"), said) if bar.after_break and not bar.note else said


def _lying(title: "StrOrPromise", bars: Sequence[Bar], keys: Sequence[tuple[str, str]]) -> PrintChart:
    """Bars under each other, labels before them and numbers behind."""
    left = min(190.0, max((len(bar.label) for bar in bars), default=0) * _LETTER + 10)
    right = max((len(bar.text) + len(bar.note) for bar in bars), default=0) * _LETTER + 16
    scale = _scale(bars, WIDTH - left - right)
    marks: list[SafeString] = []
    for place, bar in enumerate(bars):
        y = 2 + place * _STEP
        marks.extend(_label_lines(bar.label, left - 7, y + _BAR / 2, int(left / _LETTER)))
        marks.extend(_lying_bar(bar, (left, y), scale))
        if bar.after_break:
            marks.append(_break_line((0, y - (_STEP - _BAR) / 2), (WIDTH, y - (_STEP - _BAR) / 2)))
    foot = len(bars) * _STEP
    marks.append(_line((left, 0), (left, foot), INK, 0.7))
    height, legend = _legend(keys, foot + 6)
    return PrintChart(title=title, description=_describe(bars), svg=_svg(height, [*marks, *legend]))


def _lying_bar(bar: Bar, place: tuple[float, float], scale: float) -> Iterator[SafeString]:
    x, y = place
    if bar.gap:
        yield _rect((x, y), (46, _BAR), GAP)
        yield _text(bar.text, (x + 52, y + 9), fill=MUTED, style="italic")
        return
    for length, fill in bar.stretches:
        if length:
            yield _rect((x, y), (length * scale, _BAR), fill)
        x += length * scale
    yield _text(bar.text, (x + 5, y + 9))
    if bar.note:
        yield _text(bar.note, (x + 12 + len(bar.text) * _LETTER, y + 9), fill=MUTED, size=SIZE - 1, style="italic")


def _standing(title: "StrOrPromise", bars: Sequence[Bar], keys: Sequence[tuple[str, str]]) -> PrintChart:
    """Bars side by side, labels under them and numbers above. As wide as the page, however few there are."""
    height, top = 118.0, 12.0
    step = WIDTH / max(12, len(bars))
    scale = _scale(bars, height - top)
    marks: list[SafeString] = []
    for place, bar in enumerate(bars):
        x = place * step
        marks.extend(_standing_bar(bar, (x + step * 0.16, height), step * 0.68, scale))
        marks.append(_text(bar.label, (x + step / 2, height + 11), anchor="middle", fill=MUTED))
        if bar.after_break:
            marks.append(_break_line((x, 0), (x, height + 12)))
    marks.append(_line((0, height), (WIDTH, height), INK, 0.7))
    foot, legend = _legend(keys, height + 18)
    return PrintChart(title=title, description=_describe(bars), svg=_svg(foot, [*marks, *legend]))


def _standing_bar(bar: Bar, base: tuple[float, float], width: float, scale: float) -> Iterator[SafeString]:
    x, y = base
    if bar.gap:
        yield _rect((x, y - 46), (width, 46), GAP)
        return
    for length, fill in bar.stretches:
        y -= length * scale
        yield _rect((x, y), (width, length * scale), fill)
    yield _text(bar.text, (x + width / 2, y - 3.5), anchor="middle", size=7.5)


def _scale(bars: Sequence[Bar], length: float) -> float:
    """Points for one unit."""
    highest = max((sum(size for size, _fill in bar.stretches) for bar in bars), default=0)
    return length / highest if highest else 0


def _legend(keys: Sequence[tuple[str, str]], top: float) -> tuple[float, list[SafeString]]:
    """Where the drawing ends, and the keys in lines that fit."""
    marks: list[SafeString] = []
    x, y = 0.0, top
    for label, fill in keys:
        width = len(label) * _LETTER + 30
        if x and x + width > WIDTH:
            x, y = 0.0, y + 13
        marks.extend((_rect((x, y), (10, 7), fill), _text(label, (x + 14, y + 7), fill=MUTED)))
        x += width
    return (y + 12 if keys else top - 2), marks


def _label_lines(label: str, x: float, middle: float, most: int) -> Iterator[SafeString]:
    """A label before its bar, in two lines where one does not hold it."""
    lines = _wrapped(label, most)
    first = middle + 3 - (len(lines) - 1) * 4
    size = SIZE if len(lines) == 1 else SIZE - 1
    for place, line in enumerate(lines):
        yield _text(line, (x, first + place * 8), anchor="end", size=size)


def _wrapped(label: str, most: int) -> list[str]:
    """At most two lines of about so many letters, broken at a space; a third is cut off, as the table has it whole."""
    if len(label) <= most:
        return [label]
    cut = label.rfind(" ", 0, most + 1)
    cut = cut if cut > 0 else most
    rest = label[cut:].strip()
    return [label[:cut], rest if len(rest) <= most + 4 else rest[: most + 3].rstrip() + "…"]


def _svg(height: float, marks: Sequence[SafeString]) -> str:
    return str(
        format_html(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" width="{}pt" height="{}pt">{}{}</svg>',
            *(_at(WIDTH), _at(height), _at(WIDTH), _at(height)),
            _PATTERNS,
            format_html_join("", "{}", ((mark,) for mark in marks)),
        )
    )


_PATTERNS = SafeString(
    '<defs><pattern id="gap" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="4" height="4" fill="#ffffff"/><rect width="1" height="4" fill="{GRID}"/></pattern>'
    '<pattern id="published" width="3" height="3" patternUnits="userSpaceOnUse">'
    '<rect width="3" height="3" fill="#ffffff"/><rect width="3" height="1.2" fill="#0c4f6e"/></pattern></defs>'
)


def _rect(place: tuple[float, float], size: tuple[float, float], fill: str) -> SafeString:
    edge = EDGES.get(fill, "#ffffff")
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}" stroke-width="0.5"/>',
        *(_at(part) for part in (*place, *size)),
        fill,
        edge,
    )


def _line(start: tuple[float, float], end: tuple[float, float], stroke: str, width: float) -> SafeString:
    return format_html(
        '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}"/>',
        *(_at(part) for part in (*start, *end)),
        stroke,
        width,
    )


def _break_line(start: tuple[float, float], end: tuple[float, float]) -> SafeString:
    return format_html(
        '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="0.8" stroke-dasharray="3 2"/>',
        *(_at(part) for part in (*start, *end)),
        INK,
    )


def _text(
    text: str,
    place: tuple[float, float],
    *,
    anchor: str = "start",
    fill: str = INK,
    size: float = SIZE,
    style: str = "normal",
) -> SafeString:
    return format_html(
        '<text x="{}" y="{}" font-family="{}" font-size="{}" font-style="{}" text-anchor="{}" fill="{}">{}</text>',
        *(_at(part) for part in place),
        FONT,
        str(size),
        style,
        anchor,
        fill,
        text,
    )


def _at(value: float) -> str:
    """A coordinate: two decimals at most, a point whatever the language."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
