"""The made-up years as an import file, with an open queue at its end."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

from cases.demo.plan import HALF_DONE, UNBEGUN, plans_until
from cases.demo.year import MadeReport, made_year
from cases.importing.columns import COLUMNS

UNASSESSED = "," * 7
BLOCK = 20_000


def made_reports(*, until: date, scale: float, seed: int) -> Iterator[MadeReport]:
    """Reports from 2023 to ``until`` inclusive; the youngest of them are not all assessed.

    The same arguments give the same reports, and another ``until`` changes only the end.
    """
    random = Random(f"{seed}-queue")  # noqa: S311 - made-up data, the same each time
    for plan in plans_until(until.year):
        for report in made_year(plan.scaled(scale), seed):
            if report.day > until:
                return
            if (until - report.day).days <= max(HALF_DONE):
                _leave_open(random, report, (until - report.day).days)
            yield report


def _leave_open(random: Random, report: MadeReport, days: int) -> None:
    draw = random.random()
    if draw < UNBEGUN.get(days, 0):
        report.findings = []
    elif draw < UNBEGUN.get(days, 0) + HALF_DONE.get(days, 0):
        # With one finding of several, or with one that speaks of fewer URLs than there are.
        report.findings = report.findings[:-1] if len(report.findings) > 1 else _less(report.findings)


def _less(findings: list[tuple[int, str]]) -> list[tuple[int, str]]:
    [(count, text)] = findings
    outcome, _comma, rest = text.split(",", 2)
    return [(count // 2, f"{outcome},{count // 2},{rest}")] if count > 1 else []


def write_file(path: Path, *, until: date, scale: float = 1.0, seed: int = 1) -> int:
    """Write the file; returns its number of rows without the header."""
    rows = 0
    with path.open("w", encoding="ascii", newline="") as file:
        file.write(",".join(COLUMNS) + "\r\n")
        lines: list[str] = []
        for report in made_reports(until=until, scale=scale, seed=seed):
            start = f"{report.key},{report.day},{report.source},{report.url_count},"
            lines += [f"{start}{text}\r\n" for _count, text in report.findings] or [f"{start}{UNASSESSED}\r\n"]
            if len(lines) >= BLOCK:
                rows += len(lines)
                file.write("".join(lines))
                lines.clear()
        file.write("".join(lines))
    return rows + len(lines)
