"""The frame of every page: signing in, the menu, the keyboard, and all of it without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import axe

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(300)]

WIDE = {"width": 1280, "height": 900}
CHANGED = ("/administration/users/", "/administration/recipients/", "/administration/code-lists/outcome/")


@pytest.fixture
def stranger(product, browser):
    """The sign-in page, as no one."""
    context = browser.new_context(viewport=WIDE, locale="en-GB")
    page = context.new_page()
    page.goto(product.address + "/sign-in/")
    yield page
    context.close()


def menu(page):
    return page.locator("details[data-menu]")


def press(page, name: str, value: str) -> None:
    menu(page).locator("summary").click()
    with page.expect_navigation():
        page.locator(f'button[name="{name}"][value="{value}"]').click()


def test_axe_would_find_a_field_without_its_label(stranger):
    stranger.evaluate("document.querySelector('label').remove()")
    assert [violation.partition(":")[0] for violation in axe.violations(stranger)] == ["label"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_signing_in_is_accessible_also_when_it_is_refused(stranger, language, theme):
    press(stranger, "language", language)
    press(stranger, "theme", theme)
    root = stranger.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("data-theme")) == (language, theme)
    assert axe.violations(stranger) == []
    stranger.fill("#id_username", "nobodyhere")
    stranger.fill("#id_password", "wrong")
    with stranger.expect_navigation():
        stranger.keyboard.press("Enter")
    expect(stranger.locator("[data-error-summary]")).to_be_focused()
    assert stranger.input_value("#id_username") == ""
    assert axe.violations(stranger) == []


def test_forms_that_change_something_are_accessible_also_when_they_are_refused(product, sign_in):
    page = sign_in("administrator")
    for path in CHANGED:
        page.goto(product.address + path)
        with page.expect_navigation():
            page.locator("tbody a").first.click()
        assert axe.violations(page) == []
        page.locator("main input[type=text]").first.fill("https://canary.example/x")
        with page.expect_navigation():
            page.locator("main form .button--primary").click()
        expect(page.locator("[data-error-summary]")).to_be_focused()
        assert axe.violations(page) == []
        assert "canary" not in page.content()
        # The summary leads to the field.
        page.locator("[data-error-summary] a").first.click()
        assert page.evaluate("document.activeElement.value") == ""


def test_the_menu_opens_and_closes_from_the_keyboard(stranger):
    summary = menu(stranger).locator("summary")
    summary.focus()
    stranger.keyboard.press("Enter")
    expect(menu(stranger)).to_have_attribute("open", "")
    assert axe.violations(stranger) == []
    stranger.keyboard.press("Escape")
    expect(menu(stranger)).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()


def test_the_first_tab_skips_to_the_content(product, sign_in):
    page = sign_in("analyst")
    page.goto(product.address + "/account/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_it_all_works_without_javascript(product, browser):
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    username, password = product.passwords["administrator"]
    page.goto(product.address + "/administration/users/")
    page.fill("#id_username", username)
    page.fill("#id_password", password)
    page.locator("main .button--primary").click()
    expect(page).to_have_url(re.compile(r"/administration/users/$"))
    press(page, "theme", "dark")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    expect(page.locator('.site-nav [aria-current="true"]')).to_have_text("Administration")
    menu(page).locator("summary").click()
    menu(page).get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile(r"/sign-in/$"))
    context.close()
