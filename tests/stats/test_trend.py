"""Years side by side: counted here or published elsewhere, never mixed, and growth only within one series."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.codes import Dimension
from stats.building.growth import Refusal
from stats.coverage import Span, Status
from stats.declarations import TOTAL
from stats.exports.observations import observations, period_of, row_label
from stats.figures import FIGURES
from stats.periods import Month, PeriodError, Year
from stats.publication import Publication
from stats.published_figures import Total
from stats.tables import Shape
from stats.trend.years import SOURCE_KEY_LENGTH, breaks, source_key, trend_growth, trend_table, year_of_row
from tests.stats.exports.sample import sample_publication
from tests.stats.test_reading import ALWAYS, TODAY, counts

INHOPE = {2020: 1_038_250, 2021: 910_642, 2022: 587_852, 2023: 785_322, 2024: 2_497_438}
YEARS = [Year(number) for number in range(2020, 2026)]


def totals(source: str = "INHOPE", figure: str = "urls_assessed", values=None) -> list[Total]:
    return [
        Total(year=Year(year), figure=figure, value=value, source=source) for year, value in (values or INHOPE).items()
    ]


def since(first: str) -> dict:
    return {dimension: [Span(date.fromisoformat(first), None)] for dimension in ALWAYS}


def year_counts(values: dict[int, int], *, figure: str = "urls_assessed", first: str = "2023-01-01", **options):
    """Each year's whole count in its June; recorded from a day on."""
    months = [month for year in YEARS for month in year.months if month.first <= TODAY]
    cells = {(figure, TOTAL, (), Month(year, 6)): value for year, value in values.items()}
    return counts(cells, counted=months, spans=since(first) | options)


def column(table, key: str = "urls_assessed") -> dict:
    place = table.column(key)
    return {row.key: row.cells[place].value for row in table.rows}


NEVER = counts({}, spans={dimension: [] for dimension in Dimension})


def test_published_years_are_told_with_growth_on_the_old_value():
    table = trend_table(NEVER, totals(), YEARS)
    assert (table.key, table.shape) == ("trend", Shape.YEARS)
    assert column(table) == {f"{year}@inhope": value for year, value in INHOPE.items()}
    changes = trend_growth(table, today=TODAY)
    assert {row: change.change for (row, _figure), change in changes.items()} == {
        "2021@inhope": Decimal("-12.3"),
        "2022@inhope": Decimal("-35.4"),
        "2023@inhope": Decimal("33.6"),
        "2024@inhope": Decimal("218.0"),
    }
    assert breaks(table, "urls_assessed", today=TODAY) == {}


def test_row_of_a_published_total_names_its_source_and_has_no_coverage():
    (row,) = trend_table(NEVER, totals(values={2022: 5}), YEARS).rows
    assert (row.key, str(row.label)) == ("2022@inhope", "2022, INHOPE")
    known = row.cells[list(FIGURES).index("urls_assessed")]
    assert (known.value, known.status, known.source, known.coverage.of) == (5, Status.NORMAL, "INHOPE", 0)
    unknown = row.cells[0]
    assert (unknown.value, unknown.status, unknown.source) == (None, Status.NOT_COLLECTED, "INHOPE")


def test_counts_keep_their_numbers_and_published_totals_stand_beside_them():
    table = trend_table(year_counts({2023: 70, 2024: 80}), totals(), YEARS)
    assert column(table) == {
        "2020@inhope": 1_038_250, "2021@inhope": 910_642, "2022@inhope": 587_852,
        "2023": 70, "2023@inhope": 785_322, "2024": 80, "2024@inhope": 2_497_438, "2025": 0,
    }  # fmt: skip


def test_growth_within_a_source_is_told_and_across_sources_refused_with_the_reason():
    table = trend_table(year_counts({2023: 70, 2024: 84}), totals(values={2022: 50, 2024: 60}), YEARS)
    changes = {
        row: change for (row, figure), change in trend_growth(table, today=TODAY).items() if figure == "urls_assessed"
    }
    assert changes["2023"].refusal is Refusal.OTHER_SOURCE
    assert changes["2024"].change == Decimal("20.0")
    assert changes["2024@inhope"].refusal is Refusal.OTHER_SOURCE
    assert changes["2025"].refusal is Refusal.NOT_ENDED
    assert "2022@inhope" not in changes


