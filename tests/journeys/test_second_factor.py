"""An administrator's first sign-in with a second factor, a recovery code that works once, and a passkey."""

import re
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.journeys import axe

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(300)]

UNDO = (
    "from hotline.accounts.factors.models import Passkey, RecoveryCode, RequiredRole, Totp\n"
    "for model in (Passkey, RecoveryCode, RequiredRole, Totp): model.objects.all().delete()"
)


@pytest.fixture
def everything_as_before(product) -> Iterator[None]:
    """The demo's administrator signs in with a password alone again, whatever came of the test."""
    yield
    done = product.manage("shell", "-c", UNDO)
    assert done.returncode == 0, done.stderr.decode()


def enter(page: Page, product) -> None:
    """User name and password, at the name that passkeys are bound to."""
    username, password = product.passwords["administrator"]
    page.goto(product.address.replace("127.0.0.1", "localhost") + "/sign-in/")
    page.fill("#id_username", username)
    page.fill("#id_password", password)
    press(page, "Sign in", exact=True)


def press(page: Page, name: str, **options) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, **options).click()


def sign_out(page: Page) -> None:
    page.locator("details[data-menu] summary").click()
    press(page, "Sign out")


def fill(page: Page, code: str) -> None:
    page.fill("#id_code", code)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def is_sound(page: Page) -> None:
    """What every new page has to be."""
    assert axe.violations(page) == []


@pytest.fixture
def administrator(product, browser, everything_as_before) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()
    enter(page, product)
    yield page
    context.close()


def set_up_app(page: Page, product) -> tuple[pyotp.TOTP, list[str]]:
    """Ask for a second factor from administrators: out, in again, and through the set-up."""
    page.goto(page.url.partition("/years")[0] + "/administration/second-factor/")
    is_sound(page)
    page.get_by_label("Administrator").check()
    press(page, "Save")
    expect(page).to_have_url(re.compile("/sign-in/"))
    enter(page, product)
    expect(page.locator("h1")).to_have_text("Set up a second factor")
    is_sound(page)
    press(page, "Set up an app")
    image = page.locator("img.qr-code")
    assert image.evaluate("image => image.complete && image.naturalWidth") > 100
    is_sound(page)
    app = pyotp.TOTP(page.locator(".secret").inner_text().replace(" ", ""))
    fill(page, "000000" if app.now() != "000000" else "111111")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    fill(page, app.now())
    expect(page.locator("h1")).to_have_text("Recovery codes, shown once")
    is_sound(page)
    return app, page.locator(".code-list li").all_inner_texts()


def test_an_administrators_first_sign_in_a_recovery_code_and_a_passkey(administrator, product):
    page = administrator
    _app, codes = set_up_app(page, product)
    page.get_by_role("link", name="I have kept them; go on").click()
    expect(page.locator("h1")).to_have_text(re.compile("20[0-9]{2}"))
    sign_out(page)

    # The app is at home: a recovery code, once.
    enter(page, product)
    expect(page.locator("h1")).to_have_text("Second step")
    is_sound(page)
    page.get_by_role("link", name="I do not have it here").click()
    is_sound(page)
    fill(page, codes[0])
    expect(page.get_by_text("That recovery code is used up.")).to_be_visible()
    sign_out(page)
    enter(page, product)
    page.get_by_role("link", name="I do not have it here").click()
    fill(page, codes[0])
    expect(page.get_by_text("none of your recovery codes that are left").first).to_be_visible()
    is_sound(page)
    fill(page, codes[1])

    # A passkey, in the browser's own virtual authenticator.
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                     "isUserVerified": True, "automaticPresenceSimulation": True}},
    )["authenticatorId"]  # fmt: skip
    page.goto(page.url.partition("/years")[0] + "/account/second-factor/")
    expect(page.get_by_text("8 codes left")).to_be_visible()
    is_sound(page)
    press(page, "Add a passkey")
    expect(page.get_by_text(re.compile("Passkey of .*not used yet", re.DOTALL))).to_be_visible()
    is_sound(page)
    kept = devices.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert [(one["rpId"], one["isResidentCredential"]) for one in kept] == [("localhost", True)]
    sign_out(page)

    press(page, "Sign in with a passkey")
    expect(page.locator("h1")).to_have_text(re.compile("20[0-9]{2}"))
    sign_out(page)
    enter(page, product)
    press(page, "Use a passkey")
    expect(page.locator("h1")).to_have_text(re.compile("20[0-9]{2}"))
    sign_out(page)

    # Somebody else holds the device: no finger of its owner.
    devices.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The browser gave no passkey.")).to_be_visible()
    is_sound(page)
