"""PostgreSQL's log settings are looked at when a process begins; a server that is set otherwise is refused."""

import json
import logging
import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection

from hotline import server_log
from hotline.server_log import MUST_BE, ServerLogError, look_at_connection, wrong_settings
from tests import make
from tests.project.processes import BASE_DIR

WRONG = {
    "log_min_messages": "warning", "log_min_error_statement": "error", "log_error_verbosity": "default",
    "log_statement": "mod", "log_duration": "on", "log_min_duration_statement": "100", "log_min_duration_sample": "100",
    "log_transaction_sample_rate": "0.5", "log_parameter_max_length": "10", "log_parameter_max_length_on_error": "10",
    "log_lock_waits": "on", "log_temp_files": "0", "log_replication_commands": "on", "debug_print_parse": "on",
    "debug_print_rewritten": "on", "debug_print_plan": "on",
}  # fmt: skip


@pytest.fixture
def looked(monkeypatch):
    """As in a process that has not looked yet."""
    monkeypatch.setattr(server_log._Looked, "done", False)


@pytest.mark.django_db
def test_the_server_that_ships_is_right():
    with connection.cursor() as cursor:
        assert wrong_settings(cursor) == []


def test_every_setting_has_its_wrong_value_here():
    assert WRONG.keys() == MUST_BE.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("name", MUST_BE)
def test_a_setting_that_lets_values_into_the_log_is_told_with_what_to_set(name):
    with connection.cursor() as cursor:
        # As a server that is set so: SET LOCAL shows in pg_settings like postgresql.conf does.
        cursor.execute(f"SET LOCAL {name} = '{WRONG[name]}'")
        [wrong] = wrong_settings(cursor)
    assert (wrong.name, wrong.mend) == (name, f"set {name} = {MUST_BE[name][0]}.")


@pytest.mark.django_db
def test_an_extension_that_keeps_statements_is_told():
    # On a connection of its own: what is loaded stays as long as that does.
    with psycopg.connect(make.database_address()) as own, own.cursor() as cursor:
        assert wrong_settings(cursor) == []
        cursor.execute("LOAD 'auto_explain'")
        assert [wrong.name for wrong in wrong_settings(cursor)] == ["auto_explain"]


@pytest.mark.django_db
def test_production_refuses_a_server_that_is_set_wrongly(looked, settings):
    settings.PRODUCTION = True
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL log_statement = 'all'")
        with pytest.raises(ServerLogError, match=r"Set log_statement = none\. docker/postgres/hotline\.conf"):
            look_at_connection(connection=connection)


@pytest.mark.django_db
def test_elsewhere_it_is_a_warning_once(looked, caplog):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL log_statement = 'all'")
        look_at_connection(connection=connection)
        look_at_connection(connection=connection)
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.WARNING, "server log setting log_statement")
    ]


def events(said):
    """What the start said; a warning that there are no collected files here is not its own."""
    lines = map(json.loads, said.splitlines())
    return [line["event"] for line in lines if line["logger"] == "hotline.start"]


PRODUCTION = {"HOTLINE_MODE": "production", "ALLOWED_HOSTS": "hotline.example", "FACTOR_SECRET": "f" * 50}


@pytest.mark.parametrize(
    "start",
    [
        "import hotline.wsgi",
        "import django; django.setup(); from celery.signals import worker_init; worker_init.send(None)",
    ],
)
@pytest.mark.parametrize(("setting", "code"), [("none", 0), ("all", 3)])
def test_web_and_worker_start_on_a_server_that_is_right_and_on_no_other(start, setting, code):
    # PGOPTIONS sets it for this process's connections, as postgresql.conf would for all.
    environment = os.environ | PRODUCTION | {"PGOPTIONS": f"-c log_statement={setting}"}
    done = subprocess.run(
        [sys.executable, "-c", start], cwd=BASE_DIR, env=environment, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == code, done.stderr
    assert events(done.stderr) == [
        "the database server's log would repeat what was typed: set log_statement = none."
    ] * bool(code)


def test_a_server_that_is_away_is_no_reason_not_to_start():
    environment = os.environ | PRODUCTION | {"DATABASE_URL": "postgresql://hotline_app@127.0.0.1:1/hotline"}
    done = subprocess.run(
        [sys.executable, "-c", "import hotline.wsgi"],
        cwd=BASE_DIR, env=environment, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, events(done.stderr)) == (0, ["the database does not answer yet"])
