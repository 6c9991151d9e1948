"""Exact percentages, and growth that can not mislead."""

from dataclasses import replace
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.bilingual import both
from stats.building.growth import REASONS, Refusal, growth
from stats.coverage import Coverage, Recorded, Status
from stats.declarations import Unit
from stats.tables import Cell, percent, rounded

FULL = Coverage((Recorded.FULL,) * 12)
PARTIAL = Coverage((Recorded.NONE,) * 7 + (Recorded.FULL,) * 5)


def cell(value, *, coverage=FULL, **fields) -> Cell:
    return Cell(value=value, coverage=coverage, status=Status.NORMAL, **fields)


def share(numerator: int, denominator: int) -> Cell:
    return cell(percent(numerator, denominator), numerator=numerator, denominator=denominator)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (1, 3, "33.33"),
        (2, 3, "66.67"),
        (1, 800, "0.13"),
        (1, 8000, "0.01"),
        (1, 20001, "0.00"),
        (5, 5, "100.00"),
        (0, 7, "0.00"),
    ],
)
def test_percent_has_two_decimals_rounded_half_up(numerator, denominator, expected):
    assert str(percent(numerator, denominator)) == expected


def test_percent_of_nothing_is_none():
    assert percent(0, 0) is None


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_percent_is_within_half_a_hundredth_of_the_exact_share(numerator, denominator):
    assert abs(Fraction(percent(numerator, denominator)) - Fraction(100 * numerator, denominator)) <= Fraction(1, 200)


def test_percent_does_not_depend_on_the_decimal_context():
    with localcontext() as context:
        context.prec = 2
        assert str(percent(123456, 200000)) == "61.73"


def test_rounded_goes_away_from_zero_on_both_sides():
    assert (rounded(Fraction(5, 100), 1), rounded(Fraction(-5, 100), 1)) == (Decimal("0.1"), Decimal("-0.1"))


def test_growth_is_on_the_old_value_as_inhope_should_have_printed():
    assert growth(cell(785_322), cell(587_852), Unit.URLS, ended=True).change == Decimal("33.6")


def test_growth_downwards_is_negative():
    assert growth(cell(50), cell(200), Unit.REPORTS, ended=True).change == Decimal("-75.0")


def test_growth_of_a_share_is_in_percentage_points():
    change = growth(share(3, 4), share(1, 2), Unit.PERCENT, ended=True)
    assert (change.change, change.in_points) == (Decimal("25.0"), True)


def test_growth_of_a_share_from_zero_percent_is_told():
    assert growth(share(1, 4), share(0, 4), Unit.PERCENT, ended=True).change == Decimal("25.0")


def test_growth_of_a_share_is_worked_out_before_rounding():
    # 33.33 -> 33.34 as printed would be 0.01; exactly it is 0.0044.
    change = growth(share(33338, 100000), share(33334, 100000), Unit.PERCENT, ended=True)
    assert change.change == Decimal("0.0")


@pytest.mark.parametrize(
    ("new", "old", "ended", "refusal"),
    [
        (cell(1), cell(1, coverage=PARTIAL), True, Refusal.UNEQUAL_COVERAGE),
        (cell(1, coverage=PARTIAL), cell(1), True, Refusal.UNEQUAL_COVERAGE),
        (cell(1), cell(0), True, Refusal.OLD_ZERO),
        (cell(1), cell(None), True, Refusal.OLD_UNKNOWN),
        (cell(None), cell(1), True, Refusal.NEW_UNKNOWN),
        (cell(1), cell(1), False, Refusal.NOT_ENDED),
        (cell(1, is_suppressed=True), cell(1), True, Refusal.SUPPRESSED),
        (cell(None), replace(cell(None), status=Status.SUPPRESSED), True, Refusal.SUPPRESSED),
        (cell(1), cell(1, source="INHOPE"), True, Refusal.OTHER_SOURCE),
        (cell(1, source="Offlimits"), cell(1, source="INHOPE"), True, Refusal.OTHER_SOURCE),
        (cell(1, rule="2"), cell(1, rule="1"), True, Refusal.OTHER_RULE),
        (cell(1, scheme="hotline"), cell(1, scheme="hotline+iwf"), True, Refusal.OTHER_SCHEME),
        # What is incomparable for ever is said before what time will mend.
        (cell(1, source="Offlimits"), cell(1, source="INHOPE"), False, Refusal.OTHER_SOURCE),
    ],
)
def test_growth_is_refused_with_its_reason(new, old, ended, refusal):
    refused = growth(new, old, Unit.URLS, ended=ended)
    assert (refused.change, refused.refusal) == (None, refusal)
    assert str(refused.reason) == str(REASONS[refusal])


def test_growth_over_the_same_part_of_two_years_is_told():
    assert growth(cell(3, coverage=PARTIAL), cell(2, coverage=PARTIAL), Unit.URLS, ended=True).change == Decimal("50.0")


def test_growth_within_one_source_rule_and_scheme_is_told():
    alike = {"source": "INHOPE", "rule": "2", "scheme": "iwf"}
    assert growth(cell(3, **alike), cell(2, **alike), Unit.URLS, ended=True).change == Decimal("50.0")


def test_growth_across_units_is_refused_both_ways():
    assert growth(cell(3), cell(2), Unit.URLS, old_unit=Unit.REPORTS, ended=True).refusal is Refusal.OTHER_UNIT
    assert growth(share(1, 2), cell(2), Unit.PERCENT, old_unit=Unit.URLS, ended=True).refusal is Refusal.OTHER_UNIT
    assert growth(cell(3), cell(2), Unit.URLS, old_unit=Unit.URLS, ended=True).change == Decimal("50.0")


def test_every_refusal_has_its_reason_in_both_languages():
    assert set(REASONS) == set(Refusal)
    for reason in REASONS.values():
        nl, en = both(reason)
        assert (nl[:11], en[:11]) == ("Geen groei:", "No growth: ")
