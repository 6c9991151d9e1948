"""The coverage ledger month by month."""

from datetime import date

from cases.ledger import year_row, years_of

TODAY = date(2024, 3, 10)


def test_a_month_is_full_partly_or_not_recorded_and_empty_when_it_has_not_begun():
    periods = [(date(2024, 1, 31), None)]
    assert year_row(2024, periods, today=TODAY).months == ("partly", "full", "full", *[""] * 9)


def test_days_of_several_periods_add_up():
    periods = [(date(2023, 2, 1), date(2023, 2, 14)), (date(2023, 2, 15), date(2023, 2, 28))]
    assert year_row(2023, periods, today=TODAY).months == ("not", "full", *["not"] * 10)


def test_a_leap_day_counts():
    assert year_row(2024, [(date(2024, 2, 1), date(2024, 2, 28))], today=TODAY).months[1] == "partly"


def test_years_run_from_the_first_recorded_to_this_one():
    assert list(years_of([(date(2022, 5, 1), None), (date(2023, 1, 1), None)], today=TODAY)) == [2022, 2023, 2024]
    assert list(years_of([], today=TODAY)) == [2024]
    assert list(years_of([(date(2025, 1, 1), None)], today=TODAY)) == [2024]
