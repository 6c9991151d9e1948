"""Freeze a period's figures as a release."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from stats.periods import Period, PeriodError
from stats.publication import Reason, ReleaseStatus
from stats.releases.freeze import FreezeError, Wish, freeze


class Command(BaseCommand):
    """A release from the terminal: the audit log says that the system made it."""

    help = "Recount, verify and freeze the figures of a month, a quarter or a year as a release."

    def add_arguments(self, parser: CommandParser) -> None:
        """A period, a status, and for a revision a reason."""
        parser.add_argument("period", help="2024, 2024-Q1, 2024-03 or 2024-11..2025-10")
        parser.add_argument("--status", choices=ReleaseStatus.values, required=True)
        parser.add_argument("--reason", choices=Reason.values, help="why a final release is revised")

    def handle(self, **options: Any) -> None:
        """Freeze, and print the release's number, name and digest."""
        try:
            wish = Wish(
                period=Period.parse(options["period"]),
                status=ReleaseStatus(options["status"]),
                reason=Reason(options["reason"]) if options["reason"] else None,
            )
            release = freeze(wish, by=None, now=timezone.now())
        except (PeriodError, FreezeError) as error:
            raise CommandError(str(error)) from error
        revision = f" {release.revision}" if release.revision else ""
        self.stdout.write(f"release {release.number}: {wish.period} {release.status}{revision}\n{release.digest}")
