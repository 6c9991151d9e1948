"""Months, years and the edges between them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.days import hotline_day
from stats.periods import Month, PeriodError, Year, months_between

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
UTC = ZoneInfo("UTC")


def month_at(*moment: int, zone: ZoneInfo = AMSTERDAM) -> str:
    return str(Month.containing(hotline_day(datetime(*moment, tzinfo=zone))))


def test_month_at_half_past_eleven_on_new_years_eve_is_december():
    assert month_at(2024, 12, 31, 23, 30) == "2024-12"


def test_month_at_half_past_midnight_on_new_years_day_is_january_though_utc_still_has_december():
    assert datetime(2025, 1, 1, 0, 30, tzinfo=AMSTERDAM).astimezone(UTC).year == 2024
    assert month_at(2025, 1, 1, 0, 30) == "2025-01"


def test_month_of_a_utc_moment_after_eleven_at_night_is_the_next_months_in_amsterdam():
    assert month_at(2024, 12, 31, 23, 30, zone=UTC) == "2025-01"


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        # Clocks go forward at 02:00 on 31 March 2024: the last hour of the month is one UTC hour earlier.
        (datetime(2024, 3, 31, 21, 59, tzinfo=UTC), date(2024, 3, 31)),
        (datetime(2024, 3, 31, 22, 0, tzinfo=UTC), date(2024, 4, 1)),
        (datetime(2024, 3, 30, 22, 59, tzinfo=UTC), date(2024, 3, 30)),
        (datetime(2024, 3, 30, 23, 0, tzinfo=UTC), date(2024, 3, 31)),
        # Clocks go back at 03:00 on 27 October 2024: half past two comes twice, on the same day.
        (datetime(2024, 10, 27, 2, 30, fold=0, tzinfo=AMSTERDAM), date(2024, 10, 27)),
        (datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=AMSTERDAM), date(2024, 10, 27)),
        (datetime(2024, 10, 26, 21, 59, tzinfo=UTC), date(2024, 10, 26)),
        (datetime(2024, 10, 26, 22, 0, tzinfo=UTC), date(2024, 10, 27)),
        (datetime(2024, 10, 27, 22, 59, tzinfo=UTC), date(2024, 10, 27)),
        (datetime(2024, 10, 27, 23, 0, tzinfo=UTC), date(2024, 10, 28)),
    ],
)
def test_day_on_both_nights_the_clocks_change(moment, day):
    assert hotline_day(moment) == day


def test_day_of_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="naive"):
        hotline_day(datetime(2024, 1, 1, 0, 30))  # noqa: DTZ001 - that is the point


def test_leap_day_is_in_a_february_of_29_days():
    assert month_at(2024, 2, 29, 23, 59) == "2024-02"
    assert (Month(2024, 2).days, Month(2023, 2).days, Month(2024, 2).until) == (29, 28, date(2024, 3, 1))


def test_month_parse_reads_what_str_writes():
    assert Month.parse("2024-03") == Month(2024, 3)
    assert str(Month.parse("2024-03")) == "2024-03"


@pytest.mark.parametrize(
    "text", ["2024-3", "2024-13", "2024-00", "2024-03\n", "٢٠٢٤-03", "24-03", "2024-03-01", "", "0000-01"]
)
def test_month_parse_refuses_anything_else_and_does_not_repeat_it(text):
    with pytest.raises(PeriodError, match=r"\Aa month is (written as 2024-03|a year and a number from 1 to 12)\Z"):
        Month.parse(text)


@given(st.integers(1, 9000), st.integers(1, 12), st.integers(-1000, 1000))
def test_shift_and_back_is_the_same_month(year, month, by):
    start = Month(year + 500, month)
    moved = start.shift(by)
    assert moved.shift(-by) == start
    assert moved.number - start.number == by


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)))
def test_every_day_lies_in_its_month(day):
    month = Month.containing(day)
    assert month.first <= day < month.until
    assert month.shift(1).first == month.until


def test_months_between_includes_both_ends_and_is_empty_backwards():
    assert [str(m) for m in months_between(Month(2024, 11), Month(2025, 2))] == [
        "2024-11", "2024-12", "2025-01", "2025-02",
    ]  # fmt: skip
    assert list(months_between(Month(2025, 2), Month(2025, 1))) == []


def test_year_that_starts_in_november():
    year = Year(2024, 11)
    assert str(year) == "2024-11..2025-10"
    assert [str(month) for month in year.months] == [
        "2024-11", "2024-12", "2025-01", "2025-02", "2025-03", "2025-04",
        "2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10",
    ]  # fmt: skip
    assert (year.first, year.until) == (date(2024, 11, 1), date(2025, 11, 1))


def test_year_containing_a_day_by_its_start_month():
    assert Year.containing(date(2025, 10, 31), 11) == Year(2024, 11)
    assert Year.containing(date(2025, 11, 1), 11) == Year(2025, 11)
    assert Year.containing(date(2025, 1, 1)) == Year(2025)


@given(st.integers(1990, 2100), st.integers(1, 12))
def test_years_follow_on_each_other_without_gap_or_overlap(number, start_month):
    year = Year(number, start_month)
    assert year.until == year.shift(1).first
    assert len(year.months) == 12
    assert all(Year.containing(month.until - timedelta(days=1), start_month) == year for month in year.months)


def test_calendar_year_is_written_as_its_number():
    assert (str(Year(2024)), str(Year.parse("2024", 1))) == ("2024", "2024")


@pytest.mark.parametrize(
    ("text", "start"), [("24", 1), ("2024\n", 1), ("2024", 0), ("2024", 13), ("9999", 1), ("0000", 1)]
)
def test_year_parse_refuses(text, start):
    with pytest.raises(PeriodError):
        Year.parse(text, start)
