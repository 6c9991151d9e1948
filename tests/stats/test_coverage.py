"""Full, partly, none; and what it makes of a figure's status."""

from datetime import date

import pytest

from cases.codes import Dimension
from stats.coverage import Coverage, Ledger, Recorded, Span, Status, observation_status, weakest
from stats.periods import Month, Year

F, P, N = Recorded.FULL, Recorded.PARTLY, Recorded.NONE
TODAY = date(2025, 3, 10)


def ledger(*spans: tuple[date, date | None], today: date = TODAY) -> Ledger:
    return Ledger({Dimension.SEX: [Span(*span) for span in spans]}, today)


def of_sex(book: Ledger, month: Month) -> Recorded:
    return book.recorded(Dimension.SEX, month)


def test_month_is_full_from_the_first_to_the_last_day():
    book = ledger((date(2024, 2, 1), date(2024, 2, 29)))
    assert [of_sex(book, Month(2024, month)) for month in (1, 2, 3)] == [N, F, N]


@pytest.mark.parametrize(
    "span",
    [(date(2024, 2, 2), None), (date(2023, 1, 1), date(2024, 2, 28)), (date(2024, 2, 29), date(2024, 2, 29))],
)
def test_month_with_a_day_missing_is_partly_recorded(span):
    assert of_sex(ledger(span), Month(2024, 2)) is P


def test_adjoining_spans_make_a_full_month_and_a_gap_of_a_day_does_not():
    first = (date(2024, 1, 1), date(2024, 2, 14))
    assert of_sex(ledger(first, (date(2024, 2, 15), None)), Month(2024, 2)) is F
    assert of_sex(ledger(first, (date(2024, 2, 16), None)), Month(2024, 2)) is P


def test_dimension_that_the_ledger_does_not_name_is_not_recorded():
    assert ledger((date(2024, 1, 1), None)).recorded(Dimension.AGE_BAND, Month(2024, 2)) is N


def test_running_month_counts_and_months_not_yet_begun_do_not():
    book = ledger((date(2020, 1, 1), None))
    assert of_sex(book, Month(2025, 3)) is F
    assert of_sex(book, Month(2025, 4)) is N
    assert book.of_period([Dimension.SEX], Year(2025).months) == Coverage((F, F, F, *[N] * 9))


def test_weakest_dimension_decides():
    assert weakest([F, P, N]) is N
    assert weakest([F, P]) is P
    assert weakest([]) is F


def test_year_recorded_from_august_is_partial_with_five_months():
    coverage = ledger((date(2023, 8, 1), None)).of_period([Dimension.SEX], Year(2023).months)
    assert (coverage.status, coverage.full, coverage.partly, coverage.of) == ("partial", 5, 0, 12)


def test_year_recorded_from_the_middle_of_august_has_four_full_months_and_one_in_part():
    coverage = ledger((date(2023, 8, 15), None)).of_period([Dimension.SEX], Year(2023).months)
    assert (coverage.status, coverage.full, coverage.partly) == ("partial", 4, 1)


@pytest.mark.parametrize(
    ("months", "ended", "settled", "status"),
    [
        ((F, F), True, True, Status.NORMAL),
        ((F, F), False, True, Status.PROVISIONAL),
        ((F, F), True, False, Status.PROVISIONAL),
        ((F, N), False, True, Status.PROVISIONAL),
        ((F, N), True, True, Status.BREAK),
        ((P, P), True, True, Status.BREAK),
        ((N, N), True, True, Status.NOT_COLLECTED),
        ((N, N), False, False, Status.NOT_COLLECTED),
    ],
)
def test_observation_status(months, ended, settled, status):
    assert observation_status(Coverage(months), ended=ended, settled=settled) is status


def test_coverage_equals_only_over_the_same_months_and_never_in_part():
    assert Coverage((F, N)).equals(Coverage((F, N)))
    assert not Coverage((F, N)).equals(Coverage((N, F)))
    assert not Coverage((F, P)).equals(Coverage((F, P)))
