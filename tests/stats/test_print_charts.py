"""Charts for print: standalone, labels as data, gaps for what is not known, readable without colour."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation

from stats.charts.printed import (
    FILLS,
    GAP,
    PUBLISHED,
    SERIES,
    WIDTH,
    breaks,
    crossed_chart,
    months_chart,
    parts_chart,
    steps_chart,
    years_chart,
)
from stats.coverage import Status
from stats.publication import AGE_GROUPS, MONTHS, REMOVAL, TREND
from stats.tables import Part
from tests.stats.exports.sample import FIVE, count, missing, sample_publication

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def table(key):
    return sample_publication().table(key)


def drawn(chart):
    """Bars and texts of a chart, without the patterns' own shapes."""
    root = ET.fromstring(chart.svg)  # noqa: S314 - made here
    return (
        [rect.attrib for rect in root.findall(f"{SVG}rect")],
        [text.text for text in root.findall(f"{SVG}text")],
        [line.attrib for line in root.findall(f"{SVG}line")],
    )


def lengths(chart, fill):
    return [float(rect["width"]) for rect in drawn(chart)[0] if rect["fill"] == fill]


def test_bars_are_as_long_as_their_numbers():
    chart = parts_chart(table("source"))
    public, partner = lengths(chart, SERIES[0])
    assert public / partner == pytest.approx(101_000 / 26_431, abs=0.01)


def test_whole_is_no_bar_and_every_number_stands_at_its_bar():
    assert drawn(parts_chart(table("source")))[1] == [
        *("public", "101,000", "partner hotline", "26,431", "not recorded", "0"),
    ]


def test_what_is_not_known_is_a_gap_with_its_reason_and_never_a_bar_of_no_height():
    source = table("source")
    rows = (replace(source.rows[0], cells=(count(None, Status.SUPPRESSED),) * 2), *source.rows[1:])
    chart = parts_chart(replace(source, rows=rows))
    assert len(lengths(chart, GAP)) == 2  # the gap, and its key
    assert "suppressed" in drawn(chart)[1]
    assert "no exact figure: the table says why" in drawn(chart)[1]
    assert "public: suppressed" in chart.description


def test_nothing_unknown_has_no_key_of_gaps():
    assert "no exact figure: the table says why" not in drawn(parts_chart(table("source")))[1]


def test_bounds_are_drawn_as_what_is_certain_and_what_may_be():
    chart = parts_chart(table(AGE_GROUPS))
    certain, may_be = lengths(chart, SERIES[0])[0], lengths(chart, GAP)[0]
    assert certain / may_be == pytest.approx(74.29 / (77.50 - 74.29), rel=0.02)
    assert "74.29 to 77.50" in drawn(chart)[1]


def test_stack_without_a_suppressed_part_says_at_least():
    crossed = table("self_generated_sex")
    rows = (replace(crossed.rows[0], cells=(count(70), count(None, Status.SUPPRESSED), count(1), count(0))),)
    assert "at least 71" in drawn(crossed_chart(replace(crossed, rows=rows)))[1]


def test_stack_of_nothing_but_suppressed_parts_is_a_gap():
    texts = drawn(crossed_chart(table("self_generated_sex")))[1]
    assert texts[texts.index("boys") + 1] == "suppressed"


def test_months_stand_side_by_side_in_order():
    months = table(MONTHS)
    rects, texts, _lines = drawn(months_chart(months, months.column("urls_confirmed")))
    assert [text for text in texts if text in {"Jan", "Feb", "Dec"}] == ["Jan", "Feb", "Dec"]
    assert sum(rect["fill"] == GAP for rect in rects) == 2  # February was not recorded, and the key says so
    places = [float(rect["x"]) for rect in rects if rect["fill"] == SERIES[0]]
    assert places == sorted(places)


def test_published_totals_are_drawn_apart_and_a_break_is_a_dashed_line():
    trend = table(TREND)
    chart = years_chart(trend, trend.column("urls"))
    assert len(lengths(chart, PUBLISHED)) == 2  # the year 2021, and its key
    assert [line["stroke-dasharray"] for line in drawn(chart)[2] if "stroke-dasharray" in line] == ["3 2"]
    assert "published total, not counted here" in drawn(chart)[1]
    assert "break in the series" in chart.description


def test_part_of_a_year_says_so_at_its_bar():
    trend = table(TREND)
    row = replace(trend.rows[-1], cells=(count(29_736, Status.BREAK, FIVE), *trend.rows[-1].cells[1:]))
    chart = years_chart(replace(trend, rows=(*trend.rows[:-1], row)), trend.column("reports"))
    assert "recorded in 5 of 12 months, and in part of 1 more" in drawn(chart)[1]


@pytest.mark.parametrize(
    ("cell", "before", "broken"),
    [
        (count(2), count(1), False),
        (replace(count(2), rule="2"), count(1), True),
        (replace(count(2), scheme="iwf.1"), count(1), True),
        (count(2, Status.BREAK), count(1), True),
        (count(2, Status.BREAK, FIVE), count(1), False),
        (replace(count(2), rule="", source="others"), count(1), False),
        (missing(), count(1), False),
    ],
)
def test_series_breaks_where_it_is_counted_otherwise(cell, before, broken):
    assert breaks([before, cell]) == [False, broken]


def test_steps_are_the_columns_of_the_whole():
    removal = table(REMOVAL)
    whole = replace(removal.rows[0], part=Part.TOTAL)
    texts = drawn(steps_chart(replace(removal, rows=(whole,)), [0, 4]))[1]
    assert texts == ["removed within 2 days", "100", "removed within 28 days", "1,900"]


def test_label_is_data_and_is_shortened_after_two_lines():
    source = table("source")
    label = "<script>&\"'" + " a very long label that goes on and on" * 4
    chart = parts_chart(replace(source, rows=(replace(source.rows[0], label=label),)))
    texts = drawn(chart)[1]
    assert texts[0].startswith("<script>&\"'")
    assert texts[1].endswith("…")
    assert label in chart.description


def test_nothing_is_drawn_beyond_the_page():
    for key in ("source", "sex", "age_band", "hosting_country", "recipient"):
        rects, _texts, _lines = drawn(parts_chart(table(key)))
        assert max(float(rect["x"]) + float(rect["width"]) for rect in rects) <= WIDTH


def test_table_without_rows_or_numbers_is_drawn_all_the_same():
    source = table("source")
    assert drawn(parts_chart(replace(source, rows=())))[0] == []
    zeros = tuple(replace(row, cells=(count(0), count(0))) for row in source.rows)
    assert lengths(parts_chart(replace(source, rows=zeros)), SERIES[0]) == []


def test_fills_of_a_stack_differ_in_lightness_as_print_without_colour_needs():
    used = [lightness(fill) for fill in (*SERIES[:3], FILLS[Part.UNDETERMINED])]
    assert all(abs(one - other) > 0.1 for place, one in enumerate(used) for other in used[:place])


def lightness(colour):
    """Relative luminance to the power of a half, near enough to what an eye sees of greys."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return (0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2) ** 0.5
