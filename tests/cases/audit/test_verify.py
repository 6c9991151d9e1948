"""verify_audit: what agrees, what is found, and what is kept outside the database."""

import random
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from cases.actions import sealing
from cases.models import AuditBlock, AuditEvent
from cases.seal.form import Head
from cases.seal.heads import HeadFileError, KnownHead, keep, kept_heads
from cases.seal.state import sealed_head
from cases.seal.verify import Fault, check_seal
from cases.tasks import keep_audit_head
from stats.models import AuditCheck, Release
from stats.releases.audit_checks import check_audit
from stats.tasks import verify_audit
from tests import make
from tests.cases.audit import tampering
from tests.cases.audit.test_sealing import events

A, B = "a" * 64, "b" * 64


@pytest.fixture
def heads(tmp_path, settings):
    file = tmp_path / "heads.jsonl"
    settings.AUDIT_HEAD_FILE = str(file)
    return file


@pytest.fixture
def sealed(db, monkeypatch):
    """Nine events in three blocks."""
    monkeypatch.setattr(sealing, "BLOCK_EVENTS", 3)
    events(9)
    sealing.seal_waiting(now=make.NOW)
    return list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))


def faults(known=()) -> list[tuple]:
    return [(found.fault, found.block, found.event) for found in check_seal(known).findings]


def test_a_log_as_it_was_sealed_agrees(sealed, capsys):
    events(2)
    call_command("verify_audit")
    head = sealed_head()
    assert capsys.readouterr().out == (
        f"11 events, 3 blocks, 0 heads known outside agree; 2 events wait to be sealed\nhead: block 3 {head.digest}\n"
    )
    assert AuditCheck.objects.values_list("events", "blocks", "faults").get() == (11, 3, 0)


def test_an_empty_log_agrees(db, capsys):
    call_command("verify_audit")
    assert capsys.readouterr().out == "0 events, 0 blocks, 0 heads known outside agree; 0 events wait to be sealed\n"


def test_a_changed_event_is_named_by_its_block(sealed):
    tampering.sql("UPDATE cases_auditevent SET verb = 'take' WHERE id = %s", sealed[4])
    assert faults() == [(Fault.CHANGED, 2, None)]
    with pytest.raises(CommandError) as told:
        call_command("verify_audit")
    assert str(told.value) == (
        "block 2: its events do not give its digest: one was changed\n"
        "1 faults in 9 events, 3 blocks, 0 heads known outside"
    )
    assert AuditCheck.objects.get().faults == 1


def test_a_removed_event_is_named(sealed):
    tampering.sql("DELETE FROM cases_auditevent WHERE id IN (%s, %s)", sealed[0], sealed[8])
    assert faults() == [(Fault.MISSING, 1, sealed[0]), (Fault.MISSING, 3, sealed[8])]


def test_an_event_put_in_is_named(sealed):
    tampering.sql(
        "INSERT INTO cases_auditevent (id, at, verb, subject, subject_key, changes)"
        " VALUES (%s, now(), 'log', 'report', '1', '{}')",
        sealed[8] + 3,
    )
    assert faults() == [(Fault.UNSEALED, 0, sealed[8] + 3)]


def test_a_removed_block_is_named(sealed):
    tampering.sql("DELETE FROM cases_auditrange WHERE block_id = 2")
    tampering.sql("DELETE FROM cases_auditblock WHERE number = 2")
    assert faults() == [
        (Fault.GONE, 2, None),
        (Fault.CHAIN, 3, None),
        *((Fault.UNSEALED, 0, key) for key in sealed[3:6]),
    ]


def test_a_chain_made_anew_is_told_by_the_head_outside_alone(sealed, heads):
    keep(sealed_head(), heads, now=make.NOW)
    tampering.sql("UPDATE cases_auditevent SET verb = 'take' WHERE id = %s", sealed[4])
    tampering.chain_anew_from(2)
    assert faults() == []
    assert faults(kept_heads(heads)) == [(Fault.HEAD, 3, None)]
    assert [found.where for found in check_audit().findings] == ["line 1 of the file of heads"]


