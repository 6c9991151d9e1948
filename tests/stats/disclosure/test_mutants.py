"""Each step of the protection taken out: the attacker must notice. Were he to stay silent, he would prove nothing."""

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.disclosure import gather, solver, tables
from stats.disclosure.bands import band_of, told_by
from stats.disclosure.gather import Gathered
from stats.disclosure.parts import Counted
from stats.disclosure.tables import Earlier, protect
from stats.periods import Month, Period
from stats.tables import Bounds
from tests.stats.disclosure.alarm import alarms, published
from tests.stats.disclosure.test_attack import PERIOD, random_release
from tests.stats.disclosure.worlds import Record, release, released, world


def heard(keys: tuple[str, ...] = (), seeds: int = 40) -> int:
    """How many of some random releases set the alarm off."""
    return sum(bool(alarms([(PERIOD, protect(made(seed, keys), period=PERIOD, threshold=5).tables, 0)]))
               for seed in range(seeds))  # fmt: skip


def made(seed: int, keys: tuple[str, ...]):
    if not keys:
        return random_release(seed)
    records = world(Random(seed), 10, months=[PERIOD.start.number], codes=4)  # noqa: S311 - repeatable, not secret
    return release(records, PERIOD, keys)


def test_nothing_taken_out_is_silent():
    assert heard() == 0


def test_without_secondary_suppression_the_alarm_goes_off(monkeypatch):
    monkeypatch.setattr(solver._Solver, "_audit", lambda *_args: None)
    assert heard() > 10


def test_without_widths_the_alarm_goes_off(monkeypatch):
    # As if one more hidden cell in a row were enough, however small it is.
    monkeypatch.setattr(solver.Audit, "of", lambda self, place: self._wide(place, 1))
    assert heard() > 5


def test_without_linked_tables_the_alarm_goes_off(monkeypatch):
    def as_it_stands(figure, codes=(), among=None):
        return Counted(figure, frozenset(codes), among)

    keys = ("sex", "self_generated_sex")
    assert heard(keys) == 0
    monkeypatch.setattr(gather, "counted", as_it_stands)
    assert heard(keys) > 5


def test_without_share_cells_the_alarm_goes_off(monkeypatch):
    keys = ("headline", "sex", "age_band")
    assert heard(keys) == 0
    monkeypatch.setattr(Gathered, "_share", lambda *_args: None)
    assert heard(keys) > 5


def test_without_what_lies_between_two_figures_the_alarm_goes_off(monkeypatch):
    keys = ("hosting_country", "site_type")
    assert heard(keys) == 0
    monkeypatch.setattr(Gathered, "_relate_figures", lambda _self: None)
    assert heard(keys) > 5


def test_without_age_groups_the_alarm_goes_off(monkeypatch):
    keys = ("age_band", "age_groups")
    assert heard(keys) == 0
    monkeypatch.setattr(Gathered, "_group", lambda *_args: None)
    assert heard(keys) > 5


QUARTER = Period(Month(2024, 1), 3)
MONTHS = QUARTER.months


def quarter_after_months(seed: int, *, knows_earlier: bool) -> list:
    """Three months are released one by one, then their quarter."""
    records = world(Random(seed), 12, months=[month.number for month in MONTHS], codes=3)  # noqa: S311 - repeatable, not secret
    periods = [*(Period(month, 1) for month in MONTHS), QUARTER]
    made = released(records, periods, ("sex", "hosting_country"), knows_earlier=knows_earlier)
    return alarms(made.marked, records=records, given_up=made.given_up)


def test_without_earlier_releases_the_alarm_goes_off():
    assert not any(quarter_after_months(seed, knows_earlier=True) for seed in range(15))
    assert sum(bool(quarter_after_months(seed, knows_earlier=False)) for seed in range(15)) > 5


def test_without_ties_between_periods_the_alarm_goes_off(monkeypatch):
    monkeypatch.setattr(tables, "tie", lambda *_args: None)
    assert any(quarter_after_months(seed, knows_earlier=True) for seed in range(15))


def of_sexes(keys=("headline", "sex"), **sizes: int) -> list:
    """A month's headline and table by sex, of so many URLs each."""
    record = {"url_outcome": "confirmed_baseline", "self_generated": "no", "age_band": "6-9"}
    record |= {"hosting_country": "NL", "site_type": "forum"}
    records = [Record(PERIOD.start.number, size, {**record, "sex": sex}) for sex, size in sizes.items()]
    return release(records, PERIOD, keys)


def test_a_cell_alone_in_its_row_and_column_shows_what_the_alarm_hears():
    (table,) = protect(of_sexes(["sex"], girls=3, boys=40, both=50), period=PERIOD, threshold=5).tables
    assert [cell.is_suppressed for row in table.rows for cell in row.cells[:1]] == [True, True, *[False] * 4]


