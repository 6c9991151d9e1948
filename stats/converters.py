"""Months and years in addresses."""

from stats.periods import Month, Year


class MonthConverter:
    """'2024-03'."""

    regex = "[0-9]{4}-(?:0[1-9]|1[0-2])"
    sample = Month(2024, 3)

    def to_python(self, value: str) -> Month:
        """The month. ``ValueError``, which is 404 here, for one that is none."""
        return Month.parse(value)

    def to_url(self, value: Month) -> str:
        """As it is written."""
        return str(value)


class YearConverter:
    """'2024': the year a hotline's year starts in. Which month it starts in is the view's business."""

    regex = "[0-9]{4}"
    sample = 2024

    def to_python(self, value: str) -> int:
        """Its number. ``ValueError``, which is 404 here, for one that is none."""
        return Year.parse(value).year

    def to_url(self, value: int) -> str:
        """In four digits."""
        return f"{value:04d}"
