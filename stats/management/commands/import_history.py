"""``manage.py import_history FILE.csv``: past years' figures as others published them, all of them or none."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stats.history.actions import import_file
from stats.history.importing import HistoryRefusedError


class Command(BaseCommand):
    """Thin: arguments in, one action, a summary or errors out."""

    help = "Import published totals of past years (year, figure, value, source) from a CSV file. All or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file and how to take it."""
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--dry-run", action="store_true", help="check everything and write nothing")
        parser.add_argument("--replace", action="store_true", help="known totals get the file's values")

    def handle(self, **options: Any) -> None:
        """Exit 0, or 1 with every error on stderr."""
        dry_run = options["dry_run"]
        try:
            done = import_file(
                by=None, now=timezone.now(), path=options["file"], replace=options["replace"], dry_run=dry_run
            )
        except HistoryRefusedError as refused:
            self.stderr.write("\n".join(map(str, refused.faults)))
            total = len(refused.faults)
            count = ngettext("{count} error", "{count} errors", total).format(count=total)
            raise CommandError(_("{count}; nothing was written.").format(count=count)) from None
        self.stdout.write(
            _("{added} published totals added, {replaced} replaced, {known} known already.").format(
                added=done.added, replaced=done.replaced, known=done.known
            )
        )
        if dry_run:
            self.stdout.write(_("Dry run: nothing was written."))
        elif not done.added and not done.replaced:
            self.stdout.write(_("Nothing new: nothing was changed."))
