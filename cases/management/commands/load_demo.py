"""``manage.py load_demo``: the made-up hotline, for ``make demo``."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cases.demo.loading import NotEmptyError, load_demo


class Command(BaseCommand):
    """Thin: one call; safe to run again."""

    help = "Fill an empty database with made-up people, recipients and reports. Does nothing when they are there."
    requires_system_checks = (Tags.models,)

    def add_arguments(self, parser: CommandParser) -> None:
        """How much."""
        parser.add_argument("--scale", type=float, default=1.0, help="1 is a national hotline's size (default)")

    def handle(self, **options: Any) -> None:
        """Load it, unless these are somebody's real servers."""
        if settings.PRODUCTION and not settings.SYNTHETIC_DATA:
            msg = "These are production's settings. Made-up data need HOTLINE_SYNTHETIC_DATA=1, which marks every page."
            raise CommandError(msg)
        folder = Path(os.environ.get("HOTLINE_DATA_DIR") or settings.BASE_DIR / ".hotline")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            loaded = load_demo(now=timezone.now(), folder=folder, scale=options["scale"], say=self._say)
        except NotEmptyError as error:
            msg = "This database holds other people or reports already. Made-up data are for an empty one."
            raise CommandError(msg) from error
        self._say("The made-up data are loaded." if loaded else "The made-up data are there.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
