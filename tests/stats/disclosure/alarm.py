"""What the attacker must not be able to say, worked out from the truth and from what was published."""

from collections.abc import Sequence
from dataclasses import replace

from stats.disclosure.tables import as_published
from stats.periods import Period
from stats.tables import Row, Table
from tests.stats.disclosure.attack import Attack, Name, Solver
from tests.stats.disclosure.worlds import Record, counted

# A period with its exact, marked tables, and which time it was counted.
Marked = tuple[Period, Sequence[Table], int]


def published(table: Table, threshold: int = 5) -> Table:
    return as_published(table, threshold)


def attack_on(releases: Sequence[Marked], change=published, threshold: int = 5) -> Attack:
    attack = Attack(threshold=threshold)
    for period, tables, vintage in releases:
        attack.read(period, [change(table, threshold) for table in tables], vintage)
    attack.prepare()
    return attack


def as_it_is(table: Table, _threshold: int) -> Table:
    return table


def all_hidden(table: Table, threshold: int) -> Table:
    """The table with nothing but its zeros."""

    def row(found: Row) -> Row:
        cells = (replace(cell, is_suppressed=cell.value != 0 or cell.denominator is not None) for cell in found.cells)
        return replace(found, cells=tuple(cells))

    return published(replace(table, rows=tuple(row(found) for found in table.rows)), threshold)


def alarms(releases: Sequence[Marked], threshold: int = 5, *, records: Sequence[Record] = (), given_up=()) -> list:
    """Every number that the attacker knows better than he may. Empty where the tables are safe.

    With ``records``, also the numbers of months that no release is of. ``given_up``: cells that could not be helped,
    as the attacker places them.
    """
    truth = attack_on(releases, as_it_is)
    attack = attack_on(releases, published, threshold)
    strong, plain = attack.solver(strong=True), attack.solver(strong=False)
    nothing: list[Solver] = []
    found = [what for what in truth.exact if what in attack.exact and 0 < truth.exact[what] < threshold]
    for what in strong.places:
        value = _true(truth, what, records)
        if any(place in given_up for place in attack.hidden.get(what, ())):
            continue
        if value is None or not (0 < value < threshold or (isinstance(what, Name) and value)):
            continue
        low, high = strong.interval(what)
        if high - low < threshold - 1:
            found.append(what)
        elif 0 < value < threshold:
            if not nothing and low > 1:
                nothing.append(attack_on(releases, all_hidden, threshold).solver(strong=True))
            # Where published zeros alone tell more than "1 or more", nothing that is hidden can tell less.
            least = 1 if low <= 1 else nothing[0].interval(what)[0]
            if high < threshold or low > least or (low > 1 and plain.interval(what)[0] > 1):
                found.append(what)
    return found


def _true(truth: Attack, what, records: Sequence[Record]) -> int | None:
    """The true value; None of what has none that is known here."""
    if what in truth.exact:
        return truth.exact[what]
    if what[0] == "rest":
        return truth.exact[what[1]] - truth.exact[what[2]]
    if what[0] == "piece" and records:
        where = dict(what[1])
        figure = "urls_confirmed" if where.pop("is", "") else "urls_assessed"
        return counted([record for record in records if what[2] <= record.month < what[3]], figure, where)
    return None
