"""/readyz as a monitor sees it, page and badge as an administrator does. On committed data: it has eyes of its own."""

import re
import threading
import time
from pathlib import Path

import psycopg
import pytest
from celery.schedules import crontab
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.actions.sealing import seal_waiting
from hotline.accounts.permissions import Role
from hotline.celery import app
from hotline.health import alarms, looking, words
from hotline.health.looking import OneAtATime
from tests import make
from tests.health.conftest import all_checked, execute
from tests.stats.records import report

KEYS = {
    "ready": None,
    "wrong": None,
    "database": {"answers", "missing_migrations"},
    "broker": {"answers", "queued"},
    "oldest_mark_seconds": None,
    "last_tick_seconds": None,
    "counts": {"verified_seconds", "faults"},
    "releases": {"verified_seconds", "faults"},
    "audit": {"block", "digest", "oldest_unsealed_seconds", "verified_seconds", "faults"},
}


@pytest.fixture
def all_well(committed_db) -> None:
    all_checked()


def shape(answer: dict) -> dict:
    return {key: set(value) if isinstance(value, dict) else None for key, value in answer.items()}


def test_ready_in_numbers(all_well, client):
    make.report(by=make.user(Role.ANALYST))
    head = seal_waiting(now=timezone.now())
    response = client.get("/readyz")
    answer = response.json()
    assert (response.status_code, answer["ready"], answer["wrong"]) == (200, True, [])
    assert shape(answer) == KEYS
    assert (answer["audit"]["block"], answer["audit"]["digest"]) == (head.number, head.digest)
    assert answer["counts"]["faults"] == answer["releases"]["faults"] == answer["audit"]["faults"] == 0
    assert 0 <= answer["oldest_mark_seconds"] < 60
    assert re.fullmatch(r"[a-z0-9_\":{}\[\], .]*", response.content.decode())


def test_not_ready_while_marks_wait(all_well, client):
    report()
    execute("UPDATE stats_dirtymonth SET marked_at = marked_at - interval '61 seconds'")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["wrong"]) == (503, ["counting"])


def test_a_backup_that_is_late_makes_nobody_unready(all_well, client):
    execute("UPDATE health_backup SET made_at = made_at - interval '3 days'")
    assert client.get("/readyz").status_code == 200


def test_not_ready_without_a_broker(all_well, client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/readyz")
    assert (response.status_code, response.json()["wrong"]) == (503, ["broker"])
    assert response.json()["broker"] == {"answers": False, "queued": None}


def test_a_database_that_hangs_is_told_within_seconds_and_is_well_again_when_it_is(all_well, client):
    with psycopg.connect(make.database_address()) as other:
        other.execute("LOCK TABLE stats_dirtymonth IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        response = client.get("/readyz")
        assert time.monotonic() - began < 5
        assert (response.status_code, response.json()["wrong"]) == (503, ["database"])
        assert shape(response.json()) == KEYS
        began = time.monotonic()
        assert client.get("/readyz").status_code == 503
        assert time.monotonic() - began < 1, "the second does not wait for the same once more"
    deadline = time.monotonic() + 10
    while client.get("/readyz").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_database_that_is_away_says_no_more_than_that(client, settings, django_db_blocker):
    """No mark of a database: pytest-django refuses this test a connection, with a message of its own."""
    response = client.get("/readyz")
    assert (response.status_code, response.json()["wrong"]) == (503, ["database"])
    assert shape(response.json()) == KEYS


def test_of_many_who_ask_at_once_one_looks():
    looks, gate = [], threading.Event()

    def look() -> int:
        looks.append(1)
        gate.wait(5)
        return len(looks)

    one = OneAtATime(look, seconds=5)
    answers: list[int | None] = []
    askers = [threading.Thread(target=lambda: answers.append(one.ask())) for _ in range(20)]
    for asker in askers:
        asker.start()
    gate.set()
    for asker in askers:
        asker.join()
    assert set(answers) <= set(range(1, len(looks) + 1))
    assert answers.count(1) > 1


def test_the_page_says_what_is_wrong_since_when_and_what_to_do(all_well):
    execute("DELETE FROM health_backup")
    execute("UPDATE django_migrations SET applied = now() - interval '30 days'")
    administrator = make.user(Role.ADMINISTRATOR, language="nl")
    client = Client()
    client.force_login(administrator)
    page = client.get(reverse("administration:alarms")).content.decode()
    assert "Gaat alles goed?" in page
    assert "1 punt vraagt aandacht" in page
    assert "manage.py backup" in page
    badge = re.search(r'<span class="badge badge--wait">1 alarm</span>', page)
    assert badge


def test_only_administrators_are_told_and_nobody_when_all_is_well(all_well):
    badge = reverse("administration:alarms")
    clients = {}
    for role in (Role.LEAD, Role.ADMINISTRATOR):
        clients[role] = Client()
        clients[role].force_login(make.user(role))
    seal_waiting(now=timezone.now())
    there = {role: badge in client.get(reverse("stats:trend")).content.decode() for role, client in clients.items()}
    assert there == {Role.LEAD: False, Role.ADMINISTRATOR: False}
    execute("DELETE FROM health_tick")
    execute("UPDATE django_migrations SET applied = now() - interval '30 days'")
    there = {role: badge in client.get(reverse("stats:trend")).content.decode() for role, client in clients.items()}
    assert there == {Role.LEAD: False, Role.ADMINISTRATOR: True}


def test_log_settings_of_the_server_that_are_not_ours(all_well):
    name = connection.settings_dict["NAME"]
    assert looking.look(now=timezone.now()).log_settings == 0
    execute(f"ALTER DATABASE {name} SET log_statement = 'all'")
    try:
        seen = looking.look(now=timezone.now())
        assert [(one.alarm, one.number) for one in alarms.alarms(seen)] == [(alarms.Alarm.LOGS, 1)]
    finally:
        execute(f"ALTER DATABASE {name} RESET log_statement")


def test_every_check_is_made_every_night_by_a_task_there_is():
    nightly = {entry["task"] for entry in app.conf.beat_schedule.values() if isinstance(entry["schedule"], crontab)}
    assert nightly >= {
        "stats.tasks.verify_counts",
        "stats.tasks.verify_releases",
        "stats.tasks.verify_audit",
        "hotline.health.tasks.check_schema",
        "hotline.health.tasks.make_backup",
    }
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_every_alarm_has_its_words():
    assert set(words.LABELS) == set(words.SAID) == set(words.TO_DO) == set(alarms.Alarm)


def test_operations_tells_of_every_alarm():
    text = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [alarm for alarm in alarms.Alarm if f"`{alarm.value}`" not in text] == []
