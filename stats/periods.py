"""Months and years as a hotline reports them. Pure: no clock, no database, no labels.

A month is a month of ``received_date``, a date in the hotline's own zone. A year may start in any month: some
hotlines report from 1 November to 31 October.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self

MONTHS_IN_YEAR = 12
MONTHS_IN_QUARTER = 3
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])\Z")
_YEAR = re.compile(r"[0-9]{4}\Z")
_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])\Z")
_RANGE = re.compile(r"([0-9]{4}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2})\Z")
# date() ends with the year 9999, and the day after December must still be one.
_LAST_YEAR = 9998


class PeriodError(ValueError):
    """A text or number that is no month or year. Never repeats what was given."""


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month. Ordered in time; as text ``2024-03``."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.year <= _LAST_YEAR and 1 <= self.month <= MONTHS_IN_YEAR):
            msg = "a month is a year and a number from 1 to 12"
            raise PeriodError(msg)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The month that '2024-03' names. Raises ``PeriodError`` for anything else."""
        found = _MONTH.match(text)
        if not found:
            msg = "a month is written as 2024-03"
            raise PeriodError(msg)
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def containing(cls, day: date) -> Self:
        """The month a day is in."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def until(self) -> date:
        """The day after the last one."""
        return self.shift(1).first

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.first).days

    @property
    def number(self) -> int:
        """Months since the year 0: consecutive months have consecutive numbers."""
        return self.year * MONTHS_IN_YEAR + self.month - 1

    def shift(self, months: int) -> "Month":
        """The month so many later, or earlier when negative."""
        year, month = divmod(self.number + months, MONTHS_IN_YEAR)
        return Month(year, month + 1)


def months_between(first: Month, last: Month) -> Iterator[Month]:
    """Every month from ``first`` to ``last`` inclusive; none when ``last`` is before ``first``."""
    for step in range(last.number - first.number + 1):
        yield first.shift(step)


@dataclass(frozen=True, order=True, slots=True)
class Year:
    """Twelve months, named after the year they start in; as text ``2024``, or ``2024-11..2025-10``."""

    year: int
    start_month: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.year < _LAST_YEAR:
            msg = "a year is written as 2024"
            raise PeriodError(msg)
        if not 1 <= self.start_month <= MONTHS_IN_YEAR:
            msg = "a year starts in a month from 1 to 12"
            raise PeriodError(msg)

    def __str__(self) -> str:
        return f"{self.year:04d}" if self.is_calendar_year else f"{self.months[0]}..{self.months[-1]}"

    @classmethod
    def parse(cls, text: str, start_month: int = 1) -> Self:
        """The year that '2024' names. Raises ``PeriodError`` for anything else."""
        if not _YEAR.match(text):
            msg = "a year is written as 2024"
            raise PeriodError(msg)
        return cls(int(text), start_month)

    @classmethod
    def containing(cls, day: date, start_month: int = 1) -> Self:
        """The year, of those that start in this month, that a day is in."""
        return cls(day.year if day.month >= start_month else day.year - 1, start_month)

    @property
    def is_calendar_year(self) -> bool:
        """Whether it runs from January to December."""
        return self.start_month == 1

    @property
    def months(self) -> tuple[Month, ...]:
        """Its twelve months, in order."""
        start = Month(self.year, self.start_month)
        return tuple(start.shift(step) for step in range(MONTHS_IN_YEAR))

    @property
    def first(self) -> date:
        """The first day."""
        return self.months[0].first

    @property
    def until(self) -> date:
        """The day after the last one."""
        return self.months[-1].until

    def shift(self, years: int) -> "Year":
        """The year so many later, or earlier when negative."""
        return Year(self.year + years, self.start_month)

    @property
    def period(self) -> "Period":
        """The same months as a period."""
        return Period(self.months[0], MONTHS_IN_YEAR)


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """What a release is of: a month, a quarter or a year, starting in any month.

    As text ``2024-03``, ``2024-Q1``, ``2024``; where it does not start with the calendar's ``2024-11..2025-10``.
    """

    start: Month
    length: int

    def __post_init__(self) -> None:
        if self.length not in {1, MONTHS_IN_QUARTER, MONTHS_IN_YEAR}:
            msg = "a period is a month, a quarter or a year"
            raise PeriodError(msg)

    def __str__(self) -> str:
        if self.length == 1:
            return str(self.start)
        if self.length == MONTHS_IN_YEAR and self.start.month == 1:
            return f"{self.start.year:04d}"
        if self.length == MONTHS_IN_QUARTER and self.start.month % MONTHS_IN_QUARTER == 1:
            return f"{self.start.year:04d}-Q{self.start.month // MONTHS_IN_QUARTER + 1}"
        return f"{self.start}..{self.months[-1]}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The period that '2024', '2024-Q1', '2024-03' or '2024-11..2025-10' names.

        Raises ``PeriodError`` for anything else.
        """
        if _YEAR.match(text):
            return cls(Month(int(text), 1), MONTHS_IN_YEAR)
        if found := _QUARTER.match(text):
            return cls(Month(int(found[1]), (int(found[2]) - 1) * MONTHS_IN_QUARTER + 1), MONTHS_IN_QUARTER)
        if _MONTH.match(text):
            return cls(Month.parse(text), 1)
        if found := _RANGE.match(text):
            first, last = Month.parse(found[1]), Month.parse(found[2])
            return cls(first, last.number - first.number + 1)
        msg = "a period is written as 2024, 2024-Q1, 2024-03 or 2024-11..2025-10"
        raise PeriodError(msg)

    @property
    def months(self) -> tuple[Month, ...]:
        """Its months, in order."""
        return tuple(self.start.shift(step) for step in range(self.length))

    @property
    def first(self) -> date:
        """The first day."""
        return self.start.first

    @property
    def until(self) -> date:
        """The day after the last one."""
        return self.start.shift(self.length).first

    @property
    def before(self) -> "Period":
        """The same months of the year before: what a year, a quarter or a month is compared with."""
        return Period(self.start.shift(-MONTHS_IN_YEAR), self.length)

    def overlaps(self, other: "Period") -> bool:
        """Whether they share a month."""
        return self.first < other.until and other.first < self.until
