"""Moves away from the truth that keep every sum: found by HiGHS, checked in whole numbers.

All is told as differences from the true values: a move is one whole number for each variable, and each row (a sum of
variables, each taken +1 or -1) stays 0. So numbers stay small however large the counts, and a move that is found can
be checked exactly: what is called safe never rests on a floating-point tolerance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

# How far a variable may move, in thresholds. Less freedom than there is can only make the answer more careful; and as
# no solution that a proof rests on goes farther, bounds that are that wide leave every one of them standing.
REACH = 16
# A search for a whole solution that takes longer is given up, which hides more. Counted in nodes: a clock would
# make the answer depend on the machine.
MOST_NODES = 2000
TOLERANCE = 1e-6

Row = Sequence[tuple[int, int]]
Move = list[int]


@dataclass(frozen=True, slots=True)
class Room:
    """How far each variable can move down (0 or less) and up, and the rows: (variable, +1 or -1).

    ``limits``: further rows (variable, factor), each with the least (0 or less) that it can come to.
    """

    down: Sequence[int]
    up: Sequence[int]
    rows: Sequence[Row]
    limits: Sequence[tuple[Row, int]] = ()

    def admits(self, move: Move) -> bool:
        """Whether a move keeps every bound, every sum and every limit, in whole numbers."""
        within = all(low <= step <= high for low, step, high in zip(self.down, move, self.up, strict=True))
        return (
            within
            and all(_sum(row, move) == 0 for row in self.rows)
            and all(_sum(row, move) >= least for row, least in self.limits)
        )


class Mover:
    """Finds the farthest moves of one variable after another in the same room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._highs = quiet_solver(room)
        self._all = np.arange(len(room.down), dtype=np.int32)

    def farthest(self, place: int, sign: int, most: int) -> Move | None:
        """A move in whole numbers that takes a variable as far up (+1) or down (-1) as it goes, at most ``most``.

        Linear programming first: its solutions are nearly always whole. None where the search was given up.
        """
        low, high = self._room.down[place], self._room.up[place]
        bounds = (low, min(high, most)) if sign > 0 else (max(low, -most), high)
        self._highs.changeColBounds(place, *map(float, bounds))
        self._highs.changeColCost(place, -float(sign))
        move = self._run() or self._run_whole()
        self._highs.changeColCost(place, 0.0)
        self._highs.changeColBounds(place, float(low), float(high))
        return move

    def _run(self) -> Move | None:
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        values = self._highs.getSolution().col_value
        move = [round(value) for value in values]
        return move if self._room.admits(move) else None

    def _run_whole(self) -> Move | None:
        kinds = np.full(len(self._all), highspy.HighsVarType.kInteger)
        self._highs.changeColsIntegrality(len(self._all), self._all, kinds)
        move = self._run()
        kinds = np.full(len(self._all), highspy.HighsVarType.kContinuous)
        self._highs.changeColsIntegrality(len(self._all), self._all, kinds)
        return move


class Chooser:
    """Finds the cheapest move that takes one variable a given way, each variable having a price a step."""

    def __init__(self, room: Room, prices: Sequence[int]) -> None:
        count = len(room.down)
        self._count = count
        self._room = room
        # Up and down are variables of their own, so that either way has its price.
        both = Room(
            down=[0] * (2 * count),
            up=[*room.up, *(-low for low in room.down)],
            rows=[_either_way(row, count) for row in room.rows],
            limits=[(_either_way(row, count), least) for row, least in room.limits],
        )
        self._highs = quiet_solver(both)
        for place, price in enumerate(prices):
            self.set_price(place, price)

    def set_price(self, place: int, price: int) -> None:
        """What a step of a variable costs."""
        self._highs.changeColCost(place, float(price))
        self._highs.changeColCost(self._count + place, float(price))

    def cheapest(self, place: int, sign: int, amount: int) -> list[float] | None:
        """The cheapest such move, not always in whole numbers; None where there is none."""
        with_it, against = (place, self._count + place) if sign > 0 else (self._count + place, place)
        reach = self._room.up[place] if sign > 0 else -self._room.down[place]
        other = -self._room.down[place] if sign > 0 else self._room.up[place]
        if amount > reach:
            return None
        self._highs.changeColBounds(with_it, float(amount), float(amount))
        self._highs.changeColBounds(against, 0.0, 0.0)
        self._highs.run()
        found = self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        values = self._highs.getSolution().col_value if found else []
        self._highs.changeColBounds(with_it, 0.0, float(reach))
        self._highs.changeColBounds(against, 0.0, float(other))
        if not found:
            return None
        return [values[number] - values[self._count + number] for number in range(self._count)]


class _Quiet(highspy.Highs):  # type: ignore[misc, unused-ignore]
    """HiGHS without its banner: a command's output is for its own words."""

    def enableCallbacks(self) -> None:  # noqa: N802 - HiGHS's own name; the banner is printed by what it would do
        """Called while it is made. We have no callbacks."""
        self.setOptionValue("output_flag", False)  # noqa: FBT003 - HiGHS's way


def _sum(row: Row, move: Move) -> int:
    return sum(factor * move[place] for place, factor in row)


def _either_way(row: Row, count: int) -> Row:
    return [*row, *((count + place, -factor) for place, factor in row)]


def quiet_solver(room: Room) -> highspy.Highs:
    """A model without costs: bounded variables, rows that are 0. One thread, nothing printed, no clock."""
    rows = [*room.rows, *(row for row, _least in room.limits)]
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(room.down), len(rows)
    model.col_cost_ = np.zeros(len(room.down))
    model.col_lower_, model.col_upper_ = np.array(room.down, dtype=float), np.array(room.up, dtype=float)
    model.row_lower_ = np.array([0.0] * len(room.rows) + [float(least) for _row, least in room.limits])
    model.row_upper_ = np.array([0.0] * len(room.rows) + [highspy.kHighsInf] * len(room.limits))
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int32)
    model.a_matrix_.index_ = np.array([place for row in rows for place, _factor in row], dtype=np.int32)
    model.a_matrix_.value_ = np.array([float(factor) for row in rows for _place, factor in row])
    highs = _Quiet()  # type: ignore[no-untyped-call]
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", 0)
    highs.setOptionValue("mip_max_nodes", MOST_NODES)
    highs.passModel(model)
    return highs
