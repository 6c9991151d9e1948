"""Make docs/figures.md from the declarations."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from stats.words.passports import PATH, figures_document


class Command(BaseCommand):
    """Write the document, or compare it."""

    help = "Make docs/figures.md from stats/figures.py."

    def add_arguments(self, parser: CommandParser) -> None:
        """One of two things to do."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--write", action="store_true")
        what.add_argument("--check", action="store_true", help="exit 1 when the file is not what would be written")

    def handle(self, **options: Any) -> None:
        """Write or compare."""
        text = figures_document()
        if options["write"]:
            PATH.write_text(text, encoding="utf-8")
        elif not PATH.exists() or PATH.read_text(encoding="utf-8") != text:
            msg = "docs/figures.md is not up to date: run manage.py figures_doc --write"
            raise CommandError(msg)
