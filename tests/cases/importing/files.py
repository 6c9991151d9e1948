"""Import files for tests."""

import csv
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from cases.actions.imports import ImportResult, Options, import_reports
from cases.importing.columns import COLUMNS
from cases.importing.faults import FileRefusedError
from cases.models import CoveragePeriod
from tests.conftest import RECORD_TABLES
from tests.make import AMSTERDAM

NOW = datetime(2026, 3, 10, 11, 0, tzinfo=AMSTERDAM)
TODAY = NOW.date()

Row = dict[str, Any]


def row(key: object = 1, **cells: Any) -> Row:
    """A report of 10 URLs that nobody has assessed."""
    start = {"report_key": key, "received_date": "2026-02-03", "source": "public", "url_count": 10}
    return dict.fromkeys(COLUMNS, "") | start | cells


def confirmed(key: object = 1, count: object = 10, **cells: Any) -> Row:
    """A report of 10 URLs, so many of them confirmed, with every answer."""
    answers = {
        "self_generated": "yes",
        "sex": "girls",
        "age_from": 6,
        "age_to": 9,
        "hosting_country": "NL",
        "site_type": "image_host",
    }
    return row(key, **({"outcome": "confirmed_baseline", "finding_url_count": count} | answers | cells))


def other(key: object = 1, count: object = 10, **cells: Any) -> Row:
    """A report of 10 URLs, so many of them not illegal."""
    return row(key, **({"outcome": "not_illegal", "finding_url_count": count} | cells))


def write(path: Path, rows: Iterable[Row], columns: Iterable[str] = COLUMNS) -> Path:
    """A file with these rows."""
    columns = list(columns)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([[cells[name] for name in columns] for cells in rows])
    return path


def run(path: Path, *, now: datetime = NOW, extend_coverage: bool = True, **options: Any) -> ImportResult:
    """Import a file as the system; the ledger follows unless told otherwise."""
    return import_reports(by=None, now=now, path=path, options=Options(extend_coverage=extend_coverage, **options))


def refusals(path: Path, **options: Any) -> list[tuple[int, str, str]]:
    """(row, column, rule) of everything wrong with a file; empty when it was written."""
    try:
        run(path, **options)
    except FileRefusedError as refused:
        return [(fault.row, fault.column, fault.rule.value) for fault in refused.faults]
    return []


def hold(dimension: str, first: date, last: date | None = None) -> None:
    """Make the ledger hold a dimension on these days only."""
    CoveragePeriod.objects.filter(dimension=dimension).delete()
    CoveragePeriod.objects.create(dimension=dimension, from_date=first, to_date=last)


def ledger(dimension: str) -> list[tuple[date, date | None]]:
    """The periods of a dimension."""
    periods = CoveragePeriod.objects.filter(dimension=dimension).order_by("from_date")
    return list(periods.values_list("from_date", "to_date"))


def clear() -> None:
    """Forget all records, between two examples of one test."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {RECORD_TABLES} CASCADE")
        cursor.execute("SET session_replication_role = origin")


def everything() -> dict[str, int]:
    """How many rows each table has that an import writes."""
    tables = [
        "cases_report",
        "cases_finding",
        "cases_senderkey",
        "cases_importbatch",
        "cases_auditevent",
        "cases_coverageperiod",
        "stats_dirtymonth",
    ]
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found
