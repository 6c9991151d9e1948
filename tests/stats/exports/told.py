"""What each form tells, read back without any code of the exports: a :class:`Told` for each cell, in order."""

import csv
import io
import json
import re
from dataclasses import dataclass, replace
from decimal import Decimal

import openpyxl
import pypdfium2

BOM = "\ufeff"
FIRST_ROW, HEAD_ROW = 7, 5  # of a table's sheet, counted from 1
STUBS = {"figures": 2}


@dataclass(frozen=True)
class Told:
    """A cell as a form tells it."""

    table: str
    value: Decimal | None
    status: str
    lower: Decimal | None = None
    upper: Decimal | None = None
    numerator: int | None = None
    numerator_lower: int | None = None
    numerator_upper: int | None = None
    denominator: int | None = None

    def __str__(self):
        return f"{self.table}: {self.value} {self.status}"


NUMBERS = ("value", "lower", "upper", "numerator", "numerator_lower", "numerator_upper", "denominator")


def expected(publication):
    """What every form must tell of a publication."""
    return [_of_cell(table.key, cell) for table in publication.tables for row in table.rows for cell in row.cells]


def _of_cell(table, cell):
    lower, upper = cell.bounds or (None, None)
    least, most = cell.numerator_bounds or (None, None)
    numbers = (cell.value, lower, upper, cell.numerator, least, most, cell.denominator)
    if cell.status == "Q":
        numbers = (None,) * len(NUMBERS)
    return Told(table, status=cell.status.value, **dict(zip(NUMBERS, map(_exact, numbers), strict=True)))


def _exact(number):
    return None if number is None else Decimal(str(number))


def csv_rows(content):
    """The rows of the CSV, whatever its separator, with a decimal point."""
    text = content.decode()
    assert text.startswith(BOM)
    delimiter = ";" if text.split("\r\n", 1)[0].count(";") else ","
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline=""), delimiter=delimiter))


def sdmx_rows(content):
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def _from_text(text):
    return Decimal(text.replace(",", ".")) if text else None


def told_csv(content, _publication):
    return [
        Told(row["table"], status=row["status"], **{name: _from_text(row[name]) for name in NUMBERS})
        for row in csv_rows(content)
    ]


def told_sdmx(content, _publication):
    names = ("OBS_VALUE", "LOWER", "UPPER", "NUMERATOR", "NUMERATOR_LOWER", "NUMERATOR_UPPER", "DENOMINATOR")
    return [
        Told(
            row["BREAKDOWN"],
            status=row["OBS_STATUS"],
            **{name: _from_text(row[column]) for name, column in zip(NUMBERS, names, strict=True)},
        )
        for row in sdmx_rows(content)
    ]


def told_json(content, _publication):
    return [
        Told(table["key"], status=cell["status"], **{name: _exact(cell[name]) for name in NUMBERS})
        for table in json.loads(content, parse_float=Decimal)["tables"]
        for row in table["rows"]
        for cell in row["cells"]
    ]


def workbook(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def told_xlsx(content, publication):
    """Value and status from each table's own sheet, what it rests on from the sheet of shares."""
    sheets = workbook(content).worksheets
    rest = _shares(sheets[1 + len(publication.tables)])
    found = []
    for table, sheet in zip(publication.tables, sheets[1:], strict=False):
        stubs = STUBS.get(table.shape.value, 1)
        heads = [sheet.cell(HEAD_ROW, stubs + 1 + 2 * place).value for place in range(len(table.columns))]
        for at in range(FIRST_ROW, FIRST_ROW + len(table.rows)):
            label = sheet.cell(at, 1).value
            for place, head in enumerate(heads):
                seen = _seen(table.key, sheet, at, stubs + 1 + 2 * place)
                found.append(replace(seen, **rest.get((sheet["A1"].value, label, head), {})))
    return found


def _seen(table, sheet, row, column):
    value, mark = sheet.cell(row, column), sheet.cell(row, column + 1).value
    # Bounds stand there in words; that they are right, the sheet of shares says.
    number = _exact(value.value) if value.data_type == "n" else None
    return Told(table, value=number, status=mark or "A")


def _shares(sheet):
    rows = sheet.iter_rows(min_row=6, values_only=True)
    return {row[:3]: dict(zip(NUMBERS, map(_exact, row[3:10]), strict=True)) for row in rows if row[0]}


def pdf_text(content):
    """The text of all pages, in reading order, with single spaces."""
    document = pypdfium2.PdfDocument(content)
    try:
        pages = [document[place] for place in range(len(document))]
        texts = [page.get_textpage().get_text_range() for page in pages]
    finally:
        document.close()
    return re.sub(r"\s+", " ", " ".join(texts))


def pdf_row(label, texts):
    """A row of a table as it is found in a page's text: its cells in order, with notes and small print between.

    Between the label and the first there is a unit at most: in a sentence there would be a comma.
    """
    cells = [rf"(?<![0-9.,]){_spaced(text)}(?![0-9])" for text in texts]
    return re.compile(_spaced(label) + r"\s?(?:[^\s,]{1,12}\s)?" + ".{0,140}?".join(cells))


def _spaced(text):
    """A line may be broken at a space, and be put together without."""
    return r"\s?".join(re.escape(word) for word in text.split())


TOLD = {"csv": told_csv, "json": told_json, "sdmx": told_sdmx, "xlsx": told_xlsx}
