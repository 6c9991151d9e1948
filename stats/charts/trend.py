"""One figure over the years as a chart: what others published is outlined, a break in the series a dashed line."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from stats.charts.shapes import Chart, Key, Line, Rect, Scale, Text, at
from stats.periods import Year
from stats.tables import Cell, Table
from stats.trend.years import year_of_row
from stats.words.presenters import cell_text, number

COUNTED, PROVISIONAL, PUBLISHED = "chart__bar series-1", "chart__bar series-1 chart__provisional", "chart__published"
BREAK = "chart__break"


class Bar(NamedTuple):
    """One year of one source."""

    year: Year
    label: str
    cell: Cell

    @property
    def look(self) -> str:
        """Published, provisional, or counted here."""
        if self.cell.source:
            return PUBLISHED
        return PROVISIONAL if self.cell.is_provisional else COUNTED


def trend_bars(table: Table, column: str) -> list[Bar]:
    """The rows that have a number of a figure."""
    place = table.column(column)
    known = [row for row in table.rows if row.cells[place].value is not None]
    return [Bar(year_of_row(row.key), str(row.label), row.cells[place]) for row in known]


def trend_chart(table: Table, column: str, broken: Collection[Year], *, key: str) -> Chart:
    """Years side by side, for a wide screen; of one year each source has a bar of its own."""
    bars = trend_bars(table, column)
    left, top, bottom, width, height = 84, 12, 28, 1120, 260
    base = height - bottom
    scale = _scale(bars, base - top)
    years = _years(bars)
    step = (width - left) / max(1, len(years))
    chart = _chart(table, column, bars, key=key, size=(width, height))
    for tick in scale.ticks:
        y = base - scale(tick)
        chart.lines.append(Line(str(left), at(y), str(width), at(y)))
        chart.texts.append(Text(str(left - 8), at(y + 4), number(tick), "end"))
    for place, year in enumerate(years):
        x = left + place * step
        chart.rects.extend(_standing([bar for bar in bars if bar.year == year], scale, (x, step, base)))
        chart.texts.append(Text(at(x + step / 2), str(base + 18), str(year), "middle"))
        if year in broken:
            chart.lines.append(Line(at(x), str(top), at(x), str(base + 8), BREAK))
    chart.lines.append(Line(str(left), str(base), str(width), str(base), "chart__axis"))
    return chart


def _standing(bars: Sequence[Bar], scale: Scale, place: tuple[float, float, int]) -> Iterator[Rect]:
    x, step, base = place
    width = min(72.0, step * 0.76 / max(1, len(bars)))
    start = x + (step - width * len(bars)) / 2
    for number_of, bar in enumerate(bars):
        length = scale(float(bar.cell.value or 0))
        yield Rect(
            at(start + number_of * width + 1),
            at(base - length),
            at(width - 2),
            at(length),
            bar.look,
        )


def trend_chart_narrow(table: Table, column: str, broken: Collection[Year], *, key: str) -> Chart:
    """The same for a narrow screen: bars under each other."""
    bars = trend_bars(table, column)
    left, right, step, width = 140, 76, 26, 360
    scale = _scale(bars, width - left - right)
    chart = _chart(table, column, bars, key=key, size=(width, step * len(bars) + 8))
    for place, bar in enumerate(bars):
        y, length = 4 + place * step, scale(float(bar.cell.value or 0))
        chart.texts.append(Text(str(left - 8), str(y + 17), _short(bar.label), "end"))
        chart.rects.append(Rect(str(left), str(y + 5), at(length), "16", bar.look))
        chart.texts.append(Text(at(left + length + 6), str(y + 17), cell_text(bar.cell), look="chart__value"))
        if bar.year in broken and (place == 0 or bars[place - 1].year != bar.year):
            chart.lines.append(Line("0", str(y), str(width), str(y), BREAK))
    chart.lines.append(Line(str(left), "2", str(left), str(step * len(bars) + 6), "chart__axis"))
    return chart


def _chart(table: Table, column: str, bars: Sequence[Bar], *, key: str, size: tuple[int, int]) -> Chart:
    return Chart(
        key=key,
        title=table.columns[table.column(column)].label,
        description="; ".join(f"{bar.label}: {cell_text(bar.cell)}" for bar in bars),
        width=size[0],
        height=size[1],
        legend=_legend(bars),
    )


def _legend(bars: Sequence[Bar]) -> list[Key]:
    """What is drawn otherwise than plainly is named."""
    sources = {bool(bar.cell.source) for bar in bars}
    if True not in sources:
        return []
    counted = [Key(_("counted here"), "series-1", hatched=False)] if False in sources else []
    return [*counted, Key(_("published elsewhere, not counted here"), PUBLISHED, hatched=False)]


def _scale(bars: Sequence[Bar], length: float) -> Scale:
    return Scale(max((float(bar.cell.value or 0) for bar in bars), default=0), length)


def _years(bars: Sequence[Bar]) -> list[Year]:
    """Every year from the first to the last: one without a number leaves its place empty."""
    if not bars:
        return []
    first, last = min(bar.year for bar in bars), max(bar.year for bar in bars)
    return [first.shift(step) for step in range(last.year - first.year + 1)]


def _short(label: str, most: int = 21) -> str:
    return label if len(label) <= most else label[: most - 1].rstrip() + "…"
