"""From one way of cutting 0 to 17 into bands to another. Pure.

How many in a band of years belong to another band is known only where the band lies wholly inside or wholly outside
it: where the cut points nest. Elsewhere there is a least and a most, and never a guess. Whole years, both ends
included, of the youngest child visible (:data:`stats.declarations.Ages`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from stats.declarations import Ages

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FIRST_YEAR, LAST_YEAR = 0, 17
# What a scheme has no band for, where it does not reach from 0 to 17.
OUTSIDE = "outside"
# Stands in place of a scheme's key for a band that is of none.
NO_SCHEME = "none"

# Age band -> its first and last year; 'undetermined' has none and is not here.
Bands = Mapping[str, tuple[int, int]]


class Held(NamedTuple):
    """How many belong to a group: at least ``lower``, at most ``upper``."""

    lower: int
    upper: int

    @property
    def is_exact(self) -> bool:
        """Whether it is known."""
        return self.lower == self.upper


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A named way of cutting, in one version. ``labels``: what the scheme calls its bands, youngest first."""

    key: str
    label: "StrOrPromise"
    version: int
    labels: "Mapping[str, StrOrPromise]"
    is_default: bool = False


def held(group: Ages, sums: Mapping[str, int], bands: Bands) -> Held:
    """How many of the counts by band belong to a group of years.

    Both ends can be true at once for one group only: together the groups never hold more than there are. Codes without
    years, such as 'undetermined', belong to none.
    """
    aged = [(bands[code], value) for code, value in sums.items() if code in bands]
    lower = sum(value for years, value in aged if group.holds(*years))
    return Held(lower, lower + sum(value for years, value in aged if group.straddles(*years)))


def convert(sums: Mapping[str, int], bands: Bands, scheme: Iterable[str]) -> dict[str, Held]:
    """Counts by band, told in the bands of another scheme (codes of ``bands``).

    Where the scheme leaves years out, what may belong to those is under :data:`OUTSIDE`.
    """
    groups = {code: Ages(first=bands[code][0], last=bands[code][1]) for code in scheme}
    told = {code: held(group, sums, bands) for code, group in groups.items()}
    left = _left_out(groups.values())
    return told | {OUTSIDE: _held_outside(left, sums, bands)} if left else told


def _left_out(groups: Iterable[Ages]) -> frozenset[int]:
    years = {year for group in groups for year in range(group.first, group.last + 1)}
    return frozenset(range(FIRST_YEAR, LAST_YEAR + 1)) - years


def _held_outside(left: frozenset[int], sums: Mapping[str, int], bands: Bands) -> Held:
    """The same for years that need not be next to each other."""
    lower = upper = 0
    for code, value in sums.items():
        if code in bands:
            first, last = bands[code]
            out = [year in left for year in range(first, last + 1)]
            lower += value if all(out) else 0
            upper += value if any(out) else 0
    return Held(lower, upper)


def schemes_of(occurring: Iterable[str], schemes: Sequence[Scheme]) -> str:
    """The keys of the schemes that these bands are of, joined by '+': as few as will do, the default scheme first.

    Where no band occurs it is the default scheme. Codes that are no band are passed over by the caller.
    """
    left = set(occurring)
    ordered = sorted(schemes, key=lambda scheme: not scheme.is_default)
    alone = [scheme.key for scheme in ordered if left <= scheme.labels.keys()]
    if alone:
        return alone[0]
    found = []
    for scheme in ordered:
        if left & scheme.labels.keys():
            found.append(scheme.key)
            left -= scheme.labels.keys()
    return "+".join([*found, *([NO_SCHEME] if left else [])])
