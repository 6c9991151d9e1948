r"""A year's figures as JSON and CSV: the same bytes from the command, the page and the API.

Bytes depend on the figures alone: not on language, locale, time zone or environment. Codes are written, not labels;
a recipient's code is its key, with the name beside it. What was not recorded is null in JSON, empty in CSV, never 0.

CSV is RFC 4180 (comma, CRLF, UTF-8 without a mark), one row for each figure and each part, with these columns:

========== ===========================================================================================
year       2024, or 2024-11..2025-10
table      'figures', or the breakdown
figure     the figure's key
part_a     the part's code along the first axis; empty for a figure as a whole
part_b     along the second axis, where there is one
name       a recipient's name
unit       reports, URLs, notices, days or %
value      a whole number, a percentage with two decimals, or a median with one
lower      at least this much, where the value can not be known exactly
upper      at most this much
numerator  of a percentage
denominator of a percentage; of a median, how many it is the median of
coverage   full, partial or none
months     how many months were recorded in full
status     A normal, P provisional, L not collected, B break in the series
========== ===========================================================================================
"""

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from stats.building.annual import AnnualTables
from stats.declarations import TOTAL, Breakdown
from stats.figures import BREAKDOWNS
from stats.tables import Cell, Row, Table, Value

COLUMNS = (
    "year", "table", "figure", "part_a", "part_b", "name", "unit", "value", "lower", "upper",
    "numerator", "denominator", "coverage", "months", "status",
)  # fmt: skip
CONTENT_TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}
# What a spreadsheet would take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def annual_bytes(tables: AnnualTables, file_format: str) -> bytes:
    """The year in a format, 'json' or 'csv'. Raises ``KeyError`` for any other."""
    return {"json": _json, "csv": _csv}[file_format](tables)


def _json(tables: AnnualTables) -> bytes:
    content = {
        "year": str(tables.year),
        "first_month": str(tables.year.months[0]),
        "last_month": str(tables.year.months[-1]),
        "figures": {row.key: _figure(row, row.cells[0]) for row in tables.headline.rows},
        "breakdowns": {table.key: _breakdown(table) for table in tables.breakdowns},
    }
    return (json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def _figure(row: Row, cell: Cell) -> dict[str, Any]:
    return {"value": _number(cell.value), "unit": str(row.unit), **_fraction(cell), **_bounds(cell), **_standing(cell)}


def _fraction(cell: Cell) -> dict[str, Any]:
    """A count is its own numerator over nothing."""
    if cell.denominator is None:
        return {"numerator": _number(cell.value), "denominator": None}
    return {"numerator": cell.numerator, "denominator": cell.denominator}


def _bounds(cell: Cell) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if cell.bounds:
        found |= {"lower": _number(cell.bounds.lower), "upper": _number(cell.bounds.upper)}
    if cell.numerator_bounds:
        lower, upper = cell.numerator_bounds
        found |= {"numerator_lower": _number(lower), "numerator_upper": _number(upper)}
    return found


def _standing(cell: Cell) -> dict[str, Any]:
    coverage = {"status": cell.coverage.status, "months": cell.coverage.full}
    return {"coverage": coverage, "status": cell.status.value}


def _number(value: Value | None) -> float | None:
    """Whole numbers as they are. Two decimals fit a float exactly enough to come out as they went in."""
    return float(value) if isinstance(value, Decimal) else value


def _breakdown(table: Table) -> dict[str, Any]:
    """Figure -> unit and parts; each part names its code along each axis."""
    breakdown = BREAKDOWNS[table.key]
    found: dict[str, Any] = {}
    for figure, unit, codes, name, cell in _parts(table, breakdown):
        entry = found.setdefault(figure, {"unit": unit, "parts": []})
        part: dict[str, Any] = {axis.key: code for axis, code in zip(breakdown.axes, codes, strict=True)}
        if name:
            part["name"] = name
        entry["parts"].append(part | {"value": _number(cell.value)} | _standing(cell))
    return found


def _parts(table: Table, breakdown: Breakdown) -> Iterator[tuple[str, str, tuple[str, ...], str, Cell]]:
    """Figure, unit, codes, name and cell of every part, figure by figure."""
    rows = [row for row in table.rows if row.key != TOTAL]
    crossed = len(breakdown.axes) > 1
    named = breakdown.axes[0].codes == "recipient"
    for place, column in enumerate(table.columns):
        figure = breakdown.figures[0] if crossed else column.key
        for row in rows:
            codes = (column.key, row.key) if crossed else (row.key,)
            name = str(row.label) if named and row.key.isdigit() else ""
            yield figure, str(column.unit), codes, name, row.cells[place]


def _csv(tables: AnnualTables) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    year = str(tables.year)
    for row in tables.headline.rows:
        writer.writerow([year, "figures", row.key, "", "", "", row.unit, *_csv_cell(row.cells[0])])
    for table in tables.breakdowns:
        for figure, unit, codes, name, cell in _parts(table, BREAKDOWNS[table.key]):
            writer.writerow([year, table.key, figure, *[*codes, ""][:2], _safe(name), unit, *_csv_cell(cell)])
    return text.getvalue().encode()


def _csv_cell(cell: Cell) -> list[str]:
    lower, upper = cell.bounds or (None, None)
    numbers = (cell.value, lower, upper, cell.numerator if cell.denominator is not None else None, cell.denominator)
    return [
        *("" if number is None else str(number) for number in numbers),
        cell.coverage.status,
        str(cell.coverage.full),
        cell.status.value,
    ]


def _safe(text: str) -> str:
    """A typed name that a spreadsheet must not take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
