"""``manage.py load_demo``: the made-up hotline."""

import io
import json
import stat

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import DateTimeField, F
from django.db.models.functions import Cast, ExtractDay
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from cases.actions.standing import restanding
from cases.codes import State
from cases.demo.people import RECIPIENTS
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
    worked = Referral.objects.exclude(report__state=State.CLOSED)
    assert AuditEvent.objects.filter(verb="refer", subject="referral").count() == worked.count() > 0
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
        assert user.role == row["role"]
        user.full_clean()


def test_years_of_referrals_with_answers_and_the_reports_as_they_were(folder):
    load()
    sent = Referral.objects.filter(report__state=State.CLOSED)
    assert {day.year for day in sent.dates("sent_date", "year")} >= {2023, 2024, 2025}
    assert set(sent.values_list("recipient__kind", flat=True)) == {kind for _name, kind, _country in RECIPIENTS}
    assert sent.filter(acted_date__isnull=True).exists()
    assert sent.filter(action="removed").count() > sent.count() / 2
    assert not sent.filter(sent_date__lt=F("report__received_date")).exists()
    # Each report's referral status is the one that follows from its referrals.
    for report in Report.objects.filter(referrals__in=sent).distinct():
        assert restanding(report)["referral_status"] == report.referral_status
    referrals = CoveragePeriod.objects.get(dimension="referrals")
    assert (referrals.from_date.isoformat(), referrals.to_date) == ("2023-01-01", None)


def test_made_up_reports_were_entered_as_they_came_and_a_few_of_them_late(folder):
    load()
    reports = Report.objects.annotate(days=ExtractDay(F("entered_at") - Cast("received_date", DateTimeField())))
    assert not Report.objects.filter(entered_at__gt=timezone.now()).exists()
    late = reports.filter(days__gte=3).count()
    assert 0 < late < Report.objects.count() / 20
    assert not reports.filter(days__lt=-1).exists()


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
