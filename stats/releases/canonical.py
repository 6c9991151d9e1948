"""The canonical form of a release, and its digest. Pure but for reading the attributes of the rows it is given.

The form is JSON (RFC 8259) in UTF-8: keys sorted, no space between, no floats: numbers are whole, or text with the
decimals they are kept with. It holds every column of every row of the release but what is the database's own (keys, the
number of a transaction), and the
digest of the release before, so that releases form a chain: nothing in it can be changed, taken out or put in
without every later digest failing to agree.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from stats.models import FrozenCell, FrozenLine, FrozenPassport, FrozenTable, Release

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Frozen:
    """The rows of one table of a release."""

    table: FrozenTable
    lines: Sequence[FrozenLine]
    cells: Sequence[FrozenCell]


def canonical(release: Release, tables: Sequence[Frozen], passports: Sequence[FrozenPassport]) -> bytes:
    """The bytes a release's digest is taken of; rows may be saved or not."""
    content = {
        "format": FORMAT,
        "release": _columns(release, without=_left_out(release)),
        "tables": [
            {
                **_columns(frozen.table, without={"id", "release"}),
                "lines": [
                    _columns(line, without={"id", "table"})
                    for line in sorted(frozen.lines, key=lambda line: (line.is_column, line.position))
                ],
                "cells": [
                    _columns(cell, without={"id", "table"})
                    for cell in sorted(frozen.cells, key=lambda cell: (cell.row, cell.column))
                ],
            }
            for frozen in sorted(tables, key=lambda frozen: frozen.table.position)
        ],
        "passports": [
            _columns(passport, without={"id", "release"})
            for passport in sorted(passports, key=lambda passport: passport.position)
        ],
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(content: bytes) -> str:
    """SHA-256 in 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _left_out(release: Release) -> set[str]:
    """The columns that are not of the form. A release made before there was a seal keeps the form it had."""
    unsealed = set() if release.audit_head or release.audit_block is not None else {"audit_block", "audit_head"}
    return {"digest", "written_in"} | unsealed


def _columns(row: models.Model, *, without: set[str]) -> dict[str, Any]:
    fields = (field for field in row._meta.concrete_fields if field.name not in without)  # noqa: SLF001 - documented API
    return {field.name: _plain(getattr(row, field.attname), field) for field in fields}


def _plain(value: Any, field: "models.Field[Any, Any]") -> Any:
    if isinstance(field, models.DecimalField) and value is not None:
        return f"{Decimal(value):.{field.decimal_places}f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
