"""docs/figures.md: every declared figure and breakdown with its passport, in English. Made, never typed."""

from collections.abc import Iterator

from django.conf import settings
from django.utils import translation

from stats.declarations import LONGEST_DAYS, UNIT_LABELS, Ages, Breakdown, Cumulative, Derived, Figure, Scope, Share
from stats.figures import BREAKDOWNS, DECLARED, HELD

PATH = settings.BASE_DIR / "docs" / "figures.md"
ROWS = {
    Scope.REPORT: "each report",
    Scope.FINDING: "each finding of each report",
    Scope.REFERRAL: "each referral of each report",
    Scope.SENT: "each referral sent in the period, of each report",
}
TABLE_HEAD = ("| key | of | by | requires also |", "|---|---|---|---|")
HEAD = """\
# Figures

Made from stats/figures.py by `manage.py figures_doc --write`; a test compares. Do not edit.

A figure adds up over months and over the parts of its breakdowns, and stands in the rollup. A share is worked out at
reading, over the months in which all it requires was recorded in full, numerator and denominator over the same months.
How many days something took is held by number of days, so that what took at most so many, and the median of any
period, is worked out at reading too.
What was not recorded has no value; it is never 0. *not recorded* and *undetermined* are parts of every breakdown they
occur in, so that parts add up to the whole.
"""


def figures_document() -> str:
    """The document's text."""
    with translation.override("en"):
        return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield HEAD
    yield "## Declared figures\n"
    for passport in DECLARED.values():
        yield from _passport(passport)
    yield "## Declared breakdowns\n"
    yield from TABLE_HEAD
    yield from (_breakdown(breakdown) for breakdown in BREAKDOWNS.values())
    yield "\n## Held to work out from\n"
    yield from TABLE_HEAD
    yield from (_breakdown(breakdown) for key, breakdown in HELD.items() if key not in BREAKDOWNS)
    yield ""


def _breakdown(breakdown: Breakdown) -> str:
    figures = ", ".join(f"`{key}`" for key in breakdown.figures)
    axes = " x ".join(str(axis.label) for axis in breakdown.axes)
    requires = ", ".join(dict.fromkeys(f"`{axis.dimension.value}`" for axis in breakdown.axes))
    return f"| `{breakdown.key}` | {figures} | {axes} | {requires} |"


def _passport(passport: Figure | Derived) -> Iterator[str]:
    yield f"### `{passport.key}`: {passport.label}\n"
    yield f"- unit: {UNIT_LABELS[passport.unit]}"
    yield f"- numerator: {passport.numerator}"
    if passport.denominator:
        yield f"- denominator: {passport.denominator}"
    yield f"- counting rule: {passport.rule}"
    if isinstance(passport, Figure):
        yield from (f"- counting rule {version.number}: {version.rule}" for version in passport.versions)
    yield f"- requires: {', '.join(f'`{dimension.value}`' for dimension in passport.requires)}"
    if passport.firm_after:
        yield f"- provisional: until {passport.firm_after} days after the period's end"
    if isinstance(passport, Figure):
        yield f"- a sum over: {ROWS[passport.scope]} that is not void"
    else:
        yield f"- worked out from: {_source(passport)}"
    yield ""


def _source(derived: Derived) -> str:
    source = f"`{derived.of}` by `{derived.by}`"
    if isinstance(derived, Cumulative):
        return f"{source}: what took at most {derived.days} days"
    if not isinstance(derived, Share):
        return f"{source}: the median, exact up to {LONGEST_DAYS} days, above that as bounds"
    if isinstance(derived.part, Ages):
        part = f"bands wholly within {derived.part.first} to {derived.part.last} years"
    else:
        part = ", ".join(f"`{code}`" for code in sorted(derived.part))
    return f"{source}: {part}, over all determined parts"
