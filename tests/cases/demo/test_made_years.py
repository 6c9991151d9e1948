"""The made-up years add up to what they are to add up to."""

from collections import Counter
from datetime import date
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.demo.file import made_reports, write_file
from cases.demo.plan import KEY_PREFIX, YEARS, plans_until
from cases.demo.spread import Urn, apportion, counts_adding_up, with_share
from cases.demo.year import MadeReport, made_year
from cases.importing.columns import COLUMNS

PLANS = {plan.year: plan for plan in YEARS}
FINDING = ("outcome", "url_count", "self_generated", "sex", "age_from", "age_to", "hosting_country", "site_type")


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - tests of made-up data


def findings(reports: list[MadeReport]) -> list[dict[str, str]]:
    return [
        dict(zip(FINDING, text.split(","), strict=True)) | {"day": report.day}
        for report in reports
        for _count, text in report.findings
    ]


def urls(rows, **wanted) -> int:
    """URLs of the rows whose cells are among those wanted."""
    return sum(int(row["url_count"]) for row in rows if all(row[name] in codes for name, codes in wanted.items()))


def confirmed(reports: list[MadeReport]) -> list[dict[str, str]]:
    return [row for row in findings(reports) if row["outcome"].startswith("confirmed")]


@pytest.fixture(scope="module")
def year_2024() -> list[MadeReport]:
    return list(made_year(PLANS[2024], seed=1))


def test_2024_meets_the_article(year_2024):
    rows = confirmed(year_2024)
    assert 127_000 <= len(year_2024) < 128_000
    assert 600_000 <= sum(report.url_count for report in year_2024) < 601_000
    assert 230_000 <= urls(rows) < 231_000
    assert 74_000 <= urls(rows, self_generated=["yes"]) < 75_000
    girls, sexed = urls(rows, sex=["girls", "both"]), urls(rows, sex=["girls", "both", "boys"])
    assert 96 <= 100 * girls / sexed < 97
    aged = {"self_generated": ["yes"], "age_to": [str(age) for age in range(18)]}
    under_12 = urls(rows, **aged | {"age_to": ["2", "5", "9", "11"]})
    assert 75 <= 100 * under_12 / urls(rows, **aged) < 76
    assert urls(rows, **aged | {"age_to": ["9"]}) / urls(rows, **aged) > 1 / 3


def test_2024_has_what_is_undetermined_and_what_was_left_out_as_parts(year_2024):
    rows = confirmed(year_2024)
    for name in ("self_generated", "sex", "hosting_country", "site_type"):
        assert 0 < urls(rows, **{name: ["undetermined"]}) < 0.2 * urls(rows)
        assert 0 < urls(rows, **{name: [""]}) < 0.03 * urls(rows)
    assert urls(rows, hosting_country=["NL"]) > 0.5 * urls(rows)


def test_2023_is_recorded_from_august():
    reports = list(made_year(PLANS[2023], seed=1))
    rows = confirmed(reports)
    assert urls(rows) == 268_912
    assert sum(report.url_count for report in reports) > 500_000
    before = [row for row in rows if row["day"] < date(2023, 8, 1)]
    assert urls(before, self_generated=[""], sex=[""], age_from=[""]) == urls(before) > 100_000
    after = [row for row in rows if row["day"] >= date(2023, 8, 1)]
    assert urls(after, sex=[""]) < 0.03 * urls(after)
    assert urls(after, self_generated=["yes"]) == PLANS[2023].self_generated


@pytest.mark.parametrize("scale", [0.001, 0.01, 0.07])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_scale_and_seed_adds_up(scale, seed):
    for whole in YEARS:
        plan = whole.scaled(scale)
        reports = list(made_year(plan, seed))
        assert len(reports) == plan.reports
        assert sum(report.url_count for report in reports) == plan.urls
        assert urls(confirmed(reports)) == plan.confirmed
        assert all(sum(count for count, _text in report.findings) == report.url_count for report in reports)
        assert all(report.url_count >= 1 for report in reports)


