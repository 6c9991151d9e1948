"""The whole product, as ``make demo`` runs it: web, worker, beat, PostgreSQL and a Redis-protocol server of its own."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.project.processes import BASE_DIR, environment, free_port

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Of the demo's size: enough for every page to have something on it.
SCALE = "0.01"
START_SECONDS = 120


@dataclass(frozen=True)
class Product:
    """A running product: where it answers, who may sign in, and its processes."""

    address: str
    folder: Path
    process: subprocess.Popen[str]
    passwords: dict[str, tuple[str, str]]

    def manage(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        """Run a manage.py command beside the product, on its servers; what it prints, byte for byte."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=BASE_DIR,
            env=environment(HOTLINE_DATA_DIR=str(self.folder)),
            capture_output=True,
            check=False,
        )

    def workers(self) -> list[psutil.Process]:
        """The Celery worker's processes, the parent first."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if "worker" in child.cmdline() and "celery" in child.cmdline()]


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Start it as ``make demo`` does, with a small share of the demo's data; end it as Ctrl-C does."""
    folder, port = tmp_path_factory.mktemp("product"), free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "hotline.demo", "--port", str(port), "--scale", SCALE],
        cwd=BASE_DIR,
        env=environment(HOTLINE_DATA_DIR=str(folder)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        if f"http://localhost:{port}" in line:
            break
    else:
        pytest.fail("the product did not start:\n" + "".join(said))
    sign_ins = json.loads((folder / "demo-sign-ins.json").read_text(encoding="utf-8"))
    passwords = {who["role"]: (who["username"], who["password"]) for who in reversed(sign_ins)}
    yield Product(f"http://127.0.0.1:{port}", folder, process, passwords)
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


def _sign_in(page: Page, product: Product, role: str) -> None:
    username, password = product.passwords[role]
    page.goto(product.address + "/sign-in/")
    page.fill("#id_username", username)
    page.fill("#id_password", password)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def choose(page: Page, name: str, value: str) -> None:
    """Choose a language or a theme in the menu, as a person does."""
    page.locator("details[data-menu] summary").click()
    with page.expect_navigation():
        page.locator(f'button[name="{name}"][value="{value}"]').click()


@pytest.fixture
def sign_in(product: Product, browser: Browser) -> Iterator[Callable[..., Page]]:
    """A function that opens a page as somebody of a role, in a language; ``options`` are the browser context's."""
    contexts: list[BrowserContext] = []

    def open_page(role: str, *, language: str = "en", **options: object) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", **options})
        contexts.append(context)
        page = context.new_page()
        _sign_in(page, product, role)
        choose(page, "language", language)
        return page

    yield open_page
    for context in contexts:
        context.close()
