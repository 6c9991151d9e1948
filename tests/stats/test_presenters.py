"""Numbers in words and signs."""

from fractions import Fraction

import pytest
from django.utils import translation

from stats.words.presenters import signed


@pytest.mark.parametrize(
    ("change", "places", "said"),
    [
        (12, 0, "+12"),
        (-1234, 0, "\N{MINUS SIGN}1.234"),
        (0, 0, "0"),
        (Fraction(-1, 1000), 2, "0,00"),
        (Fraction(1, 1000), 2, "0,00"),
        (Fraction(-1, 200), 2, "\N{MINUS SIGN}0,01"),
        (Fraction(7, 2), 1, "+3,5"),
    ],
)
def test_a_change_has_its_sign_unless_it_rounds_to_nothing(change, places, said):
    with translation.override("nl"):
        assert signed(change, places) == said
