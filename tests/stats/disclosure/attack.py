"""The attacker. He has published tables and a solver, and shares no code with what protects them.

He names every cell by what it counts, writes down all he knows must hold (parts make up totals, a figure holds another,
percentages give away two sums, periods are made of months), and finds the least and the most that each hidden number
can be, in whole numbers.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise, product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from stats.coverage import Status
from stats.periods import Period
from stats.tables import Table

CROSSED = {"self_generated_age_band": ("self_generated", "age_band"), "self_generated_sex": ("self_generated", "sex")}
SHARES = {
    "share_girls": ("urls_confirmed", "sex", ("girls", "both"), ()),
    "share_self_generated_under_12": ("urls_self_generated", "age_band", (0, 11), ()),
    "share_self_generated_6_9": ("urls_self_generated", "age_band", (6, 9), ()),
}
AGE_GROUPS = {"under_12": (0, 11), "from_6_to_9": (6, 9), "from_12": (12, 17)}
NO_ANSWER = {"undetermined", "not_recorded"}
FAR = 10**15
# A share that is hidden is told to the percentage point all the same where it is of so many thresholds.
MANY = 1600


@dataclass(frozen=True)
class Name:
    """Which URLs: those assessed that have all these codes ('is': what they count as)."""

    first: int
    until: int
    codes: frozenset[tuple[str, str]]
    vintage: int = 0


def name(figure: str, pairs, first: int, until: int, vintage: int = 0) -> Name:
    codes = set(pairs)
    if figure in {"urls_confirmed", "urls_self_generated"}:
        codes.add(("is", "confirmed"))
    if figure == "urls_self_generated":
        codes.add(("self_generated", "yes"))
    if any(axis == "url_outcome" and code.startswith("confirmed") for axis, code in codes):
        codes.add(("is", "confirmed"))
    if ("url_outcome", "not_illegal") in codes and ("is", "confirmed") in codes:
        codes = {("is", "nothing")}
    return Name(first, until, frozenset(codes), vintage)


@dataclass
class Attack:
    """What is known: ``exact`` numbers, ``hidden`` ones, sums that hold (coefficients -> value)."""

    exact: dict[object, int] = field(default_factory=dict)
    hidden: dict[object, list[tuple]] = field(default_factory=lambda: defaultdict(list))
    sums: list[tuple[dict[object, int], int]] = field(default_factory=list)
    # Sums that are known to be so much or more.
    limits: list[tuple[dict[object, int], int]] = field(default_factory=list)
    threshold: int = 5
    by_axis: dict = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))
    ages: dict = field(default_factory=lambda: defaultdict(dict))

    # -- reading what was published --------------------------------------------------------------------------------

    def read(self, period: Period, tables: list[Table], vintage: int = 0) -> None:
        first = period.start.number
        for table in tables:
            for row in table.rows:
                for column, cell in zip(table.columns, row.cells, strict=True):
                    self._cell(table.key, row.key, column.key, cell, (first, first + period.length, vintage))

    def _cell(self, table, row, column, cell, when) -> None:
        place = (*when, table, row, column)
        if table in {"headline", "months"}:
            figure, period = (row, column) if table == "headline" else (column, row)
            if period != "total":
                span = Period.parse(period)
                when = (span.start.number, span.start.number + span.length, when[2])
            if figure in SHARES:
                of, axis, wanted, _ = SHARES[figure]
                self._group(place, of, axis, wanted, cell, when, has_base=True)
                return
            self._number(place, name(figure, (), *when), cell)
        elif table == "age_groups" and row in AGE_GROUPS:
            self._group(place, column, "age_band", AGE_GROUPS[row], cell, when, has_base=False)
        elif table in CROSSED:
            across, down = CROSSED[table]
            self._number(place, name("urls_confirmed", {(across, column), (down, row)}, *when), cell)
        else:
            axis = "age_band" if table == "age_groups" else table
            pairs = () if row == "total" else {(axis, row)}
            self._number(place, name(column, pairs, *when), cell)

    def _number(self, place, what: Name, cell) -> None:
        if ("is", "nothing") in what.codes:
            assert cell.value == 0
            return
        if cell.status is Status.SUPPRESSED:
            self.hidden[what].append(place)
        else:
            assert self.exact.setdefault(what, cell.value) == cell.value
        for axis, code in what.codes:
            if axis != "is":
                rest = Name(what.first, what.until, what.codes - {(axis, code)}, what.vintage)
                if axis == "url_outcome" and code.startswith("confirmed"):
                    assessed = Name(what.first, what.until, rest.codes - {("is", "confirmed")}, what.vintage)
                    if assessed.codes == frozenset():
                        self.by_axis[assessed][axis][code] = what
                self.by_axis[rest][axis][code] = what

    def _group(self, place, figure, axis, wanted, cell, when, *, has_base) -> None:
        """A sum of codes; of a share also what it is over, and what is left between."""
        of = name(figure, (), *when)
        certain, edge = ("sum", of, axis, wanted), ("edge", of, axis, wanted)
        left, base = ("left", of, axis, wanted), ("base", of, axis)
        self.ages[of, axis][wanted] = has_base or self.ages[of, axis].get(wanted, False)
        if cell.status is Status.SUPPRESSED:
            for what in (certain, edge, *((left, base) if has_base else ())):
                self.hidden[what].append(place)
            if has_base and isinstance(wanted[0], str):
                self.limits.append(({base: -1}, 1 - MANY * self.threshold))  # were it of many, it had been told
            return
        if has_base and cell.bounds and cell.denominator is None:
            # Told to the percentage point, as a share of many is: he knows how that is done.
            lower, upper = map(int, cell.bounds)
            for what in (certain, edge, left, base):
                self.hidden[what].append(place)
            self.limits.append(({base: 1}, MANY * self.threshold))
            self.limits.append(({certain: 100, base: -lower}, 0))
            self.limits.append(({certain: -100, base: upper}, int(upper < 100)))
            return
        if has_base and not cell.denominator:
            return
        bounds = cell.numerator_bounds if has_base else cell.bounds
        exact = cell.numerator if has_base else cell.value
        lower, upper = bounds or (exact, exact)
        told = {certain: lower, edge: upper - lower}
        if has_base:
            told |= {base: cell.denominator, left: cell.denominator - upper}
        for what, value in told.items():
            assert self.exact.setdefault(what, value) == value

    # -- what must hold --------------------------------------------------------------------------------------------

    def prepare(self) -> None:
        self._parts()
        self._holding()
        self._groups()
        self._time()

    def _known(self, what) -> bool:
        return what in self.exact or what in self.hidden

    def _parts(self) -> None:
        for total, axes in list(self.by_axis.items()):
            for axis, codes in axes.items():
                if self._known(total) and self._is_complete(total, axis, codes):
                    self.sums.append(({total: 1, **dict.fromkeys(codes.values(), -1)}, 0))

    def _is_complete(self, total: Name, axis: str, codes) -> bool:
        """Whether a table has all codes of an axis here; not so where a figure's own column is the only one."""
        if axis == "url_outcome":
            confirmed = [code for code in codes if code.startswith("confirmed")]
            return len(confirmed) == 2 and (("is", "confirmed") in total.codes or "not_illegal" in codes)
        if axis == "age_band":
            return "0-2" in codes  # the age groups' table has the two that answer nothing alone
        return len(codes) > 1 or axis == "hosting_country"

    def _holding(self) -> None:
        """A figure is part of another, whatever they are broken down by."""
        for inner in [what for what in (*self.exact, *self.hidden) if isinstance(what, Name)]:
            for less in ({("self_generated", "yes")}, {("is", "confirmed")}):
                outer = Name(inner.first, inner.until, inner.codes - less, inner.vintage)
                if less <= inner.codes and outer != inner and self._known(outer):
                    self.sums.append(({outer: 1, inner: -1, ("rest", outer, inner): -1}, 0))

    def _groups(self) -> None:
        for (of, axis), groups in self.ages.items():
            codes = self.by_axis.get(of, {}).get(axis, {})
            for wanted, has_base in groups.items():
                sums = {"sum": ("sum", of, axis, wanted), "edge": ("edge", of, axis, wanted)}
                if has_base:
                    sums |= {"left": ("left", of, axis, wanted)}
                    self.sums.append(({("base", of, axis): 1, **dict.fromkeys(sums.values(), -1)}, 0))
                if not self._is_complete(of, axis, codes):
                    continue
                sorted_out = {kind: [] for kind in ("sum", "edge", "left")}
                for code, part in codes.items():
                    if code not in NO_ANSWER:
                        sorted_out[_kind(code, wanted)].append(part)
                for kind, what in sums.items():
                    self.sums.append(({what: 1, **dict.fromkeys(sorted_out[kind], -1)}, 0))

    def _time(self) -> None:
        """Cut time at every edge; each number is the sum of its pieces."""
        spans = defaultdict(dict)
        for what in [what for what in (*self.exact, *self.hidden) if isinstance(what, Name)]:
            spans[what.codes][what.first, what.until] = what
        for codes, known in spans.items():
            if len(known) < 2:
                continue
            edges = sorted({edge for span in known for edge in span})
            for (first, until), what in known.items():
                pieces = [
                    known.get((a, b)) or ("piece", codes, a, b) for a, b in pairwise(edges) if first <= a and b <= until
                ]
                if pieces != [what]:
                    self.sums.append(({what: 1, **dict.fromkeys(pieces, -1)}, 0))

    # -- solving ---------------------------------------------------------------------------------------------------

    def solver(self, *, strong: bool) -> "Solver":
        return Solver(self, strong=strong)


