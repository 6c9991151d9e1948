"""Every page, in both languages and both themes, wide and narrow: axe finds nothing, nothing is cut off or in error."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.journeys import axe

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(300)]

PAGES: dict[str, tuple[str, ...]] = {
    "analyst": (
        "/reports/log/",
        "/queue/",
        "/queue/mine/",
        "/queue/waiting/",
        "/queue/all/",
        "report:/queue/all/",
        "report:/queue/waiting/",
        "triage:/queue/mine/",
        "amend:/queue/mine/",
        "void:/queue/mine/",
        "refer:/queue/waiting/",
        "answer:/queue/waiting/",
        "/account/",
        "/account/password/",
        "/no-such-page/",
        "/years/2024/",
    ),
    "lead": (
        "/months/",
        "/months/?figure=urls_confirmed&breakdown=sex",
        "/months/2023-07/",
        "/months/2024-03/",
        "/years/2022/",
        "/years/2023/",
        "/years/2024/",
        "/years/2024/?start_month=11",
        "/years/2024/?scheme=iwf",
        "/trend/",
        "/trend/?figure=urls_confirmed",
    ),
    "administrator": (
        "/administration/",
        "/administration/is-all-well/",
        "/administration/users/",
        "/administration/users/add/",
        "/administration/retention/",
        "/administration/recipients/",
        "/administration/recipients/add/",
        "/administration/code-lists/",
        "/administration/code-lists/age-schemes/",
        "/administration/code-lists/outcome/",
        "/administration/code-lists/source/add/",
        "/administration/coverage/",
        "/administration/coverage/add/",
        "/administration/published-totals/",
        "/administration/published-totals/add/",
        "/administration/counting-rules/",
        "/administration/counting-rules/add/",
    ),
    "auditor": ("/audit-log/",),
}
EXPECTED_REFUSALS = {"/no-such-page/": 404, "/years/2024/": 403}
# The report's own page, then the link or row by which a person gets to the page meant.
LINKS = {"triage": "findings", "amend": "amend", "void": "void", "refer": "refer", "answer": "referrals"}


def go(page: Page, address: str, path: str) -> int:
    """Open a page: by its path, or by following a list's first report ('triage:/queue/mine/')."""
    what, _, there = path.rpartition(":")
    answer = page.goto(address + there)
    assert answer is not None
    if what:
        hrefs = page.locator("tbody th a").evaluate_all("links => links.map(link => link.href)")
        for href in hrefs[:20]:
            answer = page.goto(href)
            link = page.locator(f'main a[href*="/{LINKS.get(what, "")}/"]')
            if what == "report" or link.count():
                break
        else:
            pytest.fail(f"no report leads to {path}")
        if what != "report":
            answer = page.goto(link.first.evaluate("link => link.href"))
    assert answer is not None
    return answer.status


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("role", PAGES)
def test_pages_are_accessible_whole_and_without_errors(product, sign_in: Callable[..., Page], role, language):
    page = sign_in(role, language=language)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    problems: list[str] = []
    for path in PAGES[role]:
        status = go(page, product.address, path)
        expected = EXPECTED_REFUSALS.get(path, 200) if role == "analyst" else 200
        if status != expected:
            problems.append(f"{path}: answered {status}")
        if expected != status or expected == 200:
            problems += [f"{path}: the console says {text}" for text in said]
        said.clear()
        problems += [f"{path} {look}: {found}" for look, found in looked_at(page, language)]
        if page.locator("html").get_attribute("lang") != language:
            problems.append(f"{path}: not in {language}")
    assert not problems, "\n".join(problems)


# axe takes seconds on a long page: each language sees both themes and both widths, the two see all four together.
LOOKS = {"nl": (("light", 1280), ("dark", 390)), "en": (("dark", 1280), ("light", 390))}


def looked_at(page: Page, language: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the page as it stands, in both themes and on both widths."""
    for scheme, width in LOOKS[language]:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        look = f"{scheme} {width}"
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            yield look, "wider than the screen"
        for violation in axe.violations(page):
            yield look, violation
    page.set_viewport_size({"width": 1280, "height": 900})
