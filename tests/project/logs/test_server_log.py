"""PostgreSQL's log settings are looked at when a process begins; a server that is set otherwise is refused."""

import logging

import psycopg
import pytest
from django.db import connection

from hotline import server_log
from hotline.server_log import MUST_BE, ServerLogError, look_at_connection, wrong_settings
from tests import make

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
