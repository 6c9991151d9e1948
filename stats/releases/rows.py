"""A Table as rows of the database, and back: the same table, to the last attribute that is shown."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from cases.codes import Dimension
from stats.bilingual import bilingual, both
from stats.coverage import Coverage, Recorded, Status
from stats.declarations import Passport, Unit
from stats.models import FrozenCell, FrozenLine, FrozenPassport, FrozenTable, Release
from stats.publication import PassportText
from stats.releases.canonical import Frozen
from stats.tables import Bounds, Cell, Column, Part, Row, Shape, Table, Value

LETTERS = {Recorded.FULL: "F", Recorded.PARTLY: "P", Recorded.NONE: "N"}
RECORDED = {letter: recorded for recorded, letter in LETTERS.items()}


def frozen_table(release: Release, position: int, table: Table) -> Frozen:
    """A table as unsaved rows of a release."""
    title, stub = both(table.title), both(table.stub)
    row = FrozenTable(
        release=release,
        position=position,
        key=table.key,
        shape=table.shape.value,
        title_nl=title.nl,
        title_en=title.en,
        stub_nl=stub.nl,
        stub_en=stub.en,
    )
    cells = [
        _frozen_cell(row, down, across, cell)
        for down, line in enumerate(table.rows)
        for across, cell in enumerate(line.cells)
    ]
    return Frozen(row, list(_frozen_lines(row, table)), cells)


def _frozen_lines(row: FrozenTable, table: Table) -> Iterator[FrozenLine]:
    for position, line in enumerate(table.rows):
        yield _frozen_line(row, position, line)
    for position, column in enumerate(table.columns):
        yield _frozen_line(row, position, column)


def _frozen_line(row: FrozenTable, position: int, line: Row | Column) -> FrozenLine:
    label = both(line.label)
    return FrozenLine(
        table=row,
        is_column=isinstance(line, Column),
        position=position,
        key=line.key,
        label_nl=label.nl,
        label_en=label.en,
        unit=line.unit.value if line.unit else "",
        part=line.part.value,
        figure=line.figure if isinstance(line, Column) else "",
    )


def _frozen_cell(row: FrozenTable, down: int, across: int, cell: Cell) -> FrozenCell:
    return FrozenCell(
        table=row,
        row=down,
        column=across,
        value=cell.value,
        places=_places(cell),
        lower=cell.bounds.lower if cell.bounds else None,
        upper=cell.bounds.upper if cell.bounds else None,
        numerator=cell.numerator,
        numerator_lower=int(cell.numerator_bounds.lower) if cell.numerator_bounds else None,
        numerator_upper=int(cell.numerator_bounds.upper) if cell.numerator_bounds else None,
        denominator=cell.denominator,
        status=cell.status.value,
        coverage="".join(LETTERS[month] for month in cell.coverage.months),
        rule=cell.rule,
        scheme=cell.scheme,
        source=cell.source,
        is_suppressed=cell.is_suppressed,
    )


def _places(cell: Cell) -> int:
    known = [value for value in (cell.value, *(cell.bounds or ())) if isinstance(value, Decimal)]
    return max((-int(value.as_tuple().exponent) for value in known), default=0)


def table_of(frozen: Frozen) -> Table:
    """The table that rows hold."""
    lines = sorted(frozen.lines, key=lambda line: line.position)
    by_row: dict[int, list[FrozenCell]] = {}
    for cell in sorted(frozen.cells, key=lambda cell: (cell.row, cell.column)):
        by_row.setdefault(cell.row, []).append(cell)
    return Table(
        key=frozen.table.key,
        shape=Shape(frozen.table.shape),
        title=bilingual(frozen.table.title_nl, frozen.table.title_en),
        stub=bilingual(frozen.table.stub_nl, frozen.table.stub_en),
        columns=tuple(_column(line) for line in lines if line.is_column),
        rows=tuple(_row(line, by_row.get(line.position, [])) for line in lines if not line.is_column),
    )


def _column(line: FrozenLine) -> Column:
    return Column(
        key=line.key,
        label=bilingual(line.label_nl, line.label_en),
        unit=Unit(line.unit) if line.unit else None,
        part=Part(line.part),
        figure=line.figure,
    )


def _row(line: FrozenLine, cells: Sequence[FrozenCell]) -> Row:
    return Row(
        key=line.key,
        label=bilingual(line.label_nl, line.label_en),
        unit=Unit(line.unit) if line.unit else None,
        part=Part(line.part),
        cells=tuple(_cell(cell) for cell in cells),
    )


def _cell(cell: FrozenCell) -> Cell:
    lower, upper = (_value(value, cell.places) for value in (cell.lower, cell.upper))
    least, most = cell.numerator_lower, cell.numerator_upper
    return Cell(
        value=_value(cell.value, cell.places),
        status=Status(cell.status),
        coverage=Coverage(tuple(RECORDED[letter] for letter in cell.coverage)),
        bounds=None if lower is None or upper is None else Bounds(lower, upper),
        numerator=cell.numerator,
        numerator_bounds=None if least is None or most is None else Bounds(least, most),
        denominator=cell.denominator,
        rule=cell.rule,
        scheme=cell.scheme,
        source=cell.source,
        is_suppressed=cell.is_suppressed,
    )


def _value(value: Decimal | int | None, places: int) -> Value | None:
    """A count as the whole number it is; a share or a median with the decimals it had."""
    if value is None:
        return None
    return Decimal(f"{Decimal(value):.{places}f}") if places else int(value)


def frozen_passports(release: Release, passports: Iterable[Passport]) -> list[FrozenPassport]:
    """Passports as unsaved rows of a release."""
    return [_frozen_passport(release, position, passport) for position, passport in enumerate(passports)]


def _frozen_passport(release: Release, position: int, passport: Passport) -> FrozenPassport:
    label, rule = both(passport.label), both(passport.rule)
    numerator, denominator = both(passport.numerator), both(passport.denominator)
    return FrozenPassport(
        release=release,
        position=position,
        key=passport.key,
        unit=passport.unit.value,
        label_nl=label.nl,
        label_en=label.en,
        numerator_nl=numerator.nl,
        numerator_en=numerator.en,
        denominator_nl=denominator.nl,
        denominator_en=denominator.en,
        rule_nl=rule.nl,
        rule_en=rule.en,
        requires=",".join(dict.fromkeys(dimension.value for dimension in passport.requires)),
    )


def passport_of(row: FrozenPassport) -> PassportText:
    """The passport that a row holds."""
    return PassportText(
        key=row.key,
        label=bilingual(row.label_nl, row.label_en),
        unit=Unit(row.unit),
        numerator=bilingual(row.numerator_nl, row.numerator_en),
        denominator=bilingual(row.denominator_nl, row.denominator_en),
        rule=bilingual(row.rule_nl, row.rule_en),
        requires=tuple(Dimension(code) for code in row.requires.split(",") if code),
    )
