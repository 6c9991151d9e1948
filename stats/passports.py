"""docs/figures.md: every declared figure and breakdown with its passport, in English. Made, never typed."""

from collections.abc import Iterator

from django.conf import settings
from django.utils import translation

from stats.declarations import UNIT_LABELS, Ages, Passport, Scope, Share
from stats.figures import BREAKDOWNS, DECLARED, FIGURES, SHARES

PATH = settings.BASE_DIR / "docs" / "figures.md"
HEAD = """\
# Figures

Made from stats/figures.py by `manage.py figures_doc --write`; a test compares. Do not edit.

A figure adds up over months and over the parts of its breakdowns, and stands in the rollup. A share is worked out at
reading, over the months in which all it requires was recorded in full, numerator and denominator over the same months.
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
    yield "| key | of | by | requires also |"
    yield "|---|---|---|---|"
    for breakdown in BREAKDOWNS.values():
        figures = ", ".join(f"`{key}`" for key in breakdown.figures)
        axes = " x ".join(str(axis.label) for axis in breakdown.axes)
        requires = ", ".join(dict.fromkeys(f"`{axis.dimension.value}`" for axis in breakdown.axes))
        yield f"| `{breakdown.key}` | {figures} | {axes} | {requires} |"
    yield ""


def _passport(passport: Passport) -> Iterator[str]:
    yield f"### `{passport.key}`: {passport.label}\n"
    yield f"- unit: {UNIT_LABELS[passport.unit]}"
    yield f"- numerator: {passport.numerator}"
    if passport.denominator:
        yield f"- denominator: {passport.denominator}"
    yield f"- counting rule: {passport.rule}"
    yield f"- requires: {', '.join(f'`{dimension.value}`' for dimension in passport.requires)}"
    if passport.key in SHARES:
        yield f"- worked out from: {_source(SHARES[passport.key])}"
    else:
        scope = FIGURES[passport.key].scope
        rows = "each report" if scope is Scope.REPORT else f"each {scope} of each report"
        yield f"- a sum over: {rows} that is not void"
    yield ""


def _source(share: Share) -> str:
    if isinstance(share.part, Ages):
        part = f"bands wholly within {share.part.first} to {share.part.last} years"
    else:
        part = ", ".join(f"`{code}`" for code in sorted(share.part))
    return f"`{share.of}` by `{share.by}`: {part}, over all determined parts"
