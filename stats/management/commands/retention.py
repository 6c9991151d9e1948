"""Remove what is past its time, or tell how much is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from stats.retention import months, sweeps


class Command(BaseCommand):
    """What the nightly task does, by hand."""

    help = "Remove what is past its time (docs/retention.md). With --dry-run: tell how many rows that is, remove none."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to remove."""
        parser.add_argument("--dry-run", action="store_true", help="tell, and remove nothing")

    def handle(self, **options: Any) -> None:
        """A line for each kind of row, and one for each month that has to wait."""
        now = timezone.now()
        is_dry = options["dry_run"]
        counts = sweeps.due(now=now) if is_dry else sweeps.run(now=now)
        for key, rows in counts.items():
            self.stdout.write(f"{rows:10}  {key}")
        for found in months.candidates(now=now):
            if found.waits:
                self.stdout.write(f"{found.month} waits: {found.waits.value}")
        self.stdout.write("nothing was removed" if is_dry else f"{sum(counts.values())} rows were removed")
