"""The pages of the read side: what they say, and how few queries they ask."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from cases.codes import Dimension
from stats.counting.rollups import recount_waiting
from stats.figures import BREAKDOWNS, DECLARED
from stats.models import Verification
from stats.pages import counts as pages
from stats.periods import Month, Year
from tests.stats.records import NOW, finding, recorded, report

pytestmark = pytest.mark.django_db


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
def counted():
    """A hotline that records sex and self-generated from August 2023 on."""
    recorded("2023-01-01", but={Dimension.SEX: ("2023-08-01", None), Dimension.SELF_GENERATED: ("2023-08-01", None)})
    for day, urls in (("2023-02-05", 40), ("2024-02-05", 30), ("2024-11-05", 30), ("2025-03-09", 5)):
        received = report(day, url_count=urls, state="closed")
        finding(received, urls // 2, sex="girls" if day > "2023-08" else None)
    report("2025-03-10", url_count=1)
    recount_waiting(now=NOW)


def text_of(response) -> str:
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.usefixtures("counted")
def test_months_shows_24_months_up_to_now_the_last_first(client):
    content = client.get("/months/?figure=urls").content.decode()
    months = re.findall(r'href="/months/([0-9-]{7})/"', content)
    assert (len(months), months[0], months[-1]) == (24, "2025-03", "2023-04")


@pytest.mark.usefixtures("counted")
def test_months_of_a_share_and_of_a_breakdown():
    page = pages.months_page("urls_confirmed", "sex", now=NOW)
    assert page.table.cell("2024-02", "girls").value == 15
    assert page.table.cell("2023-05", "girls").value is None
    share = pages.months_page("share_girls", "", now=NOW)
    assert str(share.table.cell("2024-02", "share_girls").value) == "100.00"
    assert share.table.cell("2023-05", "share_girls").value is None


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("figure", list(DECLARED))
def test_months_of_every_figure_by_every_breakdown_it_has(client, figure):
    for breakdown in ["", *(found.key for found in pages.breakdowns_of(figure))]:
        assert client.get(f"/months/?figure={figure}&breakdown={breakdown}").status_code == 200


@pytest.mark.usefixtures("counted")
def test_choice_that_is_none_falls_back_and_is_not_said_back(client):
    content = client.get("/months/?figure=canary1&breakdown=canary2").content.decode()
    assert "canary" not in content
    assert '<option value="reports" selected>' in content


@pytest.mark.usefixtures("counted")
def test_months_says_what_is_waiting_and_how_fresh_the_counts_are(client):
    said = text_of(client.get("/months/"))
    assert "1 report the oldest of" in said
    assert "Counted as of 11:00:00" in said
    assert "wait to be counted" not in said
    report("2024-05-05", state="closed")
    report("2024-05-06", state="closed")
    assert "2 changes wait to be counted" in text_of(client.get("/months/"))


@pytest.mark.usefixtures("counted")
def test_months_says_how_the_last_check_went(client):
    assert "not been checked against the records yet" in text_of(client.get("/months/"))
    Verification.objects.create(started_at=NOW, finished_at=NOW, cells=1234, differences=0)
    assert "all 1,234 counts agreed" in text_of(client.get("/months/"))
    Verification.objects.create(started_at=NOW, finished_at=NOW, cells=1234, differences=2)
    assert "2 counts differed" in text_of(client.get("/months/"))


@pytest.mark.usefixtures("counted")
def test_refresh_sends_the_table_only_when_a_number_has_changed(client):
    token = pages.months_page("reports", "", now=NOW).token
    quiet = client.get(f"/months/?figure=reports&seen={token}", headers={"HX-Request": "true"}).content.decode()
    assert ('id="freshness"' in quiet, 'id="counts"' in quiet, "<html" in quiet) == (True, False, False)
    report("2025-03-10")
    recount_waiting(now=NOW)
    changed = client.get(f"/months/?figure=reports&seen={token}", headers={"HX-Request": "true"}).content.decode()
    assert 'id="counts" hx-swap-oob="true"' in changed
    assert f"seen={token}" not in changed


@pytest.mark.usefixtures("counted")
def test_month_shows_every_figure_and_breakdown(client):
    said = text_of(client.get("/months/2024-02/"))
    assert "February 2024" in said
    assert all(str(declared.label) in said for declared in DECLARED.values())
    assert all(str(breakdown.label) in said for breakdown in BREAKDOWNS.values())
    assert "has not ended" not in said
    assert "This month has not ended" in text_of(client.get("/months/2025-03/"))


@pytest.mark.parametrize("path", ["/months/2024-13/", "/months/2024-3/", "/years/24/", "/years/0000/", "/years/9999/"])
def test_period_that_is_none_is_not_found(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.usefixtures("counted")
def test_year_tells_its_figures_in_sentences_with_the_exact_number_beside(client):
    said = text_of(client.get("/years/2024/"))
    assert "In 2024 the hotline received 2 reports. (2)" in said
    assert "Girls were shown on 100 percent of the confirmed URLs with the sex determined. (100.00%: 30 of 30)" in said


@pytest.mark.usefixtures("counted")
def test_year_gives_growth_where_coverage_allows_and_else_the_reason(client):
    cards = {card.key: card for card in pages.year_page(Year(2024), now=NOW).cards}
    assert cards["reports"].growth == "+100.0% on 2023"
    assert cards["urls_confirmed"].growth == "+50.0% on 2023"
    assert cards["share_girls"].growth == "No growth: it is not known for the period before."
    assert cards["urls_self_generated"].growth == "No growth: the two periods were not recorded over the same months."
    assert "No growth: this period has not ended." in text_of(client.get("/years/2025/"))


@pytest.mark.usefixtures("counted")
def test_part_of_a_year_is_said_so_and_what_was_not_recorded_is_no_zero():
    cards = {card.key: card for card in pages.year_page(Year(2023), now=NOW).cards}
    assert (cards["urls_self_generated"].value, cards["urls_self_generated"].note) == (
        "0",
        "recorded in 5 of 12 months",
    )
    before = {card.key: card for card in pages.year_page(Year(2022), now=NOW).cards}
    assert {card.value for card in before.values()} == {"not recorded"}


@pytest.mark.usefixtures("counted")
def test_year_page_has_a_passport_for_every_figure(client):
    content = client.get("/years/2024/").content.decode()
    assert content.count("How it is counted") == len(DECLARED)
    assert content.count('class="passport"') == len(DECLARED)


@pytest.mark.usefixtures("counted")
def test_year_now_goes_to_the_running_year_of_the_chosen_start(client):
    assert client.get("/years/")["Location"] == "/years/2025/"
    assert client.get("/years/?start=11")["Location"] == "/years/2024/?start=11"
    assert client.get("/years/?start=canary")["Location"] == "/years/2025/"


def test_running_year_at_the_turn_of_the_year_is_the_hotlines_own():
    late = datetime(2024, 12, 31, 23, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
    early = datetime(2025, 1, 1, 0, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
    assert (pages.year_of(late, 1), pages.year_of(early, 1)) == (Year(2024), Year(2025))


@pytest.mark.usefixtures("counted")
def test_years_to_choose_from_begin_with_the_first_that_was_recorded():
    assert [year.year for year in pages.years_known(now=NOW, start_month=1)] == [2025, 2024, 2023]
    assert [year.year for year in pages.years_known(now=NOW, start_month=11)] == [2024, 2023, 2022]


def test_export_is_offered_to_who_may_and_never_by_get(client):
    recorded("2023-01-01")
    content = client.get("/years/2024/").content.decode()
    assert '/years/2024/export.json"' in content
    assert client.get("/years/2024/export.json").status_code == 405
    assert client.post("/years/2024/export.pdf").status_code == 404


@pytest.mark.parametrize("years", [1, 3])
def test_reading_a_year_or_24_months_asks_the_same_few_queries_at_any_size(years, django_assert_num_queries):
    recorded("2020-01-01")
    for year in range(2023, 2023 + years):
        for month in (1, 2):
            finding(report(f"{year}-{month:02d}-05"), 1, sex="girls")
    recount_waiting(now=NOW, most=99)
    # Labels, counted and waiting months, cells, ledger; freshness.
    with django_assert_num_queries(5):
        pages.year_page(Year(2024), now=NOW)
    with django_assert_num_queries(5):
        pages.months_page("urls_confirmed", "sex", now=NOW)
    with django_assert_num_queries(5):
        pages.month_page(Month(2024, 2), now=NOW)


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("path", ["/months/?figure=urls_confirmed&breakdown=sex", "/months/2023-05/", "/years/2023/"])
def test_pages_carry_nothing_inline(client, path):
    content = client.get(path).content.decode()
    assert not re.search(r"<style|<script(?![^>]* src=)|\sstyle=|\son[a-z]+=", content)


@pytest.mark.usefixtures("counted")
def test_year_tells_ages_in_the_scheme_that_was_chosen_with_bounds_shown_as_such(client):
    received = report("2024-05-05", url_count=9, state="closed")
    finding(received, 7, age_band="6-9")
    finding(received, 2, age_band="0-2")
    recount_waiting(now=NOW)
    said = text_of(client.get("/years/2024/?scheme=iwf"))
    assert "3 to 6 years 0 to 7" in said
    assert "0 to 2 years 2" in said
    assert "known within bounds only" in said
    nested = pages.year_page(Year(2024), now=NOW, scheme="iccam")
    ages = {section.table.key: section.table for section in nested.sections}["age_band"]
    assert [str(row.label) for row in ages.rows[:3]] == ["infant", "pre-pubescent", "pubescent"]
    assert [row.cells[0].value for row in ages.rows[:3]] == [2, 7, 0]


@pytest.mark.usefixtures("counted")
def test_scheme_that_is_none_falls_back_to_bands_as_recorded_and_is_not_said_back(client):
    content = client.get("/years/2024/?scheme=canary").content.decode()
    assert "canary" not in content
    assert '<option value="" selected>' in content
    assert '<option value="iwf" selected>' in client.get("/years/2024/?scheme=iwf").content.decode()


def test_figures_document_is_that_of_the_declarations():
    call_command("figures_doc", "--check")
