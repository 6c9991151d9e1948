"""How many days things took: the exact median, what was within some days, the open last class, when it is firm."""

import statistics
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.codes import Dimension
from stats.counting.durations import OPEN_CLASS, days_of, median, within
from stats.counting.reading import Counts
from stats.coverage import Ledger, Span, Status
from stats.declarations import LONGER, TOTAL, Cumulative, Median
from stats.figures import COUNTED, DURATIONS, FIGURES, HELD
from stats.periods import Month
from stats.tables import Bounds

JANUARY, FEBRUARY, MARCH = (Month(2024, number) for number in (1, 2, 3))
MONTHS = (JANUARY, FEBRUARY, MARCH)
LATER = date(2025, 3, 10)
MEDIAN = DURATIONS["median_days_to_removal"]
WITHIN = [duration for duration in DURATIONS.values() if isinstance(duration, Cumulative)]
# Month of sending, kind of recipient, days to removal or None, URLs.
Sent = tuple[Month, str, int | None, int]


def code_of(days: int) -> str:
    return str(days) if days < OPEN_CLASS else LONGER


def counts(rows: list[Sent], *, today: date = LATER, first_day: date | None = date(2000, 1, 1)) -> Counts:
    """What the rollup holds of such referrals."""
    cells: dict = {(figure, TOTAL): {(): dict.fromkeys(MONTHS, 0)} for figure in COUNTED}

    def add(figure: str, breakdown: str, codes: tuple[str, ...], month: Month, value: int) -> None:
        by_month = cells.setdefault((figure, breakdown), {}).setdefault(codes, {})
        by_month[month] = by_month.get(month, 0) + value

    for month, kind, days, urls in rows:
        for figure in ("sent", "still_open" if days is None else "removed"):
            add(figure, TOTAL, (), month, urls)
            add(figure, "sent_kind", (kind,), month, urls)
        if days is not None:
            add("removed", "days_to_removal", (kind, code_of(days)), month, urls)
    spans = {} if first_day is None else {Dimension.REFERRALS: [Span(first_day, None)]}
    return Counts(cells, frozenset(MONTHS), frozenset(), Ledger(spans, today), {})


def each(rows: list[Sent]) -> list[int]:
    return [days for _month, _kind, days, urls in rows if days is not None for _ in range(urls)]


rows_of_a_quarter = st.lists(
    st.tuples(
        st.sampled_from(MONTHS),
        st.sampled_from(["hosting_provider", "platform", "police"]),
        st.one_of(st.none(), st.integers(0, 40), st.integers(0, OPEN_CLASS - 1)),
        st.integers(1, 5),
    ),
    max_size=25,
)


@given(rows_of_a_quarter)
@settings(max_examples=200, deadline=None)
def test_median_of_any_period_is_that_of_its_urls(rows):
    cell = counts(rows).of(MEDIAN, MONTHS)
    if days := each(rows):
        assert cell.value == Decimal(str(statistics.median(days)))
        assert (cell.bounds, cell.denominator) == (None, len(days))
    else:
        assert (cell.value, cell.bounds, cell.denominator) == (None, None, 0)


@given(rows_of_a_quarter)
@settings(max_examples=200, deadline=None)
def test_more_days_hold_no_fewer_and_all_of_them_no_more_than_were_removed_and_sent(rows):
    of = counts(rows)
    found = [of.of(duration, MONTHS).value for duration in WITHIN]
    assert found == [sum(1 for days in each(rows) if days <= duration.days) for duration in WITHIN]
    rising = [0, *found, *(of.figure(FIGURES[key], MONTHS).value for key in ("removed", "sent"))]
    assert rising == sorted(rising)


@given(rows_of_a_quarter)
@settings(max_examples=100, deadline=None)
def test_kinds_add_up_to_the_whole_and_months_to_the_quarter(rows):
    of = counts(rows)
    kinds = {kind for _month, kind, _days, _urls in rows}
    for duration in WITHIN:
        whole = of.of(duration, MONTHS).value
        assert sum(of.duration(duration, MONTHS, kind).value for kind in kinds) == whole
        assert sum(of.of(duration, [month]).value for month in MONTHS) == whole


def test_median_of_an_even_number_may_be_a_half_and_always_has_one_decimal():
    assert str(median({2: 1, 3: 1})) == "2.5"
    assert str(median({0: 3})) == "0.0"
    assert str(median(Counter([1, 2, 9]))) == "2.0"
    assert median({}) is None


def test_median_in_the_open_class_is_told_as_bounds():
    rows = [(JANUARY, "police", 400, 3), (JANUARY, "police", 1, 1)]
    cell = counts(rows).of(MEDIAN, [JANUARY])
    # From the first of January 2024 to the tenth of March 2025.
    assert (cell.value, cell.bounds, cell.denominator) == (None, Bounds(Decimal("366.0"), Decimal("434.0")), 4)
    halves = counts([(JANUARY, "police", 400, 1), (JANUARY, "police", 100, 1)]).of(MEDIAN, [JANUARY])
    assert halves.bounds == Bounds(Decimal("233.0"), Decimal("267.0"))


def test_open_class_is_not_within_any_window_and_codes_that_are_no_days_count_for_nothing():
    assert within({366: 5, 365: 2}, 365) == 2
    assert [days_of(code) for code in ("0", "365", LONGER, "not_removed", "no_action", "not_recorded", "", "²")] == [
        0, 365, 366, None, None, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "days"),
    [
        ("sent", 0), ("removed", 28), ("still_open", 28), ("removed_within_2d", 2), ("removed_within_3d", 3),
        ("removed_within_7d", 7), ("removed_within_14d", 14), ("removed_within_28d", 28),
        ("median_days_to_removal", 28),
    ],
)  # fmt: skip
def test_cohort_is_provisional_until_its_window_is_over(key, days):
    declared = FIGURES.get(key) or DURATIONS[key]
    firm = MARCH.until + timedelta(days=days)
    rows = [(MARCH, "police", 0, 1)]
    assert counts(rows, today=firm).of(declared, [MARCH]).status is Status.NORMAL
    assert counts(rows, today=firm - timedelta(days=1)).of(declared, [MARCH]).status is Status.PROVISIONAL


def test_what_was_not_recorded_has_no_value():
    for declared in (FIGURES["sent"], *DURATIONS.values()):
        cell = counts([(MARCH, "police", 1, 1)], first_day=None).of(declared, MONTHS)
        assert (cell.value, cell.status, cell.denominator) == (None, Status.NOT_COLLECTED, None)


def test_what_waits_for_its_first_count_has_no_value():
    of = replace(counts([(MARCH, "police", 1, 1)]), cells={}, waiting=frozenset(MONTHS))
    assert [of.of(duration, MONTHS).value for duration in DURATIONS.values()] == [None] * len(DURATIONS)


@pytest.mark.parametrize("key", list(DURATIONS))
def test_every_duration_names_a_breakdown_by_days_of_its_figure(key):
    declared = DURATIONS[key]
    assert declared.of in HELD[declared.by].figures
    assert HELD[declared.by].axes[-1].codes == "days"
    assert isinstance(declared, Cumulative | Median)