def share_of_girls(tables):
    return tables[0].cell("share_girls", str(PERIOD))


def test_a_share_of_many_is_told_within_bounds_and_of_few_not_at_all():
    many = protect(of_sexes(girls=20_000, boys=4, both=3_000), period=PERIOD, threshold=5).tables
    assert share_of_girls(many).is_suppressed
    told = share_of_girls([published(many[0])])
    assert (told.bounds, told.status.value) == (Bounds(Decimal(99), Decimal(100)), "A")
    assert (told.value, told.numerator, told.denominator, told.is_suppressed) == (None, None, None, False)
    assert alarms([(PERIOD, many, 0)]) == []
    few = protect(of_sexes(girls=900, boys=4, both=300), period=PERIOD, threshold=5).tables
    hidden = share_of_girls([published(few[0])])
    assert (hidden.status.value, hidden.value, hidden.bounds, hidden.denominator) == ("Q", None, None, None)


# 50.005%: were two fewer undetermined and two more boys, it would be told as 49 to 50.
AT_THE_EDGE = {"girls": 5_001, "boys": 5_000, "undetermined": 3}


def test_a_share_at_the_edge_of_a_point_gives_nothing_away():
    found = protect(of_sexes(**AT_THE_EDGE), period=PERIOD, threshold=5).tables
    told = share_of_girls([published(found[0])])
    assert (told.bounds, told.numerator) == (Bounds(Decimal(50), Decimal(51)), None)
    assert alarms([(PERIOD, found, 0)]) == []


def test_without_what_a_band_tells_the_alarm_goes_off(monkeypatch):
    monkeypatch.setattr(Gathered, "_limit", lambda *_args: None)
    found = protect(of_sexes(**AT_THE_EDGE), period=PERIOD, threshold=5).tables
    assert alarms([(PERIOD, found, 0)]) != []


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(2, 100))
def test_band_is_the_percentage_point_that_holds_the_share(held, left, threshold):
    band = band_of(held, held + left, threshold)
    many = held + left >= 1_600 * threshold
    assert (band is not None) is many
    if band:
        lower, upper = band
        assert (upper, lower >= 0, upper <= 100) == (lower + 1, True, True)
        assert lower <= 100 * Fraction(held, held + left) <= upper


@settings(max_examples=300, deadline=None)
@given(st.integers(7_000, 9_000), st.data())
def test_what_an_attacker_takes_a_band_to_tell_is_all_it_tells(base, data):
    """Exactly those numbers that keep the limits would have been told in the same way."""
    held, other = data.draw(st.integers(0, base)), data.draw(st.integers(7_000, 9_000))
    near = data.draw(st.integers(0, other))
    limits = list(told_by(held, base, 5))
    keeps = all(first * near + second * other >= least for first, second, least in limits)
    assert keeps is (band_of(near, other, 5) == band_of(held, base, 5))


@pytest.mark.parametrize(("sex", "hides"), [("boys", True), ("undetermined", True)])
def test_what_changed_by_a_few_is_not_told_again_where_it_tells_of_people(sex, hides):
    before = protect(of_sexes(girls=500, boys=100, both=70, undetermined=60), period=PERIOD, threshold=5).tables
    sizes = {"girls": 500, "boys": 100, "both": 70, "undetermined": 60}
    after = of_sexes(**{**sizes, sex: sizes[sex] + 2})
    earlier = [Earlier(1, PERIOD, before)]
    found = protect(after, period=PERIOD, threshold=5, earlier=earlier).tables
    assert found[1].cell(sex, "urls_confirmed").is_suppressed is hides
    # The total may be seen to change: the difference has to be told.
    assert not found[1].cell("total", "urls_confirmed").is_suppressed


def test_where_from_is_told_again_however_little_it_changed():
    def by_country(de: int) -> list:
        record = {"url_outcome": "confirmed_baseline", "self_generated": "no", "age_band": "6-9", "sex": "girls"}
        sizes = {"NL": 500, "DE": de, "FR": 90}
        records = [
            Record(PERIOD.start.number, size, {**record, "site_type": "forum", "hosting_country": country})
            for country, size in sizes.items()
        ]
        return release(records, PERIOD, ["headline", "hosting_country"])

    before = protect(by_country(100), period=PERIOD, threshold=5).tables
    after = protect(by_country(102), period=PERIOD, threshold=5, earlier=[Earlier(1, PERIOD, before)]).tables
    assert not any(cell.is_suppressed for row in after[1].rows for cell in row.cells)


@pytest.mark.parametrize("threshold", [3, 5, 10])
def test_threshold_is_the_one_asked_for(threshold):
    for seed in range(20):
        found = protect(made(seed, ("sex", "self_generated_sex")), period=PERIOD, threshold=threshold).tables
        assert alarms([(PERIOD, found, 0)], threshold) == []
