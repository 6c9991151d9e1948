"""``manage.py import_reports FILE.csv``: reports of another tool, all of them or none."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.actions.imports import ImportFailedError, ImportResult, Options, import_reports
from cases.importing.cells import RuleBroken, real_date
from cases.importing.faults import FileRefusedError
from cases.importing.load import Stage


class Command(BaseCommand):
    """Thin: arguments in, one action, a summary or errors out."""

    help = "Import reports from a CSV file with one row per finding (docs/importing.md). All or nothing."
    requires_system_checks = (Tags.models,)

    def add_arguments(self, parser: CommandParser) -> None:
        """The file and how to take it."""
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--dry-run", action="store_true", help="check everything and write nothing")
        parser.add_argument(
            "--extend-coverage",
            action="store_true",
            help="add the file's months to the coverage ledger for what it has values for",
        )
        parser.add_argument(
            "--closed-before",
            type=_date,
            metavar="YYYY-MM-DD",
            help="reports received before this day and wholly assessed are closed",
        )

    def handle(self, **options: Any) -> None:
        """Exit 0, or 1 with every error on stderr."""
        terminal = Terminal(self.stderr) if self.stderr.isatty() else None
        try:
            result = import_reports(
                by=None,
                now=timezone.now(),
                path=options["file"],
                options=Options(
                    dry_run=options["dry_run"],
                    extend_coverage=options["extend_coverage"],
                    closed_before=options["closed_before"],
                ),
                progress=terminal.show if terminal else lambda *_: None,
            )
        except FileRefusedError as refused:
            self._refuse(refused, terminal)
        except ImportFailedError as failed:
            raise CommandError(str(failed)) from None
        else:
            if result.closed:
                if terminal:
                    terminal.clear()
                self.stderr.write("\n".join(late_rows(result, dry_run=options["dry_run"])))
            self.stdout.write("\n".join(summary(result, dry_run=options["dry_run"])))
        finally:
            if terminal:
                terminal.clear()

    def _refuse(self, refused: FileRefusedError, terminal: "Terminal | None") -> None:
        if terminal:
            terminal.clear()
        self.stderr.write("\n".join(map(str, refused.faults)))
        count = ngettext("{count} error", "{count} errors", refused.total).format(count=refused.total)
        if refused.total > len(refused.faults):
            count += " " + _("(the first {shown} are shown)").format(shown=len(refused.faults))
        raise CommandError(_("{count}; nothing was written.").format(count=count))


def _date(text: str) -> date:
    try:
        return real_date(text)
    except RuleBroken:
        msg = "use a date as YYYY-MM-DD"
        raise argparse.ArgumentTypeError(msg) from None


def summary(result: ImportResult, *, dry_run: bool) -> list[str]:
    """What the file brought, in a few plain lines."""
    totals = result.totals
    counts = _("{new} new reports with {urls} URLs and {findings} findings; {known} reports already known.").format(
        new=totals.reports, urls=totals.urls, findings=totals.findings, known=totals.known
    )
    lines = [_("{rows} rows read.").format(rows=result.rows), counts]
    if dry_run:
        return [*lines, _("Dry run: nothing was written.")]
    if result.batch is None:
        return [*lines, _("Nothing new: nothing was changed.")]
    lines.append(_("Import {batch} is written; {months} months are to be recounted.").format(
        batch=result.batch, months=result.months
    ))  # fmt: skip
    return lines + [
        _("The coverage ledger now holds {dimension} from {first} to {last}.").format(
            dimension=extension.dimension.label, first=extension.period.first, last=extension.period.last
        )
        for extension in result.extensions
    ]


def late_rows(result: ImportResult, *, dry_run: bool) -> list[str]:
    """How many rows are of months under a final release, and of which. An import does not ask: it says."""
    rows = sum(month.rows for month in result.closed)
    text = (
        ngettext(
            "{rows} row would come into a month under a final release:",
            "{rows} rows would come into months under a final release:",
            rows,
        )
        if dry_run
        else ngettext(
            "{rows} row came into a month under a final release:",
            "{rows} rows came into months under a final release:",
            rows,
        )
    )
    return [
        text.format(rows=rows),
        *(
            _("{month}: {rows} rows, {reports} new reports").format(
                month=month.month, rows=month.rows, reports=month.reports
            )
            for month in result.closed
        ),
        _("The published figures stay as they are; the releases' differences show it as late entry."),
    ]


class Terminal:
    """One line on a terminal that says how far the import is."""

    def __init__(self, stderr: Any) -> None:
        self.stderr = stderr

    def show(self, stage: Stage, done: int, total: int) -> None:
        """Write over the line."""
        share = f" {min(100, 100 * done // total)}%" if total else ""
        self._write(f"\r\033[K{stage.label}{share}")

    def clear(self) -> None:
        """Leave the line empty."""
        self._write("\r\033[K")

    def _write(self, text: str) -> None:
        self.stderr.write(text, ending="")
        self.stderr.flush()
