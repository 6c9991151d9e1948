"""/metrics: who may read it, what it says, and that several processes add up."""

import os
import re
import subprocess
import sys
import time
import urllib.request

import pytest
from django.urls import reverse

from hotline.accounts.permissions import Role
from tests import make
from tests.health.conftest import all_checked, execute
from tests.project.processes import BASE_DIR, free_port, wait_until

TOKEN = "T" * 40
BEARER = {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}
SAMPLE = re.compile(r'(hotline_[a-z_]+)(?:\{((?:[a-z]+="[a-zA-Z0-9_:.+]*",?)*)\})? ([0-9.e+-]+|NaN)\Z')


@pytest.fixture
def token(settings) -> None:
    settings.METRICS_TOKEN = TOKEN


def samples(text: str) -> dict[tuple[str, str], float]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    found = [SAMPLE.match(line) for line in lines]
    assert all(found), [line for line, match in zip(lines, found, strict=True) if not match]
    return {(match[1], match[2] or ""): float(match[3]) for match in found}


def test_a_scraper_with_the_token_reads_how_things_stand(committed_db, token, client):
    all_checked()
    execute("INSERT INTO stats_dirtymonth (month, marked_at) VALUES ('2024-03-01', now() - interval '90 seconds')")
    response = client.get("/metrics", **BEARER)
    assert (response.status_code, response["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    found = samples(response.content.decode())
    assert found["hotline_waiting", 'what="marks"'] == 1
    assert 90 <= found["hotline_waiting_oldest_seconds", 'what="marks"'] < 150
    assert {what for (name, what), value in found.items() if name == "hotline_alarm" and value} == {'alarm="counting"'}
    assert abs(found["hotline_last_timestamp_seconds", 'what="check_counts"'] - time.time()) < 60
    assert found["hotline_check_faults", 'check="releases"'] == 0


@pytest.mark.parametrize(
    "shown", ["Bearer " + "x" * 40, f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer ", "Bearer é"]
)
def test_a_wrong_token_is_refused(committed_db, token, client, shown):
    response = client.get("/metrics", HTTP_AUTHORIZATION=shown)
    assert (response.status_code, response["WWW-Authenticate"], response.content) == (401, "Bearer", b"")
    assert response["Cache-Control"] == "private, no-store"


def test_without_a_token_of_ours_none_is_right(committed_db, settings, client):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", HTTP_AUTHORIZATION="Bearer ").status_code == 401


def test_the_token_opens_nothing_else(committed_db, token, client):
    for name in ("administration:alarms", "stats:months", "cases:log"):
        assert client.get(reverse(name), **BEARER).status_code == 302


def test_an_administrator_reads_it_and_a_lead_does_not(committed_db, client):
    client.force_login(make.user(Role.LEAD))
    assert client.get("/metrics").status_code == 403
    client.force_login(make.user(Role.ADMINISTRATOR))
    assert client.get("/metrics").status_code == 200


def test_requests_are_counted_by_route_method_and_status_and_by_nothing_that_was_typed(committed_db, token, client):
    def counted() -> dict[str, float]:
        found = samples(client.get("/metrics", **BEARER).content.decode())
        return {labels: value for (name, labels), value in found.items() if name == "hotline_http_requests_total"}

    before = counted()
    client.get("/cases/find/?number=example.org")
    client.get("/https://example.org/abc?x=y")
    client.generic("BREW", "/healthz")
    client.get("/healthz")
    after = counted()
    grown = {labels for labels, value in after.items() if value > before.get(labels, 0)}
    assert grown >= {
        'method="GET",route="none",status="404"',
        'method="GET",route="healthz",status="200"',
        'method="other",route="healthz",status="200"',
    }
    assert "example" not in str(after)


def test_two_processes_add_up(tmp_path):
    """gunicorn's two workers, each with its own file; all of them seen by whichever answers."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "hotline.wsgi", "--config", "python:hotline.web_server", "--workers", "2",
         "--bind", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "critical"],
        cwd=BASE_DIR, env=os.environ | {"METRICS_TOKEN": TOKEN, "TMPDIR": str(tmp_path), "HOTLINE_DATA_DIR": ""},
    )  # fmt: skip

    def get(path: str, **headers: str) -> str:
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server
            return answer.read().decode()

    def healthz() -> int:
        found = samples(get("/metrics", Authorization=f"Bearer {TOKEN}"))
        return int(found.get(("hotline_http_requests_total", 'method="GET",route="healthz",status="200"'), 0))

    def answers() -> bool:
        try:
            return get("/healthz") == "ok\n"
        except OSError:
            return False

    try:
        wait_until(answers, seconds=60)
        before = healthz()
        for _ in range(40):
            get("/healthz")
        (folder,) = tmp_path.iterdir()
        assert len(list(folder.glob("counter_*.db"))) == 2, "both workers answered"
        assert healthz() == before + 40
    finally:
        server.terminate()
        server.wait(30)
    assert list(tmp_path.iterdir()) == []
