"""Phrases are never above the exact number."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from stats.words.phrases import fraction, over, over_percent, rounded_down


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@given(st.integers(0, 10**12))
def test_rounded_number_is_at_most_the_exact_one_and_says_whether_it_is_less(value):
    number, is_less = rounded_down(value)
    assert number <= value
    assert is_less == (number < value)
    assert value - number < max(1, value / 10)


@pytest.mark.parametrize(
    ("value", "phrase"),
    [
        (127_432, "over 127,000"),
        (127_000, "127,000"),
        (600_811, "over 600,000"),
        (9_999, "over 9,900"),
        (123, "over 120"),
        (99, "99"),
        (0, "0"),
    ],
)
def test_over(value, phrase):
    assert over(value) == phrase


def test_over_is_grouped_as_the_reader_writes_numbers():
    with translation.override("nl"):
        assert over(127_000) == "127.000"


@pytest.mark.parametrize(
    ("value", "phrase"), [("96.21", "over 96 percent"), ("96.00", "96 percent"), ("99.99", "over 99 percent")]
)
def test_over_percent(value, phrase):
    assert over_percent(Decimal(value)) == phrase


@pytest.mark.parametrize(
    ("value", "phrase"),
    [
        ("74.99", ""),
        ("75.00", "three quarters"),
        ("75.99", "three quarters"),
        ("76.00", ""),
        ("50.10", "half"),
        ("25.00", "a quarter"),
    ],
)
def test_fraction_is_said_from_the_exact_share_on_and_not_below(value, phrase):
    assert fraction(Decimal(value)) == phrase
