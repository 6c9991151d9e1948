"""List every release."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hotline.metadata_only import ISO_DATE
from stats.publication import ReleaseFacts
from stats.releases.reading import all_facts


class Command(BaseCommand):
    """Releases, the newest last."""

    help = "List the releases, the newest last; with --on, those that were in force on a day."

    def add_arguments(self, parser: CommandParser) -> None:
        """A format, and a day."""
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--on", metavar="YYYY-MM-DD", help="as published on this day: one release for each period")

    def handle(self, **options: Any) -> None:
        """Print a line, or an object, for each release."""
        facts = all_facts()
        if options["on"]:
            facts = _in_force(facts, _day(options["on"]))
        if options["format"] == "json":
            self.stdout.write(json.dumps([_as_json(one) for one in facts], indent=2))
            return
        for one in facts:
            self.stdout.write("  ".join(str(value) for value in _as_json(one).values() if value not in {None, 0}))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text if ISO_DATE.match(text) else "")
    except ValueError as error:
        msg = "--on is written as 2025-04-10"
        raise CommandError(msg) from error


def _in_force(facts: list[ReleaseFacts], day: date) -> list[ReleaseFacts]:
    latest = {str(one.period): one for one in facts if one.released_date <= day}
    return sorted(latest.values(), key=lambda one: one.number)


def _as_json(facts: ReleaseFacts) -> dict[str, str | int | None]:
    return {
        "id": facts.number,
        "period": str(facts.period),
        "status": facts.status.value,
        "revision": facts.revision,
        "reason": facts.reason.value if facts.reason else None,
        "released_at": facts.released_at.isoformat(timespec="seconds"),
        "definitions": facts.definitions,
        "digest": facts.digest,
    }
