"""The drill: make a backup, go on writing, put it back into an empty database, and see that it is the same hotline."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cases.actions.sealing import seal_waiting
from cases.models import Report
from cases.seal.state import sealed_head
from hotline.backup import clients
from hotline.health import tasks
from hotline.health.models import Backup
from stats.models import Release
from tests import make
from tests.stats.releases.small import FROZEN_AT, frozen

pytestmark = pytest.mark.xdist_group("backup")
HEAD = "SELECT number, digest FROM cases_auditblock ORDER BY number DESC LIMIT 1"


def test_what_comes_back_is_what_was_there_when_the_backup_was_made(backup, empty):
    head, release, reports = sealed_head(), Release.objects.get(), Report.objects.count()
    go_on_writing()
    done = empty.manage("restore", str(backup))
    assert (done.returncode, done.stderr) == (0, "")
    assert empty.ask(HEAD) == (head.number, head.digest) != (sealed_head().number, sealed_head().digest)
    assert empty.ask("SELECT count(*), max(digest) FROM stats_release") == (1, release.digest)
    assert empty.ask("SELECT count(*) FROM cases_report") == (reports,)
    assert empty.ask("SELECT count(*) FROM stats_release WHERE written_in <> 0") == (0,)
    told = "SELECT verb, subject_key FROM cases_auditevent ORDER BY id DESC LIMIT 1"
    assert empty.ask(told) == ("backup_restore", backup.name)
    assert_guarded(empty)
    assert_alive(empty)
    made = empty.manage("backup", str(backup.parent / "again"))
    assert (made.stderr, made.returncode) == ("", 0), "the application's role can read all that is needed"
    again = empty.manage("restore", str(backup))
    assert (again.returncode, "not empty" in again.stderr) == (1, True)
    with psycopg.connect(empty.app) as worker:
        worker.execute("SELECT count(*) FROM cases_report")  # and its transaction stays open
        used = empty.manage("restore", str(backup), "--replace")
        assert (used.returncode, "Stop web, worker and beat" in used.stderr) == (1, True)
    replaced = empty.manage("restore", str(backup), "--replace")
    assert (replaced.returncode, replaced.stderr) == (0, "")
    assert empty.ask("SELECT count(*) FROM cases_report") == (reports,)
    assert_guarded(empty)


def go_on_writing() -> None:
    make.report(by=make.user())
    frozen("2023-03", now=FROZEN_AT + timedelta(days=1))
    seal_waiting(now=timezone.now())


def assert_guarded(empty) -> None:
    """Both roles are what they were, and the triggers are back."""
    with psycopg.connect(empty.app, autocommit=True) as app:
        for statement in ("DELETE FROM cases_auditevent", "TRUNCATE cases_report CASCADE", "DELETE FROM stats_release"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
    with psycopg.connect(empty.owner, autocommit=True) as owner:
        for statement in ("DELETE FROM cases_auditevent", "UPDATE stats_frozencell SET value = 1"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                owner.execute(statement)
    assert empty.ask("SELECT count(*) FROM accounts_session") == (0,)


def assert_alive(empty) -> None:
    """Writing goes on: a change leaves its mark and its event, numbers do not begin anew, and all checks agree."""
    with psycopg.connect(empty.app, autocommit=True) as app:
        app.execute("UPDATE cases_report SET url_count = url_count + 1")
        app.execute(
            "INSERT INTO cases_auditevent (verb, subject, subject_key, changes) VALUES ('log','report','1','{}')"
        )
    assert empty.ask("SELECT count(*) > 0 FROM stats_dirtymonth") == (True,)
    assert empty.ask("SELECT count(*) FROM cases_unsealedevent") == (2,)
    for command in ("verify_audit", "check_schema"):
        done = empty.manage(command)
        assert (done.stderr, done.returncode) == ("", 0), command


def test_the_manifest_tells_what_it_holds_and_no_secret(backup, settings):
    manifest = json.loads((backup / "manifest.json").read_text("ascii"))
    held = manifest["contents"]
    assert held["releases"] == {"1": Release.objects.get().digest}
    assert (held["audit_block"], held["audit_digest"]) == (sealed_head().number, sealed_head().digest)
    assert held["rows"]["cases_report"] == Report.objects.count() == 21
    assert sorted(manifest["secrets"]) == ["REPORT_KEY_SECRET", "SECRET_KEY"]
    text = (backup / "manifest.json").read_text("ascii")
    assert settings.SECRET_KEY not in text
    assert settings.REPORT_KEY_SECRET not in text
    assert settings.DATABASES["default"]["PASSWORD"] not in text


def test_only_its_owner_may_read_it_and_it_is_noted(backup):
    assert [path.stat().st_mode & 0o777 for path in (backup, *sorted(backup.iterdir()))] == [0o700, 0o600, 0o600]
    assert sorted(path.name for path in backup.iterdir()) == ["database.dump", "manifest.json"]
    assert Backup.objects.get().sha256 == json.loads((backup / "manifest.json").read_text("ascii"))["sha256"]


def flipped(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def test_a_damaged_backup_is_refused_before_anything_is_touched(backup, empty, tmp_path):
    size = (backup / "database.dump").stat().st_size
    damages = {
        "byte of the dump": lambda copy: flipped(copy / "database.dump", size // 2),
        "end of the dump": lambda copy: (copy / "database.dump").write_bytes(
            (copy / "database.dump").read_bytes()[:-1]
        ),
        "no dump": lambda copy: (copy / "database.dump").unlink(),
        "no manifest": lambda copy: (copy / "manifest.json").unlink(),
        "manifest": lambda copy: (copy / "manifest.json").write_text(
            (copy / "manifest.json").read_text("ascii").replace('"cases_report": 21', '"cases_report": 22')
        ),
    }
    empty.ask("SELECT 1")
    for name, damage in damages.items():
        copy = tmp_path / "damaged"
        shutil.copytree(backup, copy)
        damage(copy)
        with pytest.raises(CommandError, match=r"damaged|no manifest|can not be read"):
            # Even on a database that may be emptied: this very one.
            call_command("restore", copy, "--replace")
        assert Report.objects.count() == 21, name
        shutil.rmtree(copy)


def test_a_dump_that_agrees_with_its_digest_and_not_with_what_the_manifest_says_is_told(backup, empty):
    """As of a dump and manifest that were made by hand, or of a fault of ours."""
    path = backup / "manifest.json"
    manifest = json.loads(path.read_text("ascii"))
    manifest["contents"]["rows"]["cases_report"] = 22
    del manifest["digest"]
    from hotline.backup.manifest import _digest  # noqa: PLC0415

    path.write_text(json.dumps({**manifest, "digest": _digest(manifest)}), encoding="ascii")
    done = empty.manage("restore", str(backup))
    assert (done.returncode, "cases_report" in done.stderr) == (1, True)


def test_other_secrets_are_refused_by_name_unless_told(backup, empty):
    done = empty.manage("restore", str(backup), REPORT_KEY_SECRET="another one")
    assert (done.returncode, "REPORT_KEY_SECRET" in done.stderr) == (1, True)
    assert empty.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == (0,)


def test_a_backup_that_fails_leaves_nothing_and_is_not_noted(hotline, tmp_path, monkeypatch):
    script = tmp_path / "bin" / "pg_dump"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\necho 'pg_dump: error: COPY failed: \"+31 6 1234\"' >&2\nexit 1\n")
    script.chmod(0o755)
    monkeypatch.setattr(clients, "postgres_install", lambda: tmp_path)
    with pytest.raises(CommandError, match="pg_dump failed") as refused:
        call_command("backup", tmp_path / "backups")
    assert "1234" not in str(refused.value)
    assert list((tmp_path / "backups").iterdir()) == []
    assert Backup.objects.count() == 0


def test_every_night_one_is_made_and_the_newest_are_kept(hotline, tmp_path, settings):
    settings.BACKUP_DIR, settings.BACKUPS_KEPT = str(tmp_path), 2
    for name in ("hotline-20200101T000000Z", "hotline-20210101T000000Z", "hotline-of-somebody-else"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}")
    tasks.make_backup()
    newest = f"hotline-{Backup.objects.get().made_at:%Y%m%dT%H%M%SZ}"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "hotline-20210101T000000Z", newest, "hotline-of-somebody-else",
    ]  # fmt: skip
    settings.BACKUP_DIR = ""
    tasks.make_backup()
    assert Backup.objects.count() == 1
