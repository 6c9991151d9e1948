"""Print a year's figures."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from stats.building.annual import exact_annual_tables
from stats.exports.annual import CONTENT_TYPES, annual_bytes
from stats.periods import PeriodError, Year


class Command(BaseCommand):
    """Every declared figure of a year, after a recount of what is marked."""

    help = "Print every declared figure of a year as JSON or CSV, after recounting what changed."

    def add_arguments(self, parser: CommandParser) -> None:
        """A year, a format, and the month in which the year starts."""
        parser.add_argument("year", help="the year it starts in, such as 2024")
        parser.add_argument("--format", choices=sorted(CONTENT_TYPES), default="json")
        parser.add_argument("--start-month", type=int, default=1, help="1 to 12; 11 is 1 November to 31 October")

    def handle(self, **options: Any) -> None:
        """Write the bytes as they are: the same ones that the page gives."""
        try:
            year = Year.parse(options["year"], options["start_month"])
        except PeriodError as error:
            raise CommandError(str(error)) from error
        content = annual_bytes(exact_annual_tables(year, now=timezone.now()), options["format"])
        write_bytes(self, content)


def write_bytes(command: BaseCommand, content: bytes) -> None:
    """Write to standard output byte by byte, whatever encoding and line ends the terminal has."""
    raw = getattr(command.stdout, "buffer", None)
    if raw is None:  # a caller gave a text stream of its own
        command.stdout.write(content.decode(), ending="")
        return
    command.stdout.flush()
    raw.write(content)
    raw.flush()