def test_series_breaks_before_the_first_year_that_is_counted_here():
    table = trend_table(year_counts({2023: 70, 2024: 84}), totals(values={2021: 40, 2022: 50}), YEARS)
    assert breaks(table, "urls_assessed", today=TODAY) == {Year(2023): Refusal.OTHER_SOURCE}


def test_series_breaks_where_a_part_of_a_year_is_compared_with_a_whole_one():
    table = trend_table(year_counts({2023: 70, 2024: 84}, first="2023-04-01"), [], YEARS)
    assert table.cell("2023", "urls_assessed").status is Status.BREAK
    assert breaks(table, "urls_assessed", today=TODAY) == {Year(2024): Refusal.UNEQUAL_COVERAGE}


def test_figures_only_known_from_publications_have_a_column_where_there_is_a_total():
    plain = trend_table(year_counts({2023: 70}), totals(), YEARS)
    assert [found.key for found in plain.columns] == list(FIGURES)
    table = trend_table(year_counts({2023: 70}), totals(figure="urls_new", values={2022: 497_001}), YEARS)
    assert [found.key for found in table.columns] == [*FIGURES, "urls_new"]
    counted = table.cell("2023", "urls_new")
    assert (counted.value, counted.status, counted.coverage.is_none) == (None, Status.NOT_COLLECTED, True)


def test_years_without_any_number_are_left_out():
    table = trend_table(year_counts({2024: 1}, first="2024-01-01"), [], YEARS)
    assert [row.key for row in table.rows] == ["2024", "2025"]
    assert trend_table(NEVER, [], YEARS).rows == ()


def test_years_that_start_in_another_month():
    year = Year(2023, 11)
    of = counts({("reports", TOTAL, (), Month(2024, 2)): 5}, counted=year.months)
    table = trend_table(of, [Total(year=year, figure="reports", value=9, source="Jaarverslag")], [year])
    assert column(table, "reports") == {"2023-11..2024-10": 5, "2023-11..2024-10@jaarverslag": 9}
    assert [year_of_row(row.key) for row in table.rows] == [year, year]


def test_what_is_no_year_is_refused():
    with pytest.raises(PeriodError):
        year_of_row("total")


@pytest.mark.parametrize(("source", "key"), [("INHOPE", "inhope"), ("Offlimits 2021", "offlimits_2021")])
def test_source_that_is_short_and_plain_is_its_own_key(source, key):
    assert source_key(source) == key


letters = st.text("ABCab éë019,'()&+-", min_size=1, max_size=60)


@given(letters, letters)
def test_keys_of_sources_fit_are_plain_and_differ_as_the_sources_do(one, other):
    keys = [source_key(one), source_key(other)]
    assert all(
        len(key) <= SOURCE_KEY_LENGTH and set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789_") for key in keys
    )
    assert (keys[0] == keys[1]) == (one.lower() == other.lower())


def test_a_published_row_is_of_its_own_year_and_keeps_its_source_in_every_form():
    table = trend_table(NEVER, totals(values={2022: 5}), YEARS)
    (row,) = table.rows
    assert period_of(table, row, table.columns[0]) == Year(2022).period
    assert row_label(table, row) == "2022, INHOPE"


def test_no_two_observations_of_a_trend_have_the_same_key():
    several = [*totals(), *totals("Offlimits", values={2023: 5})]
    table = trend_table(year_counts({2023: 70, 2024: 84}), several, YEARS)
    publication = Publication(facts=sample_publication().facts, tables=(table,), passports=(), is_internal=True)
    keys = [(seen.period, seen.figure, seen.down and seen.down.key) for seen in observations(publication)]
    assert len(set(keys)) == len(keys) == len(table.rows) * len(table.columns)
