"""From an invitation to a password, in a browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(300)]

CHOSEN = "seven green bicycles uphill"


def test_somebody_invited_follows_the_link_and_chooses_a_password(product, browser, sign_in):
    office = sign_in("administrator")
    office.goto(product.address + "/administration/users/add/")
    office.get_by_label("Name", exact=True).fill("Anne Visser")
    office.get_by_label("User name").fill("avisser")
    office.get_by_label("team lead").check()
    office.get_by_label("English").check()
    with office.expect_navigation():
        office.get_by_role("button", name="Add and show the invitation").click()
    link = office.locator(".secret--link").inner_text()
    assert violations(office) == []

    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    asked = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(link)
    code = link.partition("#")[2]
    expect(page.get_by_label("Code of your invitation")).to_have_value(code)
    # The code has left the address, and was in no request.
    assert page.url.endswith("/invitation/")
    assert violations(page) == []
    new, shown = page.locator("#id_new_password"), page.get_by_role("button", name="Show what is typed").first
    new.fill(CHOSEN)
    shown.click()
    assert new.get_attribute("type") == "text"
    shown.click()
    assert new.get_attribute("type") == "password"
    page.locator("#id_again").fill(CHOSEN)
    with page.expect_navigation():
        page.get_by_role("button", name="Set the password and sign in").click()
    expect(page.locator("details[data-menu] summary")).to_have_text(re.compile("Anne Visser"))
    assert [url for url in asked if code in url] == []

    page.goto(product.address + "/account/sessions/")
    expect(page.get_by_text("now, in this browser")).to_be_visible()
    assert violations(page) == []
    context.close()


def test_an_invitation_is_taken_up_without_javascript(product, browser, sign_in):
    office = sign_in("administrator")
    office.goto(product.address + "/administration/users/add/")
    office.get_by_label("Name", exact=True).fill("Bram Bakker")
    office.get_by_label("User name").fill("bbakker")
    office.get_by_label("analyst").check()
    with office.expect_navigation():
        office.get_by_role("button", name="Add and show the invitation").click()
    code = office.locator(".secret").last.inner_text()
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(product.address + "/sign-in/")
    page.get_by_role("link", name="I have the code of an invitation").click()
    expect(page.get_by_role("button", name="Show what is typed")).to_have_count(0)
    page.get_by_label("Code of your invitation").fill(code)
    page.locator("#id_new_password").fill(CHOSEN)
    page.locator("#id_again").fill(CHOSEN)
    with page.expect_navigation():
        page.get_by_role("button", name="Set the password and sign in").click()
    page.goto(product.address + "/account/")
    expect(page.get_by_text("bbakker")).to_be_visible()
    context.close()