def test_the_same_arguments_give_the_same_file_and_another_seed_another(tmp_path):
    for name, seed in (("first", 1), ("again", 1), ("other", 2)):
        write_file(tmp_path / name, until=date(2024, 2, 1), scale=0.01, seed=seed)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "again").read_bytes()
    assert (tmp_path / "first").read_bytes() != (tmp_path / "other").read_bytes()


def test_the_file_says_that_it_is_made_up(tmp_path):
    rows = write_file(tmp_path / "file.csv", until=date(2023, 3, 1), scale=0.01)
    header, *lines = (tmp_path / "file.csv").read_text().splitlines()
    assert header == ",".join(COLUMNS)
    assert len(lines) == rows
    assert all(line.startswith(f"{KEY_PREFIX}-") for line in lines)


def test_the_last_days_leave_an_open_queue():
    until = date(2026, 3, 10)
    reports = list(made_reports(until=until, scale=0.2, seed=1))
    assert max(report.day for report in reports) == until
    open_days = Counter(report.day for report in reports if not report.findings)
    assert 50 < open_days.total() < 180
    assert min(open_days) > date(2026, 2, 25)
    halves = [
        report
        for report in reports
        if report.findings and sum(count for count, _text in report.findings) < report.url_count
    ]
    assert 10 < len(halves) < 120


def test_another_last_day_changes_only_the_end():
    early, late = (list(made_reports(until=day, scale=0.02, seed=1)) for day in (date(2025, 3, 1), date(2025, 6, 1)))
    settled = [report for report in early if report.day < date(2025, 2, 1)]
    assert late[: len(settled)] == settled


@given(st.integers(0, 10_000), st.lists(st.floats(0.001, 1000), min_size=1, max_size=30))
def test_parts_add_up_and_are_near_their_share(total, weights):
    parts = apportion(total, weights)
    assert sum(parts) == total
    assert all(abs(part - total * weight / sum(weights)) < 1 for part, weight in zip(parts, weights, strict=True))


@given(st.integers(1, 200), st.integers(0, 2000), st.integers())
def test_counts_add_up(number, more, seed):
    counts = counts_adding_up(seeded(seed), number, number + more, {1: 3, 2: 1, 9: 1})
    assert len(counts) == number
    assert sum(counts) == number + more
    assert min(counts) >= 1


def test_a_share_moves_no_other_proportion():
    weights = with_share({"a": 1, "b": 3, "c": 2, "d": 5}, part=("a", "b"), whole=("a", "b", "c"), share=0.9)
    assert weights == pytest.approx([1.35, 4.05, 0.6, 5])


def test_more_counts_than_there_is_to_count():
    with pytest.raises(ValueError, match="more counts"):
        counts_adding_up(seeded(1), 3, 2, {1: 1})


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 50), min_size=1), st.integers())
def test_an_urn_gives_every_cell_its_quota(quotas, seed):
    urn, random = Urn(seeded(seed), quotas), seeded(seed)
    left, given_out = sum(quotas.values()), Counter()
    while left:
        number = random.randint(1, left)
        taken = urn.take(number)
        assert sum(count for _cell, count in taken) == number
        given_out.update(dict(taken))
        left -= number
    assert {cell: quota for cell, quota in quotas.items() if quota} == {
        cell: count for cell, count in given_out.items() if count
    }


def test_years_that_were_yet_to_come_go_on_growing():
    plans = plans_until(2028)
    assert [plan.year for plan in plans] == [2023, 2024, 2025, 2026, 2027, 2028]
    assert all(first.reports < second.reports for first, second in pairwise(plans))
    assert plans[-1].details_from == date(2028, 1, 1)
    assert [plan.year for plan in plans_until(2024)] == [2023, 2024]
    assert max(report.day for report in made_reports(until=date(2027, 1, 9), scale=0.02, seed=1)) == date(2027, 1, 9)


def test_days_come_in_order(year_2024):
    assert all(first.day <= second.day for first, second in pairwise(year_2024))
