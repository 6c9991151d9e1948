"""Make docs/retention.md from the policy."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from hotline.retention_policy import document


class Command(BaseCommand):
    """Write the document, or compare it."""

    help = "Make docs/retention.md from hotline/retention_policy.py."

    def add_arguments(self, parser: CommandParser) -> None:
        """One of two things to do."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--write", action="store_true")
        what.add_argument("--check", action="store_true", help="exit 1 when the file is not what would be written")

    def handle(self, **options: Any) -> None:
        """Write or compare."""
        path = settings.BASE_DIR / "docs" / "retention.md"
        with translation.override("en"):
            text = document()
        if options["write"]:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            msg = "docs/retention.md is not up to date: run manage.py retention_doc --write"
            raise CommandError(msg)
