"""Figures are frozen, published and had again, on the running product and in a real browser."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_pages import looked_at

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(300)]

SECONDS = 60_000


@pytest.fixture(scope="module")
def number(product) -> str:
    """A final release of a quarter that no other test touches."""
    frozen = product.manage("freeze", "2023-Q3", "--status", "final")
    assert frozen.returncode == 0, frozen.stderr
    return re.match(rb"release ([0-9]+):", frozen.stdout)[1].decode()


def exported(page: Page, address: str, number: str, document: str, form: str) -> None:
    """Ask for a document of a release."""
    page.goto(f"{address}/releases/{number}/")
    for field, value in (("document", document), ("form", form), ("language", "en")):
        page.select_option(f"#id_{field}", value)
    page.get_by_role("button", name="Export", exact=True).click()


def downloaded(page: Page) -> tuple[str, bytes]:
    """Take the file of the page."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_administrator_freezes_a_draft_and_takes_the_annual_report_twice(product, sign_in: Callable[..., Page]):
    page = sign_in("administrator")
    page.goto(product.address + "/releases/")
    page.select_option("#id_length", "3")
    page.select_option("#id_year", "2023")
    page.select_option("#id_start", "10")
    page.get_by_role("button", name="Show the draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Draft: fourth quarter of 2023")
    page.select_option("#id_status", "final")
    page.get_by_role("button", name="Freeze", exact=True).click()
    page.wait_for_url(re.compile(r"/releases/[0-9]+/\Z"), timeout=SECONDS)
    expect(page.get_by_role("heading", level=1)).to_have_text("Fourth quarter of 2023")
    digest = page.locator(".release-facts dd").filter(has_text=re.compile(r"[0-9a-f]{64}")).first.inner_text()

    number = page.url.rstrip("/").rpartition("/")[2]
    exported(page, product.address, number, "annual_report", "pdf")
    expect(page.get_by_role("button", name="Download")).to_be_visible(timeout=SECONDS)
    (name, first), (_name, second) = downloaded(page), downloaded(page)
    assert name == f"hotline-2023-Q4-final-{number}-synthetic-annual-report-en.pdf"
    assert first.startswith(b"%PDF-")
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()

    page.goto(f"{product.address}/releases/{number}/")
    for field, value in (("document", "tables"), ("form", "csv")):
        page.select_option(f"#id_{field}", value)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export", exact=True).click()
    assert digest in Path(download.value.path()).read_text(encoding="utf-8")

    auditor = sign_in("auditor")
    auditor.goto(product.address + "/audit-log/")
    said = auditor.locator("main").inner_text()
    assert said.count(f"exported release {number}: language: English, document: annual report, form: PDF.") == 2
    assert f"exported release {number}: language: English, document: tables, form: CSV." in said


def test_export_works_without_javascript(product, sign_in: Callable[..., Page], number):
    page = sign_in("reader", java_script_enabled=False)
    exported(page, product.address, number, "press_sheet", "pdf")
    for _refresh in range(60):
        if page.get_by_role("button", name="Download").count():
            break
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Refresh").first.click()
    name, content = downloaded(page)
    assert (name.endswith("-press-sheet-en.pdf"), content[:5]) == (True, b"%PDF-")


def test_a_killed_worker_leaves_no_job_behind(product, sign_in: Callable[..., Page], number):
    page = sign_in("lead")
    workers = product.workers()
    assert workers
    for worker in workers:
        worker.kill()
    exported(page, product.address, number, "tables", "pdf")
    expect(page.get_by_role("button", name="Download")).to_be_visible(timeout=2 * SECONDS)
    assert downloaded(page)[1].startswith(b"%PDF-")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("role", ["administrator", "reader"])
def test_pages_of_releases_are_accessible_whole_and_without_errors(
    product, sign_in: Callable[..., Page], number, role, language
):
    page = sign_in(role, language=language)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    paths = ["/releases/", "/releases/?on=2026-01-01", f"/releases/{number}/", f"/releases/{number}/press/",
             "/exports/"]  # fmt: skip
    if role == "administrator":
        paths += ["/releases/late-entries/", "/releases/draft/?period=2024", f"/releases/{number}/differences/"]
    problems: list[str] = []
    for path in paths:
        answer = page.goto(product.address + path)
        if answer is None or answer.status != 200:
            problems.append(f"{path}: did not answer")
        problems += [f"{path}: the console says {text}" for text in said]
        said.clear()
        problems += [f"{path} {look}: {found}" for look, found in looked_at(page, language)]
    assert not problems, "\n".join(problems)
