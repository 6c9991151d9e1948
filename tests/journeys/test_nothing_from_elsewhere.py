"""What Chromium asks for while somebody works: this product's own addresses, and nothing else."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(300)]

PAGES = {
    "lead": ["/months/", "/years/", "/trend/", "/queue/", "/reports/log/", "/releases/", "/account/"],
    "administrator": ["/administration/", "/administration/users/", "/releases/draft/?period=2024"],
    "auditor": ["/audit-log/"],
}


@pytest.mark.parametrize("role", PAGES)
def test_pages_ask_nothing_of_another_machine(product, sign_in: Callable[..., Page], role):
    page = sign_in(role)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES[role]:
        page.goto(product.address + path)
        # Nor does a page name another machine to be asked later.
        assert re.findall(r'(?:src|srcset|action|href)="(?:https?:)?//[^"]+"', page.content()) == []
    page.wait_for_load_state("networkidle")
    assert len(asked) > 20 * len(PAGES[role]) / 2
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(product.address).netloc}
