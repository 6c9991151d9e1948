"""Every difference between two releases, or between one and what is counted now."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from stats.releases.compare import Difference
from stats.releases.reading import UnknownReleaseError
from stats.releases.sides import DifferentPeriodsError, between_releases, since_release
from stats.tables import Cell, rounded

NOW = "now"


class Command(BaseCommand):
    """Exact numbers, for inside the house."""

    help = "Tell every figure and part that differs between release A and release B, or what is counted now."

    def add_arguments(self, parser: CommandParser) -> None:
        """Two releases, and a format."""
        parser.add_argument("old", type=int, metavar="A", help="a release's number")
        parser.add_argument("new", metavar="B|now", help="another release's number, or 'now'")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, **options: Any) -> None:
        """Print the differences; none is an empty list."""
        found = _found(options["old"], options["new"])
        if options["format"] == "json":
            content = {
                "old": options["old"],
                "new": _side(options["new"]),
                "differences": [_as_json(one) for one in found],
            }
            self.stdout.write(json.dumps(content, indent=2))
            return
        for one in found:
            why = ", ".join(str(cause.reason.value) for cause in one.why)
            self.stdout.write(f"{one.table} {one.row} {one.column}: {_text(one.old)} -> {_text(one.new)} ({why})")
        if not found:
            self.stdout.write("no difference")


def _side(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else NOW


def _found(old: int, new: str) -> list[Difference]:
    side = _side(new)
    if side == NOW and new != NOW:
        msg = "B is a release's number, or 'now'"
        raise CommandError(msg)
    try:
        return since_release(old, now=timezone.now()) if isinstance(side, str) else between_releases(old, side)
    except UnknownReleaseError as error:
        msg = "there is no release of that number"
        raise CommandError(msg) from error
    except DifferentPeriodsError as error:
        msg = "the two releases are of different periods"
        raise CommandError(msg) from error


def _text(cell: Cell | None) -> str:
    return "-" if cell is None or cell.value is None else str(cell.value)


def _number(cell: Cell | None) -> float | None:
    if cell is None or cell.value is None:
        return None
    return cell.value if isinstance(cell.value, int) else float(cell.value)


def _as_json(one: Difference) -> dict[str, Any]:
    return {
        "table": one.table,
        "row": one.row,
        "column": one.column,
        "unit": one.unit.value if one.unit else None,
        "old": _number(one.old),
        "new": _number(one.new),
        "change": _change(one),
        "why": [{"reason": cause.reason.value, "amount": cause.amount} for cause in one.why],
    }


def _change(one: Difference) -> float | None:
    """A whole number for a count; percentage points to two decimals for a share."""
    if one.change is None:
        return None
    return int(one.change) if one.change.denominator == 1 else float(rounded(one.change, 2))
