"""A publication as JSON: canonical, so that equal publications give equal bytes. docs/exporting.md has the schema.

Keys are sorted, nothing is indented, letters stand as themselves. Counts are integers; a share is a number with two
decimals at most, beside its exact numerator and denominator. What is not known is null, and never 0.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language

from stats.coverage import Status
from stats.exports.observations import named_period
from stats.exports.wording import STATUS_LABELS, coverage_letters, last_day, release_facts, unit_words
from stats.periods import Period
from stats.publication import PassportText, Publication
from stats.tables import Bounds, Cell, Column, Row, Shape, Table, Value
from stats.words.presenters import period_label

FORMAT = "hotline-release"
VERSION = 1


def release_json(publication: Publication) -> bytes:
    """The publication as JSON, with labels in the active language."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "language": get_language(),
        "release": _release(publication),
        "passports": {passport.key: _passport(passport) for passport in publication.passports},
        "statuses": {status.value: str(label) for status, label in STATUS_LABELS.items()},
        "tables": [_table(table) for table in publication.tables],
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return f"{text}\n".encode()


def _release(publication: Publication) -> dict[str, Any]:
    """Codes and words of every fact; the period also in days."""
    facts = {
        fact.key: {"code": fact.code, "label": fact.label, "text": fact.text} for fact in release_facts(publication)
    }
    return {
        "facts": facts,
        "period": _period(publication.facts.period),
        "is_internal": publication.is_internal,
        "is_synthetic": publication.facts.is_synthetic,
    }


def _period(period: Period) -> dict[str, Any]:
    return {
        "key": str(period),
        "from": period.first.isoformat(),
        "to": last_day(period).isoformat(),
        "label": period_label(period),
    }


def _passport(passport: PassportText) -> dict[str, Any]:
    return {
        "label": str(passport.label),
        "unit": passport.unit.value,
        "numerator": str(passport.numerator),
        "denominator": str(passport.denominator) or None,
        "rule": str(passport.rule),
        "requires": [dimension.value for dimension in passport.requires],
    }


def _table(table: Table) -> dict[str, Any]:
    across = table.shape is Shape.FIGURES
    down = table.shape in {Shape.MONTHS, Shape.YEARS}
    return {
        "key": table.key,
        "shape": table.shape.value,
        "title": str(table.title),
        "stub": str(table.stub),
        "columns": [
            _line(column, is_period=across) | {"figure": column.figure or None} for column in table.columns
        ],
        "rows": [_line(row, is_period=down) | {"cells": [_cell(cell) for cell in row.cells]} for row in table.rows],
    }  # fmt: skip


def _line(line: Row | Column, *, is_period: bool) -> dict[str, Any]:
    period = named_period(line.key) if is_period else None
    unit = {"key": line.unit.value, "label": unit_words(line.unit)} if line.unit else None
    label = period_label(period) if period else str(line.label)
    named = _period(period) if period else None
    return {"key": line.key, "label": label, "part": line.part.value, "unit": unit, "period": named}


def _cell(cell: Cell) -> dict[str, Any]:
    shown = cell.status is not Status.SUPPRESSED
    numbers: Mapping[str, Value | None] = {
        "value": cell.value,
        **_within(cell.bounds, ""),
        "numerator": cell.numerator,
        **_within(cell.numerator_bounds, "numerator_"),
        "denominator": cell.denominator,
    }
    return {
        **{key: _number(number) if shown else None for key, number in numbers.items()},
        "status": cell.status.value,
        "coverage": {
            "status": cell.coverage.status,
            "full": cell.coverage.full,
            "partly": cell.coverage.partly,
            "of": cell.coverage.of,
            "months": coverage_letters(cell.coverage),
        },
        "rule": cell.rule or None,
        "scheme": cell.scheme or None,
        "source": cell.source or None,
    }


def _within(bounds: Bounds | None, prefix: str) -> dict[str, Value | None]:
    lower, upper = bounds or (None, None)
    return {f"{prefix}lower": lower, f"{prefix}upper": upper}


def _number(value: Value | None) -> float | None:
    """Whole numbers as they are. Two decimals fit a float exactly enough to come out as they went in."""
    return float(value) if isinstance(value, Decimal) else value
