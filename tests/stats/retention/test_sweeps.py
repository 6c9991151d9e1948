"""Each sweep removes what is past its time and nothing else; a run is noted, and can be looked at before."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from cases.models import RequestKey
from hotline.accounts.factors.models import Once
from hotline.accounts.models import Invitation, Session
from hotline.accounts.permissions import Role
from hotline.health.models import Backup, SchemaCheck
from stats.models import AuditCheck, ChainCheck, ExportJob, RetentionRun, Verification
from stats.retention import sweeps
from stats.tasks import apply_retention
from tests import make
from tests.make import AMSTERDAM

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=AMSTERDAM)


def before(days: float) -> datetime:
    return NOW - timedelta(days=days)


def digest() -> str:
    return uuid.uuid4().hex * 2


def session(at: datetime) -> None:
    Session.objects.create(session_key=digest(), session_data="a:b:c", expire_date=at, sign_in="")


def invitation(at: datetime) -> None:
    Invitation.objects.create(
        user=make.user(), kind="account", code_hash=digest(), created_at=at, expires_at=at, withdrawn_at=at
    )


def form_key(at: datetime) -> None:
    RequestKey.objects.create(
        key=uuid.uuid4(), actor=uuid.uuid4(), verb="log", content_digest=digest(), subject="report", subject_key="1",
        status=201, written_at=at,
    )  # fmt: skip


def job(at: datetime) -> None:
    ExportJob.objects.create(
        kind="freeze", first_month="2024-01-01", months=1, status="final", state="done", requested_by=uuid.uuid4(),
        requested_at=at, sent_at=at, finished_at=at,
    )  # fmt: skip


ROWS = {
    "sessions": (session, 0),
    "invitations": (invitation, 30),
    "used_once": (lambda at: Once.objects.create(digest=digest(), expires_at=at), 0),
    "form_keys": (form_key, 30),
    "export_jobs": (job, 365),
    "verifications": (
        lambda at: Verification.objects.create(started_at=at, finished_at=at, cells=1, differences=0),
        400,
    ),
    "chain_checks": (lambda at: ChainCheck.objects.create(finished_at=at, releases=1, faults=0), 400),
    "audit_checks": (lambda at: AuditCheck.objects.create(finished_at=at, events=1, blocks=1, faults=0), 400),
    "schema_checks": (lambda at: SchemaCheck.objects.create(finished_at=at, faults=0), 400),
    "backups": (lambda at: Backup.objects.create(made_at=at, size=1, sha256=digest()), 400),
    "retention_runs": (lambda at: RetentionRun.objects.create(finished_at=at, sweep="sessions", removed=0), 400),
}
OF_RECORDS = {"reports", "audit_events"}


def test_every_sweep_of_rows_is_tried_here():
    assert {sweep.key for sweep in sweeps.SWEEPS} == ROWS.keys() | OF_RECORDS


@pytest.mark.parametrize("key", ROWS)
def test_what_is_past_its_time_goes_and_nothing_else(db, key, monkeypatch):
    monkeypatch.setattr(sweeps, "BATCH", 2)
    make_row, days = ROWS[key]
    for _row in range(5):
        make_row(before(days + 1))
    make_row(before(days - 1))
    assert sweeps.due(now=NOW) == {sweep.key: 5 if sweep.key == key else 0 for sweep in sweeps.SWEEPS}
    assert sweeps.run(now=NOW)[key] == 5
    assert sweeps.due(now=NOW)[key] == 0
    assert sweeps.run(now=NOW)[key] == 0


@pytest.mark.parametrize("key", ["verifications", "chain_checks", "audit_checks", "schema_checks", "backups"])
def test_the_last_run_of_a_check_stays_however_old(db, key):
    make_row, days = ROWS[key]
    for _row in range(3):
        make_row(before(days + 100))
    assert sweeps.run(now=NOW)[key] == 2


def test_a_dry_run_tells_and_removes_nothing(db, capsys):
    session(datetime(2020, 1, 1, tzinfo=AMSTERDAM))
    call_command("retention", "--dry-run")
    out = capsys.readouterr().out
    assert "         1  sessions\n" in out
    assert out.endswith("nothing was removed\n")
    assert Session.objects.count() == 1
    call_command("retention")
    assert capsys.readouterr().out.endswith("1 rows were removed\n")
    assert Session.objects.count() == 0


def test_the_task_notes_what_it_removed(db):
    session(datetime(2020, 1, 1, tzinfo=AMSTERDAM))
    apply_retention()
    assert {key: row.removed for key, row in sweeps.last_run().items()} == {
        sweep.key: 1 if sweep.key == "sessions" else 0 for sweep in sweeps.SWEEPS
    }


def test_the_page_tells_the_policy_and_what_was_removed(client, db):
    session(datetime(2020, 1, 1, tzinfo=AMSTERDAM))
    client.force_login(make.user(Role.ADMINISTRATOR))
    page = client.get(reverse("administration:retention")).content.decode()
    assert "Nothing was removed yet. It runs every night." in page
    apply_retention()
    page = client.get(reverse("administration:retention")).content.decode()
    assert "Sessions that have ended" in page
    assert "Until the session has ended" in page
    assert "Nothing was removed yet." not in page
