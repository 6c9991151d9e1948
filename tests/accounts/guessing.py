"""The product's own web server, and many guesses at it at once. Also used by benchmarks/sign_in.py."""

import http.client
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

BASE_DIR = Path(__file__).resolve().parent.parent.parent
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([A-Za-z0-9]+)"')
START_SECONDS = 60


@contextmanager
def web(port: int, *, workers: int = 4, threads: int = 4, **extra: str) -> Iterator[None]:
    """gunicorn on that port, as ``make demo`` runs it, until the end; one proxy in front is believed."""
    command = [
        sys.executable, "-m", "gunicorn", "hotline.wsgi", "--config", "python:hotline.web_server",
        "--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--threads", str(threads), "--preload",
        "--no-control-socket", "--log-level", "error", "--backlog", "1024",
    ]  # fmt: skip
    environment = os.environ | {"HOTLINE_BEHIND_PROXY": "1", "LOG_LEVEL": "ERROR"} | extra
    with subprocess.Popen(command, cwd=BASE_DIR, env=environment, stdin=subprocess.DEVNULL) as process:
        try:
            _await_answer(port, process)
            yield
        finally:
            process.terminate()
            process.wait(30)


def _await_answer(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if _ask(port, "GET", "/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError


def _ask(port: int, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, str]:
    """Status, page and cookies."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request(
            method, path, body or None, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        answer = connection.getresponse()
        cookies = "; ".join(value.partition(";")[0] for name, value in answer.getheaders() if name == "Set-Cookie")
        return answer.status, answer.read().decode(), cookies
    finally:
        connection.close()


@dataclass(frozen=True)
class Guesser:
    """A browser with the sign-in page open."""

    port: int
    token: str
    cookies: str

    @classmethod
    def at(cls, port: int) -> "Guesser":
        """Open the page."""
        _status, page, cookies = _ask(port, "GET", "/sign-in/", X_Forwarded_For="192.0.2.250")
        found = TOKEN.search(page)
        assert found
        return cls(port, found[1], cookies)

    def guess(self, username: str, password: str, *, address: str) -> int:
        """Send the form; the status."""
        fields = {"username": username, "password": password, "csrfmiddlewaretoken": self.token}
        return _ask(
            self.port, "POST", "/sign-in/", urlencode(fields),
            Content_Type="application/x-www-form-urlencoded", Cookie=self.cookies, X_Forwarded_For=address,
        )[0]  # fmt: skip


def guess_at_once(guesser: Guesser, username: str, *, addresses: list[str]) -> Counter[int]:
    """A guess from each of these addresses, all at once; how often which status came back."""
    start, statuses = threading.Barrier(len(addresses)), []

    def guess(address: str, number: int) -> None:
        start.wait()
        statuses.append(guesser.guess(username, f"wrong guess number {number}", address=address))

    threads = [threading.Thread(target=guess, args=[address, n]) for n, address in enumerate(addresses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(statuses)
