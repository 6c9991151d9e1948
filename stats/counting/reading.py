"""From what the rollup holds to cells: which months are used, what adds up, what is not known. Pure.

Parts add up to the whole whatever the ledger says: in a month in which an axis was not recorded, all of the figure
belongs to the part 'not recorded'.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from cases.codes import NOT_RECORDED, Dimension
from stats.ages import Bands, Held, Scheme, held, schemes_of
from stats.counting.durations import OPEN_CLASS, days_of, median, within
from stats.coverage import Coverage, Ledger, Recorded, Status, observation_status
from stats.declarations import TOTAL, Ages, Breakdown, Cumulative, Derived, Figure, Median, Share
from stats.figures import BREAKDOWNS, COUNTED, FIGURES, HELD, NOT_DETERMINED
from stats.periods import Month
from stats.rules import FIRST, NO_RULES, Rules, figure_of, version_key
from stats.tables import Bounds, Cell, percent

Codes = tuple[str, ...]
# Figure and breakdown -> codes, one for each axis -> month -> value.
Cells = Mapping[tuple[str, str], Mapping[Codes, Mapping[Month, int]]]
AGES = Dimension.AGE_BAND


@dataclass(frozen=True, slots=True)
class Counts:
    """What is known of some months at one moment: counts, which months were counted or wait, and the ledger.

    ``schemes``: the ways of cutting ages into bands, so that a cell that rests on bands can name those it rests on.
    ``rules``: which versions of counting rules are in force when. A period is told by one version of a rule, over the
    months in which that version is in force: months of two versions are never added up.
    """

    cells: Cells
    counted: AbstractSet[Month]
    waiting: AbstractSet[Month]
    ledger: Ledger
    bands: Bands
    schemes: Sequence[Scheme] = ()
    rules: Rules = NO_RULES
    # Every part of a breakdown asks for the same.
    _durations: dict[tuple[str, str, tuple[Month, ...]], Mapping[Codes, Counter[int]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _schemes: dict[tuple[str, str, tuple[Month, ...]], str] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def figure(self, figure: Figure, months: Sequence[Month], *, version: int | None = None) -> Cell:
        """A figure over a period: the sum over the months in which it was recorded, in full or in part.

        By a version of its counting rule, or else by the one that is chosen for the period.
        """
        figure = self._counted(figure, months, version)
        coverage = self._coverage(figure, figure.requires, months)
        usable = _covered(months, coverage)
        known = usable and self._known(figure, usable)
        totals = self._totals(figure)
        value = sum(totals.get(month, 0) for month in usable) if known else None
        cell = self._cell(value, coverage, months, firm_after=figure.firm_after)
        return self._ruled(cell, figure, months)

    def version(self, figure: Figure, months: Sequence[Month]) -> int:
        """The version of a figure's counting rule that a period is told by: chosen among the months recorded."""
        recorded = _covered(months, self.ledger.of_period(figure.requires, months))
        return self.rules.chosen(figure.key, recorded or months)

    def others(self, figure: Figure, months: Sequence[Month]) -> tuple[int, ...]:
        """The versions in force all through a period besides the one it is told by: then it is of a change-over."""
        chosen = self.version(figure, months)
        return tuple(version for version in self.rules.versions_of(figure.key, months) if version != chosen)

    def comparable(self, figure: Figure, new: Sequence[Month], old: Sequence[Month]) -> tuple[Cell, Cell]:
        """Two periods by the newest version in force all through both; where there is none, each by its own."""
        common = self.rules.versions_of(figure.key, [*new, *old])
        version = common[0] if common else None
        return self.figure(figure, new, version=version), self.figure(figure, old, version=version)

    def _counted(self, figure: Figure, months: Sequence[Month], version: int | None = None) -> Figure:
        """The version of a figure that a period is told by, as the rollup has it."""
        if not figure.versions:
            return figure
        return COUNTED[version_key(figure.key, version or self.version(figure, months))]

    def _coverage(self, figure: Figure, needed: Sequence[Dimension], months: Sequence[Month]) -> Coverage:
        """How the ledger covers a period; of a figure in a version, the months in which that is in force."""
        coverage = self.ledger.of_period(needed, months)
        base, version = figure_of(figure.key)
        if base not in self.rules.entries:
            return coverage
        return Coverage(
            tuple(
                recorded if version in self.rules.versions(base, month) else Recorded.NONE
                for month, recorded in zip(months, coverage.months, strict=True)
            )
        )

    def _ruled(self, cell: Cell, figure: Figure, months: Sequence[Month]) -> Cell:
        """The cell with its version; the first of a new version breaks the series."""
        base, version = figure_of(figure.key)
        if cell.status is Status.NORMAL and self.rules.begins(base, version, months):
            cell = replace(cell, status=Status.BREAK)
        return replace(cell, rule=str(version))

    def of(self, declared: Figure | Derived, months: Sequence[Month]) -> Cell:
        """A declared figure over a period, of whatever kind."""
        if isinstance(declared, Share):
            return self.share(declared, months)
        return self.figure(declared, months) if isinstance(declared, Figure) else self.duration(declared, months)

    def duration(self, duration: Cumulative | Median, months: Sequence[Month], *parts: str) -> Cell:
        """How much took at most so many days, or the median number of days; of one part where its code is given.

        A median of nothing is None, with the denominator 0; one in the open last class is None within bounds.
        """
        coverage = self.ledger.of_period(duration.requires, months)
        usable = _covered(months, coverage)
        plain = self._cell(None, coverage, months, firm_after=duration.firm_after)
        figure, breakdown = FIGURES[duration.of], HELD[duration.by]
        if not usable or not self._known(figure, usable):
            return plain
        took = self._took(figure, breakdown, usable).get(parts, Counter[int]())
        if isinstance(duration, Cumulative):
            return replace(plain, value=within(took, duration.days))
        # What took longer than there are codes for took at most from the first day to this one.
        longest = max(OPEN_CLASS, (self.ledger.today - months[0].first).days)
        lower, upper = median(took), median(took, open_class=longest)
        exact = lower is not None and lower == upper
        return replace(
            plain,
            value=lower if exact else None,
            bounds=Bounds(lower, upper) if lower is not None and upper is not None and not exact else None,
            denominator=took.total(),
        )

    def _took(self, figure: Figure, breakdown: Breakdown, months: Sequence[Month]) -> "Mapping[Codes, Counter[int]]":
        """How many took how many days: of the whole, by (), and of each part along the axes before the days."""
        key = (figure.key, breakdown.key, tuple(months))
        if key not in self._durations:
            found: dict[Codes, Counter[int]] = defaultdict(Counter)
            for (*part, code), value in self._sums(figure, breakdown, months).items():
                if (days := days_of(code)) is not None:
                    for whose in {(), tuple(part)}:
                        found[whose][days] += value
            self._durations[key] = dict(found)
        return self._durations[key]

    def parts(self, figure: Figure, breakdown: Breakdown, months: Sequence[Month]) -> dict[Codes, Cell]:
        """Every part that occurs, and the one of all 'not recorded'; parts that do not occur are :meth:`no_part`."""
        figure = self._counted(figure, months)
        sums = self._sums(figure, breakdown, _covered(months, self._coverage(figure, figure.requires, months)))
        sums.setdefault((NOT_RECORDED,) * len(breakdown.axes), 0)
        return {codes: self._part(figure, breakdown, codes, months, value) for codes, value in sums.items()}

    def no_part(self, figure: Figure, breakdown: Breakdown, codes: Codes, months: Sequence[Month]) -> Cell:
        """The cell of a part that does not occur: 0 where it was recorded, else not known."""
        return self._part(self._counted(figure, months), breakdown, codes, months, 0)

    def share(self, share: Share, months: Sequence[Month]) -> Cell:
        """A percentage over the months in which all it needs was recorded in full.

        Where an age band straddles the group's edge, value and numerator are None within bounds.
        """
        coverage = self.ledger.of_period(share.requires, months)
        usable = _covered(months, coverage, at_least=Recorded.FULL)
        figure, breakdown = FIGURES[share.of], BREAKDOWNS[share.by]
        if not usable or not self._known(figure, usable):
            return self._cell(None, coverage, months, usable=bool(usable))
        sums = {codes[0]: value for codes, value in self._sums(figure, breakdown, usable).items()}
        base = sum(value for code, value in sums.items() if code not in NOT_DETERMINED)
        cell = self._share_cell(*_group(share.part, sums, self.bands), base, coverage, months)
        return replace(cell, scheme=self._scheme(figure, breakdown, usable))

    def _share_cell(self, lower: int, upper: int, base: int, coverage: Coverage, months: Sequence[Month]) -> Cell:
        plain = self._cell(None, coverage, months)
        least, most = percent(lower, base), percent(upper, base)
        exact = lower == upper
        return Cell(
            value=least if exact else None,
            bounds=None if exact or least is None or most is None else Bounds(least, most),
            numerator=lower if exact else None,
            numerator_bounds=None if exact else Bounds(lower, upper),
            denominator=base,
            status=plain.status,
            coverage=coverage,
            rule=plain.rule,
        )

    def _part(self, figure: Figure, breakdown: Breakdown, codes: Codes, months: Sequence[Month], value: int) -> Cell:
        axes = list(zip(breakdown.axes, codes, strict=True))
        needed: tuple[Dimension, ...] = tuple(axis.dimension for axis, code in axes if code != NOT_RECORDED)
        coverage = self._coverage(figure, (*figure.requires, *needed), months)
        known = not coverage.is_none and self._known(figure, _covered(months, coverage))
        by_age = any(axis.dimension is AGES and code not in NOT_DETERMINED for axis, code in axes)
        scheme = self._scheme(figure, breakdown, _covered(months, coverage)) if by_age else ""
        firm_after = max(figure.firm_after, *(axis.firm_after for axis in breakdown.axes))
        cell = self._cell(value if known else None, coverage, months, firm_after=firm_after)
        return replace(self._ruled(cell, figure, months), scheme=scheme)

    def _scheme(self, figure: Figure, breakdown: Breakdown, months: Sequence[Month]) -> str:
        """The age schemes whose bands occur in a breakdown over some months; '' where ages play no part."""
        places = [place for place, axis in enumerate(breakdown.axes) if axis.dimension is AGES]
        if not places or not self.schemes:
            return ""
        key = (figure.key, breakdown.key, tuple(months))
        if key not in self._schemes:
            sums = self._sums(figure, breakdown, months)
            occurring = {codes[places[0]] for codes, value in sums.items() if value} - NOT_DETERMINED
            self._schemes[key] = schemes_of(occurring, self.schemes)
        return self._schemes[key]

    def _cell(
        self,
        value: int | None,
        coverage: Coverage,
        months: Sequence[Month],
        *,
        usable: bool = True,
        firm_after: int = 0,
    ) -> Cell:
        ended = self.ledger.has_ended(months, days=firm_after)
        status = observation_status(coverage, ended=ended, settled=self.waiting.isdisjoint(months))
        return Cell(value=value, coverage=coverage, status=status if usable else Status.NOT_COLLECTED, rule=str(FIRST))

    def _totals(self, figure: Figure) -> Mapping[Month, int]:
        return self.cells.get((figure.key, TOTAL), {}).get((), {})

    def _known(self, figure: Figure, months: Sequence[Month]) -> bool:
        """Whether every month has been counted for this figure, or never had a record: every record leaves a mark."""
        totals = self._totals(figure)
        return all(month in totals or (month not in self.counted and month not in self.waiting) for month in months)

    def _sums(self, figure: Figure, breakdown: Breakdown, months: Sequence[Month]) -> Counter[Codes]:
        sums: Counter[Codes] = Counter()
        cells = self.cells.get((figure.key, breakdown.key), {})
        for month in months:
            unrecorded = [self.ledger.recorded(axis.dimension, month) is Recorded.NONE for axis in breakdown.axes]
            for codes, by_month in cells.items():
                if month in by_month:
                    parts = zip(codes, unrecorded, strict=True)
                    sums[tuple(NOT_RECORDED if missing else code for code, missing in parts)] += by_month[month]
        return sums


def _covered(months: Sequence[Month], coverage: Coverage, *, at_least: Recorded = Recorded.PARTLY) -> tuple[Month, ...]:
    """The months that are recorded in full, or also those recorded in part."""
    enough = {Recorded.FULL} if at_least is Recorded.FULL else {Recorded.FULL, Recorded.PARTLY}
    return tuple(month for month, recorded in zip(months, coverage.months, strict=True) if recorded in enough)


def _group(part: frozenset[str] | Ages, sums: Mapping[str, int], bands: Bands) -> Held:
    """At least and at most how many belong to the group."""
    if isinstance(part, Ages):
        return held(part, sums, bands)
    value = sum(value for code, value in sums.items() if code in part)
    return Held(value, value)