def test_newest_blocks_sealed_again_are_told_by_the_head_outside(sealed, heads):
    keep(sealed_head(), heads, now=make.NOW)
    tampering.seal_newest_anew(random.Random(1))  # noqa: S311 - to be the same again
    assert check_seal().faults == 0
    assert {found.fault for found in check_audit().findings} == {Fault.HEAD}


def test_a_release_is_a_head_outside(sealed):
    head = sealed_head()
    released(1, head.number, head.digest)
    assert check_audit().heads == 1
    assert check_audit().faults == 0
    released(2, 3, A)
    assert [(found.fault, found.block, found.where) for found in check_audit().findings] == [
        (Fault.HEAD, 3, "release 2")
    ]


def released(number: int, block: int, digest: str) -> None:
    Release.objects.create(
        number=number, first_month="2024-01-01", months=1, status="provisional", released_at=make.NOW,
        released_date=make.NOW.date(), definitions="0" * 16, threshold=5, is_synthetic=True,
        previous_digest=A if number > 1 else "", digest=f"{number:064}", audit_block=block, audit_head=digest,
    )  # fmt: skip


def test_the_task_tells_the_log_what_is_wrong(sealed, caplog):
    tampering.sql("DELETE FROM cases_auditevent WHERE id = %s", sealed[0])
    verify_audit()
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        f"audit log: missing, block 1, event {sealed[0]}"
    ]


def test_the_task_keeps_the_head_outside_once(sealed, heads):
    keep_audit_head()
    keep_audit_head()
    assert [known.head for known in kept_heads(heads)] == [sealed_head()]
    events(1)
    sealing.seal_waiting(now=make.NOW)
    keep_audit_head()
    assert [known.head.number for known in kept_heads(heads)] == [3, 4]


def test_without_a_file_no_head_is_kept(sealed, settings):
    settings.AUDIT_HEAD_FILE = ""
    keep_audit_head()
    assert check_audit().heads == 0


def test_lines_of_the_file_are_json(heads):
    keep(Head(12, A), heads, now=make.NOW)
    assert heads.read_text() == f'{{"block": 12, "day": "2026-03-10", "digest": "{A}"}}\n'
    assert heads.stat().st_mode & 0o777 == 0o600


def test_a_line_that_is_none_is_a_fault(sealed, heads):
    keep(sealed_head(), heads, now=make.NOW)
    with heads.open("a") as file:
        file.write('{"block": "3", "digest": 5}\n')
    with pytest.raises(HeadFileError):
        kept_heads(heads)
    assert [(found.fault, found.where) for found in check_audit().findings] == [
        (Fault.FILE, "line 2 of the file of heads")
    ]


def test_after_a_restore_later_blocks_of_before_are_not_expected(heads):
    for number, digest in ((1, A), (2, A), (3, A)):
        keep(Head(number, digest), heads, now=make.NOW)
    keep(Head(2, A), heads, now=make.NOW, restored=True)
    keep(Head(3, B), heads, now=make.NOW)
    assert [known.head for known in kept_heads(heads)] == [Head(1, A), Head(2, A), Head(2, A), Head(3, B)]


def test_a_read_only_check_in_its_own_snapshot_sees_no_half_of_what_is_sealed_meanwhile(committed_db):
    events(3)
    with transaction.atomic():
        assert check_seal([KnownHead(Head(1, A), "nowhere")]).faults == 1
    sealing.seal_waiting(now=make.NOW + timedelta(hours=1))
    assert check_audit().faults == 0
    assert AuditBlock.objects.count() == 1


def test_random_tamperings_are_found_every_one(db, tmp_path):
    rng = random.Random(4)  # noqa: S311 - to be the same again
    heads = tmp_path / "heads.jsonl"
    tampering.drop_rules()
    tampering.fill(120, 12, heads, rng=rng)
    assert check_seal(kept_heads(heads)).faults == 0
    there, missed = tampering.tried(156, heads, rng=rng)
    assert missed == []
    assert len(there) == len(tampering.TAMPERINGS)
