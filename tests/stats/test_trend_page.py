"""The page of years side by side: growth told right, sources named, breaks drawn and explained."""

import re
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from stats.counting.rollups import recount_waiting
from stats.pages.trend import trend_page
from stats.periods import Year
from stats.published_figures import PUBLISHED
from tests.stats.records import NOW, finding, recorded, report
from tests.stats.test_pages import text_of

pytestmark = pytest.mark.django_db

DATA = Path(__file__).parent.parent / "data" / "history.csv"


@pytest.fixture(autouse=True)
def at_now():
    """Pages read the clock: it is 10 March 2025."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(lead) -> Client:
    browser = Client()
    browser.force_login(lead)
    return browser


@pytest.fixture
def history():
    call_command("import_history", str(DATA))


@pytest.fixture
def counted():
    """2023 and 2024 are counted here, with 40 and 50 URLs assessed."""
    recorded("2023-01-01")
    for day, urls in (("2023-02-05", 40), ("2024-02-05", 50)):
        finding(report(day, url_count=urls, state="closed"), urls)
    recount_waiting(now=NOW)


def page(figure: str = "urls_assessed", start_month: int = 1):
    return trend_page(figure, start_month=start_month, now=NOW)


@pytest.mark.usefixtures("history")
def test_inhopes_five_years_are_told_as_inhope_should_have(client):
    said = text_of(client.get("/trend/?figure=urls_assessed"))
    assert "+33.6% on 2022" in said
    assert "25" not in re.findall(r"\+([0-9]+)\.[0-9]% on 2022", said)
    lines = {line.label: (line.cell.value, line.growth) for line in page().lines}
    assert lines == {
        "2020": (1_038_250, ""),
        "2021": (910_642, "\N{MINUS SIGN}12.3% on 2020"),
        "2022": (587_852, "\N{MINUS SIGN}35.4% on 2021"),
        "2023": (785_322, "+33.6% on 2022"),
        "2024": (2_497_438, "+218.0% on 2023"),
    }


@pytest.mark.usefixtures("history")
def test_offlimits_2021_is_told_with_its_parts_and_stands_apart_from_inhope():
    table = page().table
    row = next(row for row in table.rows if row.key == "2021@offlimits")
    known = {column.key: cell.value for column, cell in zip(table.columns, row.cells, strict=True) if cell.value}
    assert known == {
        "urls_confirmed": 413_262,
        "urls_confirmed_hosted_in_country": 236_743,
        "urls_confirmed_hosted_abroad": 176_519,
    }
    assert table.cell("2021@inhope", "urls_confirmed").value == 443_391
    lines = [(line.label, line.source, line.growth) for line in page("urls_confirmed").lines if line.year == Year(2023)]
    assert lines == [
        ("2023", "INHOPE", "+34.1% on 2022"),
        ("2023", "Offlimits", "No growth: the two figures come from different sources."),
    ]


@pytest.mark.usefixtures("history", "counted")
def test_counts_stay_counts_and_growth_across_is_refused_with_the_reason(client):
    lines = [(line.label, line.source, line.cell.value, line.growth) for line in page().lines if line.year.year > 2022]
    assert lines == [
        ("2025", "", 0, "No growth: this period has not ended."),
        ("2024", "", 50, "+25.0% on 2023"),
        ("2024", "INHOPE", 2_497_438, "+218.0% on 2023"),
        ("2023", "", 40, "No growth: the two figures come from different sources."),
        ("2023", "INHOPE", 785_322, "+33.6% on 2022"),
    ]
    said = text_of(client.get("/trend/?figure=urls_assessed"))
    assert "published by INHOPE, not counted here" in said


@pytest.mark.usefixtures("counted", "history")
def test_no_break_is_drawn_where_one_series_goes_on(client):
    content = client.get("/trend/?figure=urls_assessed").content.decode()
    assert "chart__break" not in content
    assert "is a break in the series" not in content


def test_series_that_begins_here_after_published_years_has_a_break(client, tmp_path):
    recorded("2023-01-01")
    finding(report("2023-02-05", url_count=40, state="closed"), 40)
    recount_waiting(now=NOW)
    path = tmp_path / "history.csv"
    path.write_text("year,figure,value,source\n2022,urls_assessed,30,INHOPE\n", encoding="utf-8")
    call_command("import_history", str(path))
    response = client.get("/trend/?figure=urls_assessed")
    assert response.content.decode().count('class="chart__break"') == 2
    assert (
        "The dashed line before 2023 is a break in the series. No growth: the two figures come from different sources."
        in text_of(response)
    )
    assert '<rect class="chart__published"' in response.content.decode()


@pytest.mark.usefixtures("history", "counted")
@pytest.mark.parametrize("figure", list(PUBLISHED))
def test_every_figure_that_may_be_published_has_its_page(client, figure):
    assert str(PUBLISHED[figure].label) in text_of(client.get(f"/trend/?figure={figure}"))


def test_page_without_any_number_says_so(client):
    recorded("2025-03-01")
    said = text_of(client.get("/trend/?figure=urls_new"))
    assert "No number of any year" in said


def test_choices_that_are_none_fall_back_and_are_not_said_back(client):
    content = client.get("/trend/?figure=canary1&start=canary2").content.decode()
    assert "canary" not in content
    assert '<option value="reports" selected>' in content


@pytest.mark.usefixtures("history")
def test_totals_of_years_that_start_otherwise_are_said_to_be_left_out(client):
    assert "20 published totals are of years that start in another month" in text_of(client.get("/trend/?start=11"))
    assert page(start_month=11).table.rows == ()


@pytest.mark.usefixtures("counted")
def test_years_lead_to_the_trend_and_back(client):
    assert 'href="/trend/"' in client.get("/years/2024/").content.decode()
    content = client.get("/trend/?start=11").content.decode()
    assert 'href="/years/2023/?start=11"' in content
    assert not re.search(r"<style|<script(?![^>]* src=)|\sstyle=|\son[a-z]+=", content)


@pytest.mark.usefixtures("counted", "history")
def test_reading_the_trend_asks_few_queries_whatever_the_years(django_assert_num_queries):
    # Ledger, labels, counted and waiting months, cells, ledger again, totals, totals of other years.
    with django_assert_num_queries(7):
        trend_page("reports", start_month=1, now=NOW)
