"""Every page, in both languages and both themes: nothing for axe to find, nothing that sticks out of a narrow screen."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.axe import violations
from tests.project.routes import routes

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(300)]

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}

# Route -> who looks at it, and where it is; after '>' what is clicked there to get to it.
PAGES: dict[str, tuple[str, str]] = {
    "accounts:sign_in": ("", "/sign-in/"),
    "accounts:account": ("analyst", "/account/"),
    "accounts:password": ("analyst", "/account/password/"),
    "administration:home": ("administrator", "/administration/"),
    "administration:users": ("administrator", "/administration/users/"),
    "administration:user_add": ("administrator", "/administration/users/add/"),
    "administration:user_change": ("administrator", "/administration/users/ > tbody a"),
    "administration:recipients": ("administrator", "/administration/recipients/"),
    "administration:recipient_add": ("administrator", "/administration/recipients/add/"),
    "administration:recipient_change": ("administrator", "/administration/recipients/ > tbody a"),
    "administration:code_list": ("administrator", "/administration/code-lists/outcome/"),
    "administration:code_add": ("administrator", "/administration/code-lists/source/add/"),
    "administration:code_change": ("administrator", "/administration/code-lists/outcome/no_access/"),
    "administration:age_schemes": ("administrator", "/administration/code-lists/age-schemes/"),
    "administration:coverage": ("administrator", "/administration/coverage/"),
    "administration:coverage_add": ("administrator", "/administration/coverage/add/"),
    "administration:coverage_change": ("administrator", "/administration/coverage/ > main section a"),
    "cases:audit_log": ("auditor", "/audit-log/"),
    "cases:log": ("analyst", "/reports/log/"),
    "cases:queue": ("analyst", "/queue/"),
    "cases:queue_named": ("analyst", "/queue/waiting/"),
    "cases:report": ("analyst", "/queue/waiting/ > tbody a"),
    "cases:refer": ("analyst", "/queue/waiting/ > tbody a > a[href$='/refer/']"),
    "cases:void": ("analyst", "/queue/waiting/ > tbody a > a[href$='/void/']"),
    "stats:months": ("lead", "/months/"),
    "stats:month": ("lead", "/months/2024-03/"),
    "stats:year": ("lead", "/years/2024/"),
}
# Routes that answer with no page of their own, or with one that is in the list under another name; and the three
# that need a report in a state of its own, which tests/journeys/test_main_job.py brings about.
NOT_LOOKED_AT = {
    "home", "healthz", "accounts:sign_out", "accounts:language", "accounts:theme",
    "administration:code_lists", "administration:user_password", "administration:coverage_remove",
    "cases:undo", "cases:take_next", "cases:find", "cases:take", "cases:put_back", "cases:finish", "cases:close",
    "cases:reopen", "cases:restore", "cases:findings", "cases:amend", "cases:answer",
    "stats:year_now", "stats:year_export", "stats:api_year",
}  # fmt: skip


def test_every_route_is_looked_at_or_said_not_to_be():
    assert {route.name for route in routes("hotline.urls")} == set(PAGES) | NOT_LOOKED_AT


def reach(page: Page, address: str, path: str) -> None:
    """Go to a page, clicking on from another where that is the way."""
    start, *clicks = path.split(" > ", maxsplit=2)
    page.goto(address + start)
    for selector in clicks:
        with page.expect_navigation():
            page.locator(selector).first.click()


def speak(page: Page, language: str) -> None:
    """Choose a language, by the menu."""
    page.locator("details[data-menu] summary").click()
    with page.expect_navigation():
        page.locator(f"button[name=language][value={language}]").click()


@pytest.fixture
def at(product: Any, sign_in: Callable[..., Page], browser: Any) -> Iterator[Callable[[str], Page]]:
    """A page as somebody of a role, or as no one; left in English, as it was."""
    pages: dict[str, Page] = {}

    def open_page(role: str) -> Page:
        if role not in pages:
            pages[role] = sign_in(role) if role else browser.new_context(viewport=WIDE, locale="en-GB").new_page()
            pages[role].goto(product.address + ("/account/" if role else "/sign-in/"))
        return pages[role]

    yield open_page
    for page in pages.values():
        page.goto(product.address + "/account/")
        speak(page, "en")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_axe_finds_nothing_on_any_page(product, at, language, theme):
    spoken, found = set(), []
    for name, (role, path) in PAGES.items():
        page = at(role)
        if role not in spoken:
            speak(page, language)
            spoken.add(role)
        page.context.add_cookies([{"name": "theme", "value": theme, "url": product.address}])
        page.set_viewport_size(WIDE)
        reach(page, product.address, path)
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("html").get_attribute("data-theme") == theme
        found += [f"{name}: {violation}" for violation in violations(page)]
    assert found == []


def test_no_page_is_wider_than_a_telephone(product, at):
    wide = []
    for name, (role, path) in PAGES.items():
        page = at(role)
        page.set_viewport_size(NARROW)
        reach(page, product.address, path)
        sticks_out = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if sticks_out > 0:
            wide.append((name, sticks_out))
    assert wide == []


def test_axe_would_find_something(at, product):
    page = at("")
    page.goto(product.address + "/sign-in/")
    page.evaluate("document.querySelector('label').remove()")
    assert [violation.partition(":")[0] for violation in violations(page)] == ["label"]
