"""``manage.py load_demo``: the made-up hotline."""

import io
import json
import stat

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from cases.codes import State
from cases.models import AuditEvent, CoveragePeriod, Recipient, Referral, Report
from hotline.accounts.models import User
from hotline.accounts.permissions import Role
from tests import make

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    return tmp_path


def load() -> str:
    out = io.StringIO()
    call_command("load_demo", "--scale", "0.02", stdout=out)
    return out.getvalue()


def sign_ins(folder):
    return json.loads((folder / "demo-sign-ins.json").read_text())


def test_a_hotline_at_work_and_a_sign_in_for_everyone(folder):
    said = load()
    assert said.splitlines()[-1] == "The made-up data are loaded."
    assert Report.objects.count() > 4_000
    for state in (State.RECEIVED, State.ASSESSED, State.REFERRED, State.CLOSED):
        assert Report.objects.filter(state=state).exists(), state
    assert AuditEvent.objects.filter(verb="refer", subject="referral").count() == Referral.objects.count() > 0
    assert Recipient.objects.count() == 7
    assert CoveragePeriod.objects.get(dimension="sex").from_date.isoformat() == "2023-08-01"
    assert CoveragePeriod.objects.get(dimension="reports").from_date.isoformat() == "2023-01-01"
    assert stat.S_IMODE((folder / "demo-sign-ins.json").stat().st_mode) == 0o600
    rows = sign_ins(folder)
    assert {row["role"] for row in rows} == set(Role.values)
    assert len({row["password"] for row in rows}) == len(rows)
    for row in rows:
        user = User.objects.get(username=row["username"])
        assert user.check_password(row["password"])
        assert (user.role, user.must_change_password) == (row["role"], False)
        user.full_clean()


def test_loaded_again_it_changes_nothing_but_lost_sign_ins(folder):
    load()
    before = (Report.objects.count(), AuditEvent.objects.count(), sign_ins(folder))
    with CaptureQueriesContext(connection) as queries:
        assert load() == "The made-up data are there.\n"
    assert len(queries) == 2
    assert (Report.objects.count(), AuditEvent.objects.count(), sign_ins(folder)) == before
    (folder / "demo-sign-ins.json").unlink()
    load()
    assert Report.objects.count() == before[0]
    old = {row["username"]: row["password"] for row in before[2]}
    assert all(old[row["username"]] != row["password"] for row in sign_ins(folder))


def test_a_database_with_other_people_or_reports_is_left_alone(folder):
    make.report()
    with pytest.raises(CommandError, match="holds other people or reports"):
        load()
    assert Report.objects.count() == 1
    assert not (folder / "demo-sign-ins.json").exists()


@override_settings(PRODUCTION=True)
def test_production_must_say_that_it_is_synthetic(folder):
    with pytest.raises(CommandError, match="HOTLINE_SYNTHETIC_DATA=1"):
        load()
    assert not User.objects.exists()
