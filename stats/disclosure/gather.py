"""From a release's tables to the ledger: what each cell counts, what adds up, what gives several numbers away. Pure."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from stats.declarations import TOTAL, Breakdown
from stats.disclosure.bands import told_by
from stats.disclosure.ledger import Ledger, Place
from stats.disclosure.parts import (
    AGE_AXIS,
    GROUPS,
    HOLDS,
    OPEN_TABLES,
    Among,
    Counted,
    Group,
    Span,
    counted,
    group_of_share,
    is_determined,
    is_open_figure,
)
from stats.figures import BREAKDOWNS, DECLARED, SHARES, counted_keys
from stats.periods import Period, PeriodError
from stats.publication import AGE_GROUPS, HEADLINE, MONTHS, TREND
from stats.rules import AT, FIRST, version_key
from stats.tables import Cell, Part, Table

Pairs = frozenset[tuple[str, str]]


class UnknownTableError(ValueError):
    """A table, row or column that nobody has said how to protect: it does not leave. Never repeats a value."""


@dataclass(slots=True)
class Gathered:
    """One release written down. ``order``: its number, 0 for the one being made, which comes last.

    ``found``: the key of each thing counted. ``cells``: the key of each cell that is a count.
    """

    ledger: Ledger
    order: int
    span: Span
    codes: Mapping[str, Sequence[str]]
    threshold: int
    found: dict[tuple[Span, Counted], Hashable] = field(default_factory=dict)
    cells: dict[Place, Hashable] = field(default_factory=dict)
    _read: dict[tuple[Span, str, Pairs], Hashable] = field(default_factory=dict)
    _sums: list[tuple[Span, str, Group, Mapping[str, Hashable]]] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """Whether it is the release that is being made."""
        return self.order == 0

    def read(self, tables: Sequence[Table]) -> None:
        """Write down every table. Raises :class:`UnknownTableError`."""
        for table in tables:
            if table.key not in OPEN_TABLES:
                self._table(table)
        for table in tables:
            if table.key in BREAKDOWNS and table.key not in OPEN_TABLES and len(BREAKDOWNS[table.key].axes) > 1:
                self._relate_crossed(table, BREAKDOWNS[table.key])
        self._relate_sums()
        self._relate_figures()

    def _table(self, table: Table) -> None:
        if table.key in {HEADLINE, MONTHS, TREND}:
            self._figures(table)
        elif table.key == AGE_GROUPS:
            self._parts(table, BREAKDOWNS[AGE_AXIS])
        elif table.key in BREAKDOWNS:
            breakdown = BREAKDOWNS[table.key]
            (self._parts if len(breakdown.axes) == 1 else self._crossed)(table, breakdown)
        else:
            msg = "this table has no rule for disclosure"
            raise UnknownTableError(msg)

    def _figures(self, table: Table) -> None:
        """Figures and shares of whole periods: the period is the row or the column."""
        for place, line, head, cell in cells_of(table, self.order):
            key, period = (line, head) if table.key == HEADLINE else (head, line)
            if is_empty(cell) or _is_open(key):
                continue
            span = self.span if period == TOTAL else _span(period)
            if key in SHARES:
                self._share(place, span, key, cell)
            else:
                self._count(place, span, (_as_ruled(key, cell), frozenset()), cell)

    def _parts(self, table: Table, breakdown: Breakdown) -> None:
        """One axis down, figures across, their totals at the foot; of age groups, some rows are sums of bands."""
        (axis,) = breakdown.axes
        for number, column in enumerate(table.columns):
            parts: dict[str, Hashable] = {}
            for row in table.rows:
                cell, place = row.cells[number], Place(self.order, table.key, row.key, column.key)
                if is_empty(cell):
                    continue
                if table.key == AGE_GROUPS and row.key in GROUPS:
                    self._group(place, column.key, Group(AGE_AXIS, row.key, GROUPS[row.key]), cell)
                    continue
                pairs = frozenset() if row.part is Part.TOTAL else frozenset({(axis.key, row.key)})
                # A whole differs with the rule it was counted by; a part that is counted at all is the same.
                figure = _as_ruled(column.key, cell) if row.part is Part.TOTAL else column.key
                key = self._count(place, self.span, (figure, pairs), cell)
                if row.part is not Part.TOTAL:
                    parts[row.key] = key
            if table.key != AGE_GROUPS:
                self._relate_parts(table, number, axis.key, parts)

    def _relate_parts(self, table: Table, number: int, axis: str, parts: dict[str, Hashable]) -> None:
        """Parts make up the whole. Codes that another release shows and this one does not are 0 here."""
        figure = table.columns[number].key
        if not any(row.cells[number].value is None for row in table.rows if row.part is Part.CODE):
            for code in self.codes.get(table.key, ()):
                if code not in parts:
                    parts[code] = self._nothing((figure, frozenset({(axis, code)})))
        whole = self.found.get((self.span, counted(_as_ruled(figure, table.rows[-1].cells[number]))))
        if whole is not None:
            self.ledger.relate(whole, parts.values())

    def _nothing(self, what: tuple[str, Pairs]) -> Hashable:
        key = self.ledger.note(self.order, self.span, counted(*what), 0, is_new=self.is_new)
        entry = self.ledger.entries[key]
        entry.is_count, entry.is_told = True, not self.is_new
        self.found[self.span, counted(*what)] = key
        return key

    def _crossed(self, table: Table, breakdown: Breakdown) -> None:
        across, down = breakdown.axes
        (figure,) = breakdown.figures
        for place, line, head, cell in cells_of(table, self.order):
            if not is_empty(cell):
                self._count(place, self.span, (figure, frozenset({(across.key, head), (down.key, line)})), cell)

    def _relate_crossed(self, table: Table, breakdown: Breakdown) -> None:
        """Each margin is the sum of its row or column."""
        across, down = breakdown.axes
        (figure,) = breakdown.figures
        heads = [(across.key, column.key) for column in table.columns]
        lines = [(down.key, row.key) for row in table.rows]
        for ones, others in ((heads, lines), (lines, heads)):
            for one in ones:
                margin = self.found.get((self.span, counted(figure, {one})))
                inside = [self.found.get((self.span, counted(figure, {one, other}))) for other in others]
                if margin is not None:
                    self.ledger.relate(margin, (key for key in inside if key is not None))

    def _count(self, place: Place, span: Span, what: tuple[str, Pairs], cell: Cell) -> Hashable:
        if cell.value is None:
            msg = "a count is known here, or not recorded"
            raise UnknownTableError(msg)
        key = self._note_count(place, span, counted(*what), cell)
        self._read[span, what[0], what[1]] = key
        return key

    def _note_count(self, place: Place, span: Span, what: Counted, cell: Cell) -> Hashable:
        key = self.ledger.note(self.order, span, what, int(cell.value or 0), is_new=self.is_new)
        entry = self.ledger.entries[key]
        entry.is_count = True
        entry.places.append(place)
        if not self.is_new:
            entry.is_told = entry.is_told or not cell.is_suppressed
            entry.is_held = entry.is_held or cell.is_suppressed
        self.found[span, what] = key
        self.cells[place] = key
        return key

    def _share(self, place: Place, span: Span, share: str, cell: Cell) -> None:
        """A percentage gives away what it is of, what it is over, and what is left between them."""
        group, figure, base = group_of_share(share), SHARES[share].of, cell.denominator or 0
        least, most = _bounds(cell)
        sums = {"base": self._sum(span, figure, (group.axis, Among.DETERMINED), base)}
        sums |= self._group_sums(span, figure, group, (least, most))
        sums["left"] = self._sum(span, figure, (group.axis, f"not {group.name}"), base - most)
        self.ledger.relate(sums["base"], [key for name, key in sums.items() if name != "base"])
        self._sums.append((span, figure, group, sums))
        self._show(place, cell, sums)
        if cell.numerator is not None:
            self._limit(sums["held"], sums["base"])

    def _limit(self, held: Hashable, base: Hashable) -> None:
        """A share that is hidden is still told to the point, if it is of many: that is known of its numbers."""
        for numerator, denominator, least in told_by(self.ledger.value(held), self.ledger.value(base), self.threshold):
            self.ledger.limits.append((((held, numerator), (base, denominator)), least))

    def _group(self, place: Place, figure: str, group: Group, cell: Cell) -> None:
        """A row of the age groups: a number, or a least and a most, which give away what lies between."""
        if cell.value is not None:
            key = self._note_count(place, self.span, counted(figure, among=(group.axis, group.name)), cell)
            self._sums.append((self.span, figure, group, {"held": key}))
            return
        sums = self._group_sums(self.span, figure, group, _bounds(cell))
        self._sums.append((self.span, figure, group, sums))
        self._show(place, cell, sums)

    def _group_sums(self, span: Span, figure: str, group: Group, bounds: tuple[int, int]) -> dict[str, Hashable]:
        sums = {"held": self._sum(span, figure, (group.axis, group.name), bounds[0])}
        if bounds[0] != bounds[1]:
            sums["edge"] = self._sum(span, figure, (group.axis, f"edge of {group.name}"), bounds[1] - bounds[0])
        return sums

    def _sum(self, span: Span, figure: str, among: tuple[str, str], value: int) -> Hashable:
        key = self.ledger.note(self.order, span, counted(figure, among=among), value, is_new=self.is_new)
        self.found[span, counted(figure, among=among)] = key
        return key

    def _show(self, place: Place, cell: Cell, sums: Mapping[str, Hashable]) -> None:
        for key in sums.values():
            entry = self.ledger.entries[key]
            entry.places.append(place)
            if not self.is_new:
                entry.is_told = entry.is_told or not cell.is_suppressed
        if self.is_new:
            self.ledger.units[place] = tuple(sums.values())

    def _relate_sums(self) -> None:
        """A group is the sum of its codes, where the table by code stands beside it and covers the same."""
        for span, figure, group, sums in self._sums:
            codes = self._codes_of(span, figure, group.axis)
            if not codes:
                continue
            members = {
                "held": [key for code, key in codes.items() if group.holds(code)],
                "edge": [key for code, key in codes.items() if group.straddles(code)],
                "base": [key for code, key in codes.items() if is_determined(code)],
                "left": [key for code, key in codes.items()
                         if is_determined(code) and not group.holds(code) and not group.straddles(code)],
            }  # fmt: skip
            for name, key in sums.items():
                self.ledger.relate(key, members[name])

    def _codes_of(self, span: Span, figure: str, axis: str) -> dict[str, Hashable]:
        """The parts of a figure along an axis, whichever table has them."""
        whole = counted(figure)
        found = {}
        for (at, what), key in self.found.items():
            more = what.codes - whole.codes
            if at == span and what.figure == whole.figure and what.codes > whole.codes and len(more) == 1:
                found.update({code: key for name, code in more if name == axis})
        return found

    def _relate_figures(self) -> None:
        """What one figure holds beyond another can be worked out wherever both stand."""
        for (span, figure, pairs), inner in self._read.items():
            held_in = [outer for outer, held in HOLDS if held == figure]
            for outer_figure in counted_keys(held_in):
                outer = self._read.get((span, outer_figure, pairs))
                if outer is None or outer == inner:
                    continue
                left = self.ledger.value(outer) - self.ledger.value(inner)
                if self.ledger.value(inner) and left >= 0:
                    self.ledger.relate(outer, (inner, self.ledger.rest(("rest", outer, inner), left, outer)))


def cells_of(table: Table, order: int) -> Iterator[tuple[Place, str, str, Cell]]:
    """Every cell with its place, the key of its row and of its column."""
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            yield Place(order, table.key, row.key, column.key), row.key, column.key, cell


def is_empty(cell: Cell) -> bool:
    """Whether a cell tells no number of ours: not recorded, nothing to divide by, or published by others."""
    if cell.source:
        return True
    return cell.value is None and cell.bounds is None and cell.numerator_bounds is None


def _bounds(cell: Cell) -> tuple[int, int]:
    found = cell.numerator_bounds or (cell.bounds if cell.denominator is None else None)
    if found is not None:
        return int(found.lower), int(found.upper)
    return cell.numerator or 0, cell.numerator or 0


def _is_open(figure: str) -> bool:
    if figure not in DECLARED:
        msg = "this figure has no rule for disclosure"
        raise UnknownTableError(msg)
    return is_open_figure(figure)


def _as_ruled(figure: str, cell: Cell) -> str:
    """A figure counted by a later version of its rule is another thing than by the first."""
    return version_key(figure, int(cell.rule or FIRST))


def _span(period: str) -> Span:
    try:
        return Span.of(Period.parse(period.partition(AT)[0]))  # '2024@rule-1': a year by a rule it was also counted by
    except PeriodError:
        msg = "a row or column is of no period"
        raise UnknownTableError(msg) from None
