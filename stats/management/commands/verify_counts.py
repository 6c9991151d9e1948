"""Compare the counts with the records."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from stats.counting.verify import verify
from stats.periods import Month, PeriodError


class Command(BaseCommand):
    """The independent recount, for one month or all."""

    help = "Recount every month from the records, independently, and compare every cell. Exit 1 on any difference."

    def add_arguments(self, parser: CommandParser) -> None:
        """One month, or none for all."""
        parser.add_argument("--month", help="only this month, as 2024-03")

    def handle(self, **options: Any) -> None:
        """Say how many cells agree, or name every one that does not."""
        try:
            only = Month.parse(options["month"]) if options["month"] else None
        except PeriodError as error:
            raise CommandError(str(error)) from error
        outcome = verify(now=timezone.now(), only=only)
        for difference in outcome.differences:
            self.stderr.write(str(difference))
        for month in outcome.unsettled:
            self.stderr.write(f"{month} kept changing and could not be compared")
        if not outcome.agrees:
            msg = f"{len(outcome.differences)} of {outcome.cells} cells in {outcome.months} months differ"
            raise CommandError(msg)
        self.stdout.write(f"{outcome.cells} cells in {outcome.months} months agree")
