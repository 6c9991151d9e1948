"""``manage.py make_demo_file FILE.csv``: made-up reports as an import file."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cases.demo.file import write_file
from hotline.days import hotline_day


class Command(BaseCommand):
    """Thin: arguments in, one call, a line out."""

    help = "Write made-up reports from 2023 to today as a file for import_reports. Every number in it is synthetic."
    requires_system_checks = (Tags.models,)

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, how much, and up to which day."""
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--scale", type=_scale, default=1.0, help="1 is a national hotline's size (default)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed and day give the same file")
        parser.add_argument(
            "--until", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the last day (default: today)"
        )

    def handle(self, **options: Any) -> None:
        """Write it."""
        until = options["until"] or hotline_day(timezone.now())
        try:
            rows = write_file(options["file"], until=until, scale=options["scale"], seed=options["seed"])
        except OSError as error:
            msg = f"The file can not be written: {error.strerror}."
            raise CommandError(msg) from None
        self.stdout.write(f"{rows} made-up rows up to {until}, for import_reports --extend-coverage.")


def _scale(text: str) -> float:
    scale = float(text)
    if not 0 < scale <= 100:  # noqa: PLR2004 - a hundred national hotlines
        msg = "use a number above 0 and up to 100"
        raise argparse.ArgumentTypeError(msg)
    return scale
