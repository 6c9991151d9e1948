"""Tables by age: derived groups, and another scheme's bands, with bounds where cut points do not nest."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.codes import NOT_RECORDED, Dimension
from stats.building.breakdowns import breakdown_table
from stats.building.by_age import age_groups_table, in_scheme
from stats.counting.code_labels import Code, CodeLabels
from stats.coverage import Status
from stats.declarations import TOTAL
from stats.figures import BREAKDOWNS
from stats.periods import Month
from stats.publication import AGE_GROUPS
from stats.tables import Bounds, Part, Shape
from tests.stats.test_ages import ALL, BANDS, SCHEMES, scheme
from tests.stats.test_reading import YEAR, counts

MARCH = Month(2023, 3)
LABELS = CodeLabels(
    {
        "age_band": {code: Code(code, code, offered=code in SCHEMES["hotline"]) for code in (*BANDS, "undetermined")},
        "answer": {code: Code(code, code, offered=True) for code in ("yes", "no", "undetermined")},
    },
    BANDS,
    tuple(ALL),
)


def aged(bands: dict[str, int], *, self_generated: dict[str, int] | None = None, **options):
    """A March in which these were confirmed, by band; and of these, self-generated."""
    cells = {}
    for figure, values in (("urls_confirmed", bands), ("urls_self_generated", self_generated or {})):
        cells[figure, TOTAL, (), MARCH] = sum(values.values())
        cells |= {(figure, "age_band", (code,), MARCH): value for code, value in values.items()}
    generated = self_generated or {}
    for code, value in bands.items():
        for answer, part in (("yes", generated.get(code, 0)), ("no", value - generated.get(code, 0))):
            if part:
                cells["urls_confirmed", "self_generated_age_band", (answer, code), MARCH] = part
    return counts(cells, schemes=ALL, **options)


def told(table, column: str = "urls_confirmed") -> dict:
    place = table.column(column)
    return {row.key: row.cells[place].value if row.cells[place].value is not None else row.cells[place].bounds
            for row in table.rows}  # fmt: skip


def test_groups_of_bands_that_nest_are_exact_and_add_up():
    of = aged(
        {"0-2": 1, "6-9": 3, "10-11": 4, "12-13": 5, "undetermined": 6, NOT_RECORDED: 7}, self_generated={"6-9": 2}
    )
    table = age_groups_table(of, LABELS, YEAR)
    assert (table.key, table.shape) == (AGE_GROUPS, Shape.PARTS)
    assert told(table) == {
        "under_12": 8, "from_6_to_9": 3, "from_12": 5, "undetermined": 6, NOT_RECORDED: 7, TOTAL: 26,
    }  # fmt: skip
    assert told(table, "urls_self_generated")["from_6_to_9"] == 2
    assert [row.part for row in table.rows[3:]] == [Part.UNDETERMINED, Part.NOT_RECORDED, Part.TOTAL]
    assert {row.cells[0].scheme for row in table.rows[:3]} == {"hotline"}
    assert {row.cells[0].scheme for row in table.rows[3:]} == {""}


def test_groups_that_a_band_reaches_over_have_bounds_and_no_value():
    table = age_groups_table(aged({"3-6": 10, "11-13": 4, "0-2": 1}), LABELS, YEAR)
    found = told(table)
    assert (found["under_12"], found["from_6_to_9"], found["from_12"]) == (Bounds(11, 15), Bounds(0, 10), Bounds(0, 4))
    assert table.cell("under_12", "urls_confirmed").scheme == "iwf"


def test_groups_of_what_was_never_recorded_are_not_known():
    table = age_groups_table(aged({"0-2": 5}, spans={Dimension.AGE_BAND: []}), LABELS, YEAR)
    cell = table.cell("under_12", "urls_confirmed")
    assert (cell.value, cell.bounds, cell.status) == (None, None, Status.NOT_COLLECTED)
    assert table.cell(NOT_RECORDED, "urls_confirmed").value == 5


def test_band_table_in_another_scheme_keeps_the_rest_of_its_rows():
    of = aged({"0-2": 1, "6-9": 3, "undetermined": 6, NOT_RECORDED: 7})
    table = breakdown_table(of, LABELS, BREAKDOWNS["age_band"], YEAR)
    assert told(in_scheme(table, scheme("iccam"), BANDS)) == {
        "0-2": 1, "3-13": 3, "14-17": 0, "undetermined": 6, NOT_RECORDED: 7, TOTAL: 17,
    }  # fmt: skip
    bounded = in_scheme(table, scheme("iwf"), BANDS)
    assert (told(bounded)["3-6"], told(bounded)["7-10"], told(bounded)["0-2"]) == (Bounds(0, 3), Bounds(0, 3), 1)
    assert {row.cells[0].scheme for row in bounded.rows[:6]} == {"iwf"}
    outside = in_scheme(table, scheme("hotline_ie"), BANDS)
    assert [row.key for row in outside.rows[:4]] == ["0-3", "4-12", "13-16", "outside"]


def test_crossed_table_in_another_scheme_is_told_column_by_column():
    of = aged({"6-9": 3, "14-15": 4}, self_generated={"14-15": 1})
    table = breakdown_table(of, LABELS, BREAKDOWNS["self_generated_age_band"], YEAR)
    shown = in_scheme(table, scheme("iwf"), BANDS)
    assert told(shown, "no")["7-10"] == Bounds(0, 3)
    assert (told(shown, "yes")["7-10"], told(shown, "yes")["14-15"], told(shown, "no")["14-15"]) == (0, 1, 3)


counted = st.dictionaries(st.sampled_from([*BANDS, "undetermined", NOT_RECORDED]), st.integers(1, 90), max_size=8)


@given(counted, st.sampled_from(ALL))
@settings(max_examples=150, deadline=None)
def test_parts_in_any_scheme_hold_the_whole_between_their_bounds(values, target):
    table = breakdown_table(aged(values), LABELS, BREAKDOWNS["age_band"], YEAR)
    for shown in (in_scheme(table, target, BANDS), age_groups_table(aged(values), LABELS, YEAR)):
        cells = [row.cells[0] for row in shown.rows if row.key not in {TOTAL, "from_6_to_9"}]
        lower = sum(cell.value if cell.value is not None else cell.bounds.lower for cell in cells)
        upper = sum(cell.value if cell.value is not None else cell.bounds.upper for cell in cells)
        assert lower <= shown.cell(TOTAL, "urls_confirmed").value <= upper
        if all(cell.value is not None for cell in cells):
            assert lower == upper == sum(values.values())


@pytest.mark.parametrize("bands", [{"0-2": 1, "3-6": 2}, {"0-2": 1, "3-5": 2}])
def test_cells_by_band_name_the_schemes_whose_bands_occur(bands):
    table = breakdown_table(aged(bands), LABELS, BREAKDOWNS["age_band"], YEAR)
    expected = "iwf" if "3-6" in bands else "hotline"
    assert {row.cells[0].scheme for row in table.rows if row.key in BANDS} == {expected}
    assert table.cell(TOTAL, "urls_confirmed").scheme == ""
