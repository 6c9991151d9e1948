"""With the database away, people are told so, and to send again; when it is back, so is the application."""

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from hotline.accounts.permissions import Role
from tests import make
from tests.project.processes import free_port

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def client():
    client = Client(raise_request_exception=False)
    client.force_login(make.user(Role.ANALYST, username="tester"))
    return client


def test_database_away_is_503_with_when_to_try_again_and_heals(client, monkeypatch):
    with monkeypatch.context() as away:
        connection.close()
        away.setitem(connection.settings_dict, "PORT", free_port())
        answer = client.get(reverse("cases:log"))
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert "send the same again" in answer.content.decode()
    connection.close()
    assert client.get(reverse("cases:log")).status_code == 200


def test_a_mistake_of_ours_in_the_database_stays_500(client):
    with connection.execute_wrapper(_mistaken):
        assert client.get(reverse("cases:log")).status_code == 500


def test_the_drivers_own_error_of_a_lost_session_is_503(client):
    def lost(_execute, _sql, _params, _many, _context):
        raise psycopg.OperationalError

    with connection.execute_wrapper(lost):
        assert client.get(reverse("cases:log")).status_code == 503


def _mistaken(execute, sql, params, many, context):
    return execute("SELEC", None, many, context)


def test_session_ended_by_the_server_is_503_once(client):
    with connection.execute_wrapper(_Ended()):
        assert client.get(reverse("cases:log")).status_code == 503
    connection.close()
    assert client.get(reverse("cases:log")).status_code == 200


class _Ended:
    """Ends the session of the first statement it sees, from inside, as a restart would."""

    def __call__(self, execute, sql, params, many, context):
        pid = connection.connection.info.backend_pid
        with psycopg.connect(make.database_address(), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        return execute(sql, params, many, context)
