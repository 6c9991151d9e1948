"""Charts: geometry that agrees with the table, and gaps where there is no number."""

import pytest
from django.utils import translation

from stats.building.folding import OTHER, folded, whole_first
from stats.charts.shapes import months_chart, months_chart_narrow, nice_ticks, parts_chart
from stats.coverage import Coverage, Recorded, Status
from stats.declarations import Unit
from stats.tables import Bounds, Cell, Column, Part, Row, Table
from stats.words.presenters import number

FULL, NONE = Coverage((Recorded.FULL,)), Coverage((Recorded.NONE,))


def cell(value, status=Status.NORMAL) -> Cell:
    return Cell(value=value, status=status, coverage=NONE if value is None else FULL)


def table(columns: list[tuple[str, Part]], rows: dict[str, list]) -> Table:
    return Table(
        key="sex",
        title="Sex shown",
        stub="month",
        columns=tuple(Column(key=key, label=key, unit=Unit.URLS, part=part) for key, part in columns),
        rows=tuple(
            Row(key=key, label=key, cells=tuple(value if isinstance(value, Cell) else cell(value) for value in values))
            for key, values in rows.items()
        ),
    )


TOTAL = ("total", Part.TOTAL)
WHOLES = table(
    [TOTAL], {"2024-01": [100], "2024-02": [None], "2024-03": [0], "2024-04": [cell(50, Status.PROVISIONAL)]}
)


@pytest.fixture(autouse=True, params=["en", "nl"])
def language(request):
    with translation.override(request.param):
        yield


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (4, [0, 1, 2, 3, 4]),
        (5, [0, 2, 4, 6]),
        (12_009, [0, 5000, 10000, 15000]),
        (100, [0, 50, 100]),
    ],
)
def test_ticks_are_round_and_reach_the_highest(highest, ticks):
    assert nice_ticks(highest) == ticks


def test_bars_are_as_long_as_their_values_and_what_is_unknown_is_a_hatched_gap():
    chart = months_chart(WHOLES, key="c")
    full, gap, half = chart.rects
    assert float(full.height) == pytest.approx(2 * float(half.height))
    assert (gap.hatched, gap.look, full.hatched) == (True, "chart__unrecorded", False)
    assert float(gap.height) >= float(full.height)
    assert "chart__provisional" in half.look
    assert "chart__provisional" not in full.look


def test_month_of_zero_has_no_bar_and_no_gap_and_says_0_where_values_are_written():
    chart = months_chart_narrow(WHOLES, key="c")
    assert len(chart.rects) == 3
    assert [text.text for text in chart.texts if text.look == "chart__value"] == ["100", "0", "50"]


def test_parts_are_stacked_to_the_whole_each_with_its_look():
    columns = [("girls", Part.CODE), ("undetermined", Part.UNDETERMINED), ("not_recorded", Part.NOT_RECORDED), TOTAL]
    chart = months_chart(table(columns, {"2024-01": [60, 30, 10, 100]}), key="c")
    girls, undetermined, missing = chart.rects
    assert ("series-1" in girls.look, "series-5" in undetermined.look, missing.hatched) == (True, True, True)
    assert float(girls.height) == pytest.approx(2 * float(undetermined.height), abs=0.02)
    assert float(girls.y) == pytest.approx(float(undetermined.y) + float(undetermined.height), abs=0.02)
    assert [key.look for key in chart.legend] == ["series-1", "series-5", "chart__unrecorded"]


def test_coordinates_have_points_in_every_language():
    for chart in (months_chart(WHOLES, key="c"), months_chart_narrow(WHOLES, key="c")):
        for rect in chart.rects:
            assert "," not in f"{rect.x}{rect.y}{rect.width}{rect.height}"


def test_description_says_every_row():
    assert months_chart(table([TOTAL], {"2024-01": [1], "2024-02": [None]}), key="c").description.startswith(
        "2024-01: 1; 2024-02: "
    )


def test_parts_chart_draws_the_first_figure_and_not_the_total():
    rows = {"girls": [10, 1], "boys": [5, 5], "total": [15, 6]}
    made = table([("urls_confirmed", Part.CODE), ("urls_self_generated", Part.CODE)], rows)
    made = Table(**{name: getattr(made, name) for name in ("key", "title", "stub", "columns")}, rows=(
        *made.rows[:2], Row(key="total", label="total", cells=made.rows[2].cells, part=Part.TOTAL)))  # fmt: skip
    first, second = parts_chart(made, key="c").rects
    assert float(first.width) == pytest.approx(2 * float(second.width), abs=0.02)


def test_folding_keeps_the_largest_parts_and_the_sum():
    columns = [*((code, Part.CODE) for code in "abcde"), ("undetermined", Part.UNDETERMINED), TOTAL]
    narrow = folded(table(columns, {"2024-01": [1, 20, 3, 40, 5, 6, 75], "2024-02": [0, 0, 0, 1, 0, 0, 1]}), 2)
    assert [column.key for column in narrow.columns] == ["b", "d", OTHER, "undetermined", "total"]
    assert [cell.value for cell in narrow.rows[0].cells] == [20, 40, 9, 6, 75]
    assert narrow.rows[0].cells[-1].value == sum(cell.value for cell in narrow.rows[0].cells[:-1])


def test_folding_unknown_parts_gives_an_unknown_and_not_a_zero():
    columns = [*((code, Part.CODE) for code in "abc"), TOTAL]
    narrow = folded(table(columns, {"2024-01": [None, None, None, 5]}), 1)
    assert [cell.value for cell in narrow.rows[0].cells] == [None, None, 5]


def test_whole_comes_before_its_parts_with_its_cells():
    columns = [("girls", Part.CODE), ("boys", Part.CODE), TOTAL]
    turned = whole_first(table(columns, {"2024-01": [1, 2, 3]}))
    assert [column.key for column in turned.columns] == ["total", "girls", "boys"]
    assert [cell.value for cell in turned.rows[0].cells] == [3, 1, 2]


def test_bounds_are_drawn_as_what_is_certain_and_hatched_what_may_be_besides():
    bounded = Cell(value=None, bounds=Bounds(10, 30), status=Status.NORMAL, coverage=FULL)
    chart = parts_chart(table([("urls", Part.CODE)], {"3-6": [bounded], "0-2": [20]}), key="k")
    certain, possible, whole = chart.rects
    assert (certain.hatched, possible.hatched, whole.hatched) == (False, True, False)
    assert float(certain.width) * 2 == pytest.approx(float(possible.width), abs=0.02)
    assert float(certain.width) + float(possible.width) == pytest.approx(float(whole.width) * 1.5, abs=0.02)
    said = [text.text for text in chart.texts]
    assert number(20) in said
    assert any("10" in text and "30" in text for text in said)
    assert [key.look for key in chart.legend] == ["chart__unrecorded"]


def test_bounds_in_a_stack_are_said_as_bounds_of_the_whole():
    bounded = Cell(value=None, bounds=Bounds(0, 3), status=Status.NORMAL, coverage=FULL)
    stacked = table([("yes", Part.CODE), ("no", Part.CODE)], {"3-6": [bounded, 4]})
    chart = parts_chart(stacked, key="k", stacked=True)
    assert any(text.text.startswith("4") and text.text.endswith("7") for text in chart.texts)
