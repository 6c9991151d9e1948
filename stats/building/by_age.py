"""Tables by age, told in another scheme's bands or in derived groups. Pure.

A cell that rests on bands which reach over a cut has no value but bounds (:mod:`stats.ages`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from cases.codes import Dimension
from stats.ages import FIRST_YEAR, LAST_YEAR, OUTSIDE, Bands, Held, Scheme, convert, held
from stats.building.breakdowns import breakdown_table
from stats.declarations import Ages
from stats.figures import BREAKDOWNS, FROM_6_TO_9, UNDER_12
from stats.periods import Month
from stats.publication import AGE_GROUPS
from stats.tables import Bounds, Cell, Part, Row, Table

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from stats.counting.code_labels import CodeLabels
    from stats.counting.reading import Counts

    # What each row is called, and how much of a column belongs to it.
    Told = Mapping[str, tuple[StrOrPromise, Held]]

FROM_12 = Ages(first=UNDER_12.last + 1, last=LAST_YEAR)
# 6 to 9 is a part of under 12: the whole is under 12, 12 and over, and what is not determined.
GROUPS: "Mapping[str, tuple[StrOrPromise, Ages]]" = {
    "under_12": (_("under 12"), UNDER_12),
    "from_6_to_9": (_("of these, 6 to 9"), FROM_6_TO_9),
    "from_12": (_("12 and over"), FROM_12),
}
assert (UNDER_12.first, UNDER_12.last + 1) == (FIRST_YEAR, FROM_12.first)  # noqa: S101 - together they are all ages
BY_AGE = tuple(
    key for key, found in BREAKDOWNS.items() if found.axes[-1].dimension is Dimension.AGE_BAND
)  # bands go down, of two axes too


def age_groups_table(counts: "Counts", labels: "CodeLabels", months: Sequence[Month]) -> Table:
    """Confirmed and self-generated URLs under 12, of these 6 to 9, 12 and over, not determined, and the whole.

    The row 'of these, 6 to 9' is counted in 'under 12' as well: it is no part of its own of the whole.
    """
    table = breakdown_table(counts, labels, BREAKDOWNS["age_band"], months)

    def told(sums: Mapping[str, int]) -> "Told":
        return {key: (label, held(group, sums, labels.bands)) for key, (label, group) in GROUPS.items()}

    found = _with_rows(table, told, labels.bands)
    return replace(found, key=AGE_GROUPS, title=_("Under 12, and 6 to 9"), stub=_("age"))


def in_scheme(table: Table, scheme: Scheme, bands: Bands) -> Table:
    """A table whose rows are age bands, told in the bands of one scheme."""

    def told(sums: Mapping[str, int]) -> "Told":
        names: dict[str, StrOrPromise] = {**scheme.labels, OUTSIDE: _("in no band of this scheme")}
        return {key: (names[key], found) for key, found in convert(sums, bands, scheme.labels).items()}

    return _with_rows(table, told, bands, scheme.key)


def _with_rows(
    table: Table,
    told: "Callable[[Mapping[str, int]], Told]",
    bands: Bands,
    scheme: str = "",
) -> Table:
    """The table with the rows that are bands replaced by what is told of each column's counts by band."""
    banded = [row for row in table.rows if row.key in bands]
    columns = [_column((row.key, row.cells[place]) for row in banded) for place in range(len(table.columns))]
    found = [told(sums) for sums, _model in columns]
    rows = tuple(
        Row(
            key=key,
            label=label,
            part=Part.CODE,
            cells=tuple(
                _cell(by_key[key][1], model, scheme) for by_key, (_sums, model) in zip(found, columns, strict=True)
            ),
        )
        for key, (label, _held) in (found[0] if found else {}).items()
    )
    return replace(table, rows=(*rows, *(row for row in table.rows if row not in banded)))


def _column(cells: Iterable[tuple[str, Cell]]) -> tuple[dict[str, int], Cell]:
    """One column's counts by band, and a cell with its coverage and status: the bands of a column share them."""
    known = dict(cells)
    return {key: int(cell.value) for key, cell in known.items() if cell.value is not None}, next(iter(known.values()))


def _cell(found: Held, model: Cell, scheme: str) -> Cell:
    """A cell like those it is made from: not known where they are not."""
    model = replace(model, scheme=scheme or model.scheme)
    if model.value is None:
        return model
    return replace(
        model, value=found.lower if found.is_exact else None, bounds=None if found.is_exact else Bounds(*found)
    )
