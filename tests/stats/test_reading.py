"""From counts to cells: parts add up to the whole, what was not recorded is not 0, shares use like with like."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.codes import NOT_RECORDED, Dimension
from stats.counting.reading import Counts
from stats.coverage import Ledger, Span, Status
from stats.declarations import TOTAL
from stats.figures import BREAKDOWNS, COUNTED, FIGURES, SHARES
from stats.periods import Month, Year
from stats.rules import NO_RULES
from stats.tables import Bounds
from tests.stats.test_ages import BANDS

TODAY = date(2025, 3, 10)
YEAR = Year(2023).months
ALWAYS = {dimension: [Span(date(2000, 1, 1), None)] for dimension in Dimension}


def counts(
    cells: dict[tuple[str, str, tuple[str, ...], Month], int],
    *,
    spans: dict[Dimension, list[Span]] | None = None,
    counted=YEAR,
    waiting=(),
    today: date = TODAY,
    schemes=(),
    rules=NO_RULES,
) -> Counts:
    """Counts from plain cells. Totals of counted months are filled in as 0 where they are not given."""
    grouped: dict = defaultdict(lambda: defaultdict(dict))
    for figure in COUNTED:
        for month in counted:
            grouped[figure, TOTAL][()][month] = 0
    for (figure, breakdown, codes, month), value in cells.items():
        grouped[figure, breakdown][codes][month] = value
    ledger = Ledger({**ALWAYS, **(spans or {})}, today)
    return Counts(grouped, frozenset(counted), frozenset(waiting), ledger, BANDS, schemes, rules)


def from_august(*dimensions: Dimension) -> dict[Dimension, list[Span]]:
    return {dimension: [Span(date(2023, 8, 1), None)] for dimension in dimensions}


def total(figure: str, month: int, value: int) -> dict:
    return {(figure, TOTAL, (), Month(2023, month)): value}


def sexes(month: int, figure: str = "urls_confirmed", **values: int) -> dict:
    cells = {(figure, "sex", (code,), Month(2023, month)): value for code, value in values.items()}
    return cells | total(figure, month, sum(values.values()))


def ages(month: int, bands: dict[str, int]) -> dict:
    cells = {("urls_self_generated", "age_band", (code,), Month(2023, month)): value for code, value in bands.items()}
    return cells | total("urls_self_generated", month, sum(bands.values()))


def figure(of: Counts, key: str, months=YEAR):
    return of.figure(FIGURES[key], months)


def parts(of: Counts, figure: str, breakdown: str, months=YEAR):
    return of.parts(FIGURES[figure], BREAKDOWNS[breakdown], months)


def share(of: Counts, key: str, months=YEAR):
    return of.share(SHARES[key], months)


def test_year_is_the_sum_of_its_months():
    cell = figure(counts(total("reports", 1, 5) | total("reports", 12, 7)), "reports")
    assert (cell.value, cell.status, cell.coverage.full) == (12, Status.NORMAL, 12)


def test_covered_year_without_a_report_is_zero():
    assert figure(counts({}), "reports").value == 0
    never_written = counts({}, counted=())
    assert figure(never_written, "reports").value == 0


def test_figure_that_was_never_recorded_has_no_value_though_there_are_cells():
    none = {Dimension.SELF_GENERATED: []}
    cell = figure(counts(total("urls_self_generated", 3, 9), spans=none), "urls_self_generated")
    assert (cell.value, cell.status, cell.coverage.status) == (None, Status.NOT_COLLECTED, "none")


def test_partly_covered_year_sums_the_covered_months_only():
    cells = (
        total("urls_self_generated", 7, 1000) | total("urls_self_generated", 8, 3) | total("urls_self_generated", 12, 4)
    )
    cell = figure(counts(cells, spans=from_august(Dimension.SELF_GENERATED)), "urls_self_generated")
    assert (cell.value, cell.status, cell.coverage.status, cell.coverage.full) == (7, Status.BREAK, "partial", 5)


def test_month_recorded_in_part_keeps_its_value_and_is_marked():
    spans = {Dimension.SELF_GENERATED: [Span(date(2023, 8, 15), None)]}
    cell = figure(counts(total("urls_self_generated", 8, 3), spans=spans), "urls_self_generated", [Month(2023, 8)])
    assert (cell.value, cell.is_partial) == (3, True)


def test_months_not_yet_begun_are_not_recorded_for_now_and_the_year_is_provisional():
    year = Year(2025).months
    cell = figure(counts({("reports", TOTAL, (), Month(2025, 2)): 4}, counted=year[:3]), "reports", year)
    assert (cell.value, cell.status, cell.coverage.full) == (4, Status.PROVISIONAL, 3)


def test_waiting_changes_make_a_figure_provisional():
    cell = figure(counts(total("reports", 1, 5), waiting=[Month(2023, 4)]), "reports")
    assert (cell.value, cell.status) == (5, Status.PROVISIONAL)


def test_month_that_waits_for_its_first_count_is_not_known_rather_than_zero():
    of = counts(total("reports", 1, 5), counted=YEAR[:1], waiting=[Month(2023, 4)])
    assert (figure(of, "reports").value, figure(of, "reports").status) == (None, Status.PROVISIONAL)
    assert figure(of, "reports", [Month(2023, 1)]).value == 5


def test_figure_that_a_counted_month_does_not_have_yet_is_not_known():
    of = counts({})
    del of.cells["acted_on", TOTAL][()][Month(2023, 5)]
    assert figure(of, "acted_on").value is None
    assert figure(of, "reports").value == 0


def test_parts_of_unrecorded_months_are_not_recorded_and_add_up_to_the_whole():
    cells = sexes(3, not_recorded=100) | sexes(9, girls=6, boys=3, undetermined=1)
    found = parts(counts(cells, spans=from_august(Dimension.SEX)), "urls_confirmed", "sex")
    assert {codes[0]: cell.value for codes, cell in found.items()} == {
        "girls": 6, "boys": 3, "undetermined": 1, NOT_RECORDED: 100,
    }  # fmt: skip
    assert found["girls",].coverage.full == 5
    assert found[NOT_RECORDED,].coverage.full == 12


def test_codes_of_a_month_the_ledger_does_not_hold_count_as_not_recorded():
    found = parts(counts(sexes(3, girls=100), spans=from_august(Dimension.SEX)), "urls_confirmed", "sex")
    assert found[NOT_RECORDED,].value == 100
    assert ("girls",) not in found


def test_part_that_does_not_occur_is_zero_where_recorded_and_else_unknown():
    codes, months = ("boys",), YEAR
    arguments = (FIGURES["urls_confirmed"], BREAKDOWNS["sex"], codes, months)
    assert counts({}).no_part(*arguments).value == 0
    assert counts({}, spans={Dimension.SEX: []}).no_part(*arguments).value is None


def test_crossed_parts_fold_each_axis_by_itself():
    cells = {
        ("urls_confirmed", "self_generated_sex", ("yes", "girls"), Month(2023, month)): value
        for month, value in ((3, 10), (9, 1))
    }
    of = counts(
        cells | total("urls_confirmed", 3, 10) | total("urls_confirmed", 9, 1), spans=from_august(Dimension.SEX)
    )
    found = parts(of, "urls_confirmed", "self_generated_sex")
    assert {codes: cell.value for codes, cell in found.items()} == {
        ("yes", "girls"): 1,
        ("yes", NOT_RECORDED): 10,
        (NOT_RECORDED, NOT_RECORDED): 0,
    }


def test_share_of_girls_counts_both_and_leaves_out_what_is_not_determined():
    of = counts(sexes(3, girls=5, both=1, boys=2, undetermined=40, not_recorded=50))
    cell = share(of, "share_girls")
    assert (cell.value, cell.numerator, cell.denominator) == (Decimal("75.00"), 6, 8)


def test_share_uses_only_months_in_which_all_it_needs_was_recorded():
    cells = sexes(3, girls=1, boys=1) | sexes(7, girls=1000) | sexes(8, girls=3, boys=1)
    spans = {Dimension.SEX: [Span(date(2023, 7, 2), None)]}
    cell = share(counts(cells, spans=spans), "share_girls")
    assert (cell.numerator, cell.denominator, cell.coverage.full, cell.coverage.partly) == (3, 4, 5, 1)


def test_share_without_a_full_month_is_not_known():
    spans = {Dimension.SEX: [Span(date(2023, 8, 2), date(2023, 8, 30))]}
    cell = share(counts(sexes(8, girls=3), spans=spans), "share_girls")
    assert (cell.value, cell.numerator, cell.denominator, cell.status) == (None, None, None, Status.NOT_COLLECTED)


def test_share_of_nothing_is_not_known_and_says_of_what():
    cell = share(counts({}), "share_girls")
    assert (cell.value, cell.numerator, cell.denominator, cell.status) == (None, 0, 0, Status.NORMAL)


def test_age_groups_from_bands_that_nest():
    of = counts(ages(3, {"0-2": 1, "3-5": 2, "6-9": 3, "10-11": 4, "12-13": 10, "undetermined": 5, "not_recorded": 7}))
    under, middle = share(of, "share_self_generated_under_12"), share(of, "share_self_generated_6_9")
    assert (under.value, under.numerator, under.denominator, under.bounds) == (Decimal("50.00"), 10, 20, None)
    assert (middle.value, middle.numerator, middle.denominator) == (Decimal("15.00"), 3, 20)


def test_band_that_straddles_the_edge_gives_bounds_and_no_value():
    cell = share(counts(ages(3, {"6-9": 4, "11-13": 3, "12-13": 3})), "share_self_generated_under_12")
    assert (cell.value, cell.numerator, cell.denominator) == (None, None, 10)
    assert (cell.bounds, cell.numerator_bounds) == (Bounds(Decimal("40.00"), Decimal("70.00")), Bounds(4, 7))


def test_band_that_straddles_but_is_empty_leaves_the_value_exact():
    cell = share(counts(ages(3, {"6-9": 4, "11-13": 0, "12-13": 4})), "share_self_generated_under_12")
    assert (cell.value, cell.bounds) == (Decimal("50.00"), None)


def test_band_7_to_10_is_wholly_under_12_and_straddles_6_to_9():
    of = counts(ages(3, {"7-10": 1, "12-13": 1}))
    assert share(of, "share_self_generated_under_12").value == Decimal("50.00")
    assert share(of, "share_self_generated_6_9").bounds == Bounds(Decimal("0.00"), Decimal("50.00"))


SEXES = ["girls", "boys", "both", "undetermined", NOT_RECORDED]
ANSWERS = ["yes", "no", "undetermined", NOT_RECORDED]
span_days = st.one_of(st.none(), st.dates(date(2022, 6, 1), date(2024, 6, 1)))


@st.composite
def years_of_counts(draw):
    """A year in which each finding belongs to one cell, under a ledger of any shape."""
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from(YEAR), st.sampled_from(ANSWERS), st.sampled_from(SEXES), st.integers(1, 50)),
            max_size=30,
        )
    )
    cells: dict = defaultdict(int)
    for month, answer, sex, value in rows:
        cells["urls_confirmed", TOTAL, (), month] += value
        cells["urls_confirmed", "sex", (sex,), month] += value
        cells["urls_confirmed", "self_generated", (answer,), month] += value
        cells["urls_confirmed", "self_generated_sex", (answer, sex), month] += value
        if answer == "yes":
            cells["urls_self_generated", TOTAL, (), month] += value
            cells["urls_self_generated", "sex", (sex,), month] += value
    spans = {}
    for dimension in (Dimension.ASSESSMENT, Dimension.SELF_GENERATED, Dimension.SEX):
        start = draw(span_days)
        spans[dimension] = (
            [] if start is None else [Span(start, draw(st.one_of(st.none(), st.dates(start, date(2024, 9, 1)))))]
        )
    return counts(cells, spans=spans)


@given(years_of_counts(), st.sampled_from([(0, 12), (0, 1), (6, 9), (7, 8)]))
@settings(max_examples=150, deadline=None)
def test_parts_add_up_to_the_whole_under_any_ledger(of, window):
    months = YEAR[slice(*window)]
    for figure_key, breakdown in (
        ("urls_confirmed", "sex"),
        ("urls_confirmed", "self_generated"),
        ("urls_confirmed", "self_generated_sex"),
        ("urls_self_generated", "sex"),
    ):
        whole = figure(of, figure_key, months)
        found = parts(of, figure_key, breakdown, months)
        assert sum(cell.value or 0 for cell in found.values()) == (whole.value or 0)
        if whole.value is None:
            assert all(cell.value is None for cell in found.values())


@given(years_of_counts())
@settings(max_examples=100, deadline=None)
def test_a_share_never_has_more_above_than_below_and_nothing_unrecorded_has_a_value(of):
    cell = share(of, "share_girls")
    if cell.denominator is not None:
        assert 0 <= cell.numerator <= cell.denominator
        assert cell.coverage.full > 0
    for found in parts(of, "urls_confirmed", "self_generated_sex").values():
        assert (found.value is None) == found.coverage.is_none


@pytest.mark.parametrize("key", list(SHARES))
def test_every_share_names_a_breakdown_that_divides_its_figure_and_requires_all_of_both(key):
    declared = SHARES[key]
    assert declared.of in BREAKDOWNS[declared.by].figures
    needed = {*FIGURES[declared.of].requires, *(axis.dimension for axis in BREAKDOWNS[declared.by].axes)}
    assert set(declared.requires) == needed


def test_declarations_fit_the_rollups_columns_and_each_other():
    for breakdown in BREAKDOWNS.values():
        assert len(breakdown.key) <= 32
        assert len(breakdown.axes) in {1, 2}
        # A crossed table has the parts across, so it can hold one figure only.
        assert len(breakdown.axes) == 1 or len(breakdown.figures) == 1
        assert TOTAL not in BREAKDOWNS
        assert set(breakdown.figures) <= set(FIGURES)
    assert all(len(key) <= 32 for key in FIGURES)
