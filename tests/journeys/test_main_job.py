"""The main job, end to end, on the running product and in a real browser."""

import re
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.project.processes import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(300)]


def this_month() -> str:
    return f"{datetime.now(UTC).astimezone():%Y-%m}"


def counted(desks: Any, figure: str = "reports") -> int:
    """A figure of this month, as the lead's page shows it at this moment."""
    page = desks["lead"]
    page.goto(desks["address"] + f"/months/{this_month()}/")
    return int(re.sub("[^0-9]", "", page.locator(f'[data-figure="{figure}"] .figure-card__value').inner_text()) or 0)


def log_report(page: Page, address: str, urls: int, *lines: tuple[str, str]) -> str:
    """Log a report from the keyboard; return its number."""
    page.goto(address + "/reports/log/")
    keys = page.keyboard
    keys.press("1")
    keys.press("Tab")
    keys.type(str(urls))
    for place, (outcome, count) in enumerate(lines):
        if place:
            page.get_by_role("button", name="Add a line").press("Enter")
        else:
            keys.press("Tab")
        keys.type(outcome)
        keys.press("Tab")
        keys.type(count)
    with page.expect_navigation():
        keys.press("Control+Enter")
    return page.locator(".message a").inner_text()


@pytest.fixture
def desks(product: Any, sign_in: Callable[..., Page]) -> dict[str, Any]:
    """The analyst's and the lead's page, and the address."""
    return {"analyst": sign_in("analyst"), "lead": sign_in("lead"), "address": product.address}


def test_report_with_two_findings_reaches_month_year_and_export(product, desks, sign_in):
    before = {figure: counted(desks, figure) for figure in ("reports", "urls", "urls_confirmed")}

    began = time.monotonic()
    reference = log_report(desks["analyst"], product.address, 5, ("confirmed, b", "3"), ("not found", "2"))
    assert time.monotonic() - began < 10
    assert re.fullmatch(r"[0-9]{4}-[0-9]{7}", reference)

    wait_until(lambda: counted(desks) == before["reports"] + 1, seconds=10)
    after = {figure: counted(desks, figure) for figure in before}
    assert after == {
        "reports": before["reports"] + 1,
        "urls": before["urls"] + 5,
        "urls_confirmed": before["urls_confirmed"] + 3,
    }

    administrator = sign_in("administrator")
    year = this_month()[:4]
    administrator.goto(f"{product.address}/years/{year}/")
    with administrator.expect_download() as download:
        administrator.get_by_role("button", name=re.compile("CSV")).first.click()
    exported = download.value.path().read_bytes()
    printed = product.manage("annual_totals", year, "--format", "csv")
    assert printed.returncode == 0, printed.stderr
    assert exported == printed.stdout


def test_undone_report_leaves_the_count_again(product, desks):
    before = counted(desks)
    log_report(desks["analyst"], product.address, 1)
    wait_until(lambda: counted(desks) == before + 1, seconds=10)
    page = desks["analyst"]
    with page.expect_navigation():
        page.get_by_role("button", name="Undo").press("Enter")
    wait_until(lambda: counted(desks) == before, seconds=10)


def test_killing_the_worker_in_the_middle_loses_nothing(product, desks):
    before = counted(desks)
    killed = product.workers()
    assert killed
    for place in range(6):
        log_report(desks["analyst"], product.address, 1)
        if place == 2:
            for worker in killed:
                worker.kill()
    wait_until(lambda: counted(desks) == before + 6, seconds=60)
    assert all(not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE for worker in killed)
    verified = product.manage("verify_counts")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_logged_report_stands_in_the_month_within_two_seconds_at_the_median(product, desks):
    seconds = []
    for _ in range(9):
        before = counted(desks)
        log_report(desks["analyst"], product.address, 1)
        began = time.monotonic()
        wait_until(lambda before=before: counted(desks) == before + 1, seconds=15)
        seconds.append(time.monotonic() - began)
    assert statistics.median(seconds) < 2, seconds


def test_two_analysts_at_the_same_report_one_wins_and_the_other_is_told(product, desks, sign_in):
    page, other = desks["analyst"], sign_in("lead")
    log_report(page, product.address, 2)
    path = urlsplit(page.locator(".message a").get_attribute("href") or "").path
    for desk in (page, other):
        desk.goto(product.address + path)
    for desk in (page, other):
        with desk.expect_navigation():
            desk.get_by_role("button", name="Take", exact=True).click()
    expect(other.get_by_text("Someone else changed this report a moment ago.")).to_be_visible()


def test_log_works_without_javascript(product, sign_in):
    page = sign_in("analyst", java_script_enabled=False)
    page.goto(product.address + "/reports/log/")
    page.get_by_label("police").check()
    page.locator("#id_url_count").fill("4")
    page.locator("#id_findings-0-outcome").select_option("confirmed_baseline")
    page.locator("#id_findings-0-url_count").fill("1")
    page.locator("#id_findings-0-sex").select_option("girls")
    page.locator("#id_findings-1-outcome").select_option("not_found")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and next").click()
    expect(page.locator(".message")).to_contain_text("is saved: 4 URLs, police, assessed.")