def _kind(code: str, wanted) -> str:
    if isinstance(wanted[0], str):
        return "sum" if code in wanted else "left"
    first, last = map(int, code.split("-"))
    if wanted[0] <= first and last <= wanted[1]:
        return "sum"
    return "edge" if first <= wanted[1] and last >= wanted[0] else "left"


class Solver:
    """The least and the most of each unknown. ``strong``: a hidden count is not 0, since zeros are published."""

    def __init__(self, attack: Attack, *, strong: bool) -> None:
        unknown = {}
        for coefficients in (found for found, _value in (*attack.sums, *attack.limits)):
            for what in coefficients:
                if what not in attack.exact:
                    unknown.setdefault(what, len(unknown))
        for what in attack.hidden:
            if what not in attack.exact:
                unknown.setdefault(what, len(unknown))
        self.places = unknown
        self.least = np.array([1.0 if strong and isinstance(what, Name) else 0.0 for what in unknown])
        self._rows(attack)

    def _rows(self, attack: Attack) -> None:
        rows = []
        either = [(found, value, value) for found, value in attack.sums]
        for coefficients, low, high in (*either, *((found, least, np.inf) for found, least in attack.limits)):
            row = {self.places[what]: sign for what, sign in coefficients.items() if what in self.places}
            known = sum(sign * attack.exact[what] for what, sign in coefficients.items() if what not in self.places)
            if row:
                rows.append((row, low - known, high - known))
            else:
                assert low <= known <= high
        self.rows = rows

    def interval(self, what) -> tuple[int, int]:
        """Of a group of unknowns tied together, how small and how large this one can be."""
        tied, rows = self._tied(self.places[what])
        local = {place: number for number, place in enumerate(tied)}
        matrix = np.zeros((len(rows), len(tied)))
        for number, (row, _low, _high) in enumerate(rows):
            for place, sign in row.items():
                matrix[number, local[place]] = sign
        lows, highs = (np.array([row[side] for row in rows], dtype=float) for side in (1, 2))
        cost = np.zeros(len(tied))
        cost[local[self.places[what]]] = 1.0
        bounds = Bounds(self.least[tied], np.full(len(tied), np.inf))
        constraints = LinearConstraint(matrix, lows, highs) if rows else ()
        found = []
        for sign in (1.0, -1.0):
            result = milp(sign * cost, integrality=np.ones(len(tied)), bounds=bounds, constraints=constraints)
            if result.status in {3, 4}:  # unbounded, or perhaps so
                found.append(FAR)
                continue
            assert result.status == 0, result.message
            found.append(round(sign * result.fun))
        return found[0], found[1]

    def _tied(self, start: int):
        group, rows, todo = {start}, {}, [start]
        while todo:
            place = todo.pop()
            for number, (row, *_sides) in enumerate(self.rows):
                if place in row and number not in rows:
                    rows[number] = self.rows[number]
                    todo += [other for other in row if other not in group]
                    group |= row.keys()
        return sorted(group), list(rows.values())


def by_counting(solver: Solver, what, most: int) -> tuple[int, int]:
    """The same as :meth:`Solver.interval`, by trying everything up to ``most``. For the tiniest tables."""
    tied, rows = solver._tied(solver.places[what])
    at = tied.index(solver.places[what])
    found = [
        values[at]
        for values in product(*(range(int(solver.least[place]), most + 1) for place in tied))
        if all(
            low <= sum(sign * values[tied.index(place)] for place, sign in row.items()) <= high
            for row, low, high in rows
        )
    ]
    return min(found), max(found)
