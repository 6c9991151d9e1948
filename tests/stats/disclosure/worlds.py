"""Made-up records, and the tables a release of them has: small ones, with the cells that give trouble."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from stats.coverage import Coverage, Recorded, Status
from stats.disclosure.tables import Earlier, protect
from stats.periods import Period
from stats.tables import Bounds, Cell, Column, Part, Row, Shape, Table, percent

CODES = {
    "url_outcome": ("confirmed_baseline", "confirmed_national", "not_illegal"),
    "self_generated": ("yes", "no", "undetermined", "not_recorded"),
    "sex": ("girls", "boys", "both", "undetermined", "not_recorded"),
    "age_band": ("0-2", "6-9", "7-10", "10-11", "11-13", "16-17", "undetermined", "not_recorded"),
    "hosting_country": ("NL", "US", "FR", "not_recorded"),
    "site_type": ("forum", "website", "not_recorded"),
}
NOT_DETERMINED = {"undetermined", "not_recorded"}
FIGURES = ("urls_assessed", "urls_confirmed", "urls_self_generated")
BREAKDOWNS = {
    "url_outcome": (FIGURES, ("url_outcome",)),
    "self_generated": (("urls_confirmed",), ("self_generated",)),
    "sex": (FIGURES[1:], ("sex",)),
    "age_band": (FIGURES[1:], ("age_band",)),
    "self_generated_age_band": (("urls_confirmed",), ("self_generated", "age_band")),
    "self_generated_sex": (("urls_confirmed",), ("self_generated", "sex")),
    "hosting_country": (FIGURES[1:], ("hosting_country",)),
    "site_type": (FIGURES[1:], ("site_type",)),
}
SHARES = {
    "share_girls": ("urls_confirmed", "sex", {"girls", "both"}, set()),
    "share_self_generated_under_12": ("urls_self_generated", "age_band", {"0-2", "6-9", "7-10", "10-11"}, {"11-13"}),
    "share_self_generated_6_9": ("urls_self_generated", "age_band", {"6-9"}, {"7-10"}),
}
GROUPS = {
    "under_12": SHARES["share_self_generated_under_12"][2:],
    "from_6_to_9": SHARES["share_self_generated_6_9"][2:],
    "from_12": ({"16-17"}, {"11-13"}),
}
SIZES = (1, 1, 1, 2, 3, 4, 5, 6, 9, 30, 400, 120_000, 10**9)


@dataclass(frozen=True)
class Record:
    """So many URLs that are alike."""

    month: int
    urls: int
    codes: dict[str, str]

    def is_of(self, figure: str) -> bool:
        confirmed = self.codes["url_outcome"].startswith("confirmed")
        if figure == "urls_confirmed":
            return confirmed
        return figure == "urls_assessed" or (confirmed and self.codes["self_generated"] == "yes")


def world(random: Random, records: int, *, months: Sequence[int] = (0,), codes: int = 9) -> list[Record]:
    """Records of these months, each axis with at most so many codes."""
    sizes = SIZES[: random.choice((4, 8, len(SIZES)))]
    return [
        Record(
            random.choice(months),
            random.choice(sizes),
            {axis: random.choice(known[:codes]) for axis, known in CODES.items()},
        )
        for _ in range(records)
    ]


def counted(records: Iterable[Record], figure: str, where: dict[str, str] | None = None) -> int:
    return sum(
        record.urls
        for record in records
        if record.is_of(figure) and all(record.codes[axis] == code for axis, code in (where or {}).items())
    )


FULL = Coverage((Recorded.FULL,))


def cell(value: int) -> Cell:
    return Cell(value=value, status=Status.NORMAL, coverage=FULL)


def table(key: str, rows: dict[str, Sequence[Cell]], columns: Sequence[str], shape: Shape = Shape.PARTS) -> Table:
    return Table(
        key=key,
        shape=shape,
        title=key,
        stub=key,
        columns=tuple(Column(key=column, label=column) for column in columns),
        rows=tuple(
            Row(key=row, label=row, cells=tuple(cells), part=Part.TOTAL if row == "total" else Part.CODE)
            for row, cells in rows.items()
        ),
    )


def share(records: Sequence[Record], key: str) -> Cell:
    figure, axis, certain, edge = SHARES[key]
    parts = {code: counted(records, figure, {axis: code}) for code in CODES[axis]}
    base = sum(value for code, value in parts.items() if code not in NOT_DETERMINED)
    lower = sum(value for code, value in parts.items() if code in certain)
    upper = lower + sum(value for code, value in parts.items() if code in edge)
    if not base:
        return Cell(value=None, status=Status.NORMAL, coverage=FULL, numerator=0, denominator=0)
    if lower == upper:
        return Cell(value=percent(lower, base), status=Status.NORMAL, coverage=FULL, numerator=lower, denominator=base)
    return Cell(
        value=None,
        bounds=Bounds(percent(lower, base), percent(upper, base)),
        numerator_bounds=Bounds(lower, upper),
        denominator=base,
        status=Status.NORMAL,
        coverage=FULL,
    )


def group(records: Sequence[Record], figure: str, name: str) -> Cell:
    certain, edge = GROUPS[name]
    lower = sum(counted(records, figure, {"age_band": code}) for code in certain)
    upper = lower + sum(counted(records, figure, {"age_band": code}) for code in edge)
    if lower == upper:
        return cell(lower)
    return Cell(value=None, bounds=Bounds(lower, upper), status=Status.NORMAL, coverage=FULL)


def headline(records: Sequence[Record], period: Period, shares: Sequence[str] = tuple(SHARES)) -> Table:
    rows = {figure: (cell(counted(records, figure)),) for figure in FIGURES}
    rows |= {key: (share(records, key),) for key in shares}
    return table("headline", rows, [str(period)], Shape.FIGURES)


def breakdown(records: Sequence[Record], key: str) -> Table:
    figures, axes = BREAKDOWNS[key]
    if len(axes) == 1:
        (axis,) = axes
        rows = {
            code: [cell(counted(records, figure, {axis: code})) for figure in figures]
            for code in CODES[axis]
            # Of a long list only what occurs is shown.
            if axis != "hosting_country" or any(counted(records, figure, {axis: code}) for figure in figures)
        }
        rows["total"] = [cell(counted(records, figure)) for figure in figures]
        return table(key, rows, figures)
    across, down = axes
    rows = {
        line: [cell(counted(records, figures[0], {across: head, down: line})) for head in CODES[across]]
        for line in CODES[down]
    }
    return table(key, rows, CODES[across], Shape.CROSSED)


def age_groups(records: Sequence[Record]) -> Table:
    figures = FIGURES[1:]
    rows = {name: [group(records, figure, name) for figure in figures] for name in GROUPS}
    for code in NOT_DETERMINED:
        rows[code] = [cell(counted(records, figure, {"age_band": code})) for figure in figures]
    rows["total"] = [cell(counted(records, figure)) for figure in figures]
    return table("age_groups", rows, figures)


def months_table(records: Sequence[Record], period: Period) -> Table:
    def row(kept: Sequence[Record]) -> list[Cell]:
        return [cell(counted(kept, figure)) for figure in FIGURES]

    rows = {
        str(month): row([record for record in records if record.month == place])
        for place, month in enumerate(period.months, period.start.number)
    }
    return table("months", rows | {"total": row(records)}, FIGURES, Shape.MONTHS)


def release(records: Sequence[Record], period: Period, keys: Sequence[str]) -> list[Table]:
    """The tables of a period, of these keys; months of records are numbered as :attr:`Month.number`."""
    first = period.start.number
    kept = [record for record in records if first <= record.month < first + period.length]
    made = {"headline": lambda: headline(kept, period), "months": lambda: months_table(kept, period)}
    made["age_groups"] = lambda: age_groups(kept)
    return [made[key]() if key in made else breakdown(kept, key) for key in keys]


@dataclass
class Released:
    """Releases one after the other. ``given_up``: the cells that were found to be beyond help."""

    marked: list[tuple[Period, tuple[Table, ...], int]]
    before: list[Earlier]
    given_up: set[tuple]


def released(
    records: Sequence[Record], periods: Sequence[Period], keys: Sequence[str], *, knows_earlier: bool = True
) -> Released:
    """Release these periods one after the other."""
    made = Released([], [], set())
    for number, period in enumerate(periods, 1):
        exact = release(records, period, keys)
        protected = protect(exact, period=period, threshold=5, earlier=made.before if knows_earlier else ())
        made.marked.append((period, protected.tables, 0))
        for found in protected.findings:
            of = made.before[found.release - 1].period if found.release else period
            first = of.start.number
            made.given_up.add((first, first + of.length, 0, found.table, found.row, found.column))
        made.before.append(Earlier(number, period, protected.tables))
    return made
