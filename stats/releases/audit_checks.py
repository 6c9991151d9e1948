"""The check of the sealed audit log, with every head of it that is known outside: in its file, and in releases."""

import logging
from datetime import datetime

from cases.seal.form import Head
from cases.seal.heads import HeadFileError, KnownHead, head_file, kept_heads
from cases.seal.verify import Checked, Fault, check_seal
from stats.counting.snapshot import one_snapshot
from stats.models import AuditCheck, Release

logger = logging.getLogger(__name__)


def check_audit() -> Checked:
    """Check every event and every block, in one snapshot."""
    heads, broken = _kept()
    with one_snapshot():
        checked = check_seal([*heads, *_released()])
    if broken:
        checked.found(Fault.FILE, 0, where=f"line {broken} of the file of heads")
    return checked


def check_and_note_audit(*, now: datetime) -> Checked:
    """The same, and how it went is kept for the page of alarms."""
    checked = check_audit()
    AuditCheck.objects.create(
        finished_at=now, events=checked.events, blocks=checked.blocks, faults=checked.faults
    )  # fmt: skip
    return checked


def last_audit_check() -> AuditCheck | None:
    """The last run."""
    return AuditCheck.objects.order_by("-pk").first()


def _kept() -> tuple[list[KnownHead], int]:
    """The file's heads; and the first line of it that is none (0: every line is one)."""
    file = head_file()
    try:
        return (kept_heads(file) if file else []), 0
    except HeadFileError as error:
        return [], error.line


def _released() -> list[KnownHead]:
    """The heads that are printed in releases."""
    found = Release.objects.filter(audit_block__isnull=False).order_by("number")
    return [
        KnownHead(Head(block, digest), f"release {number}")
        for number, block, digest in found.values_list("number", "audit_block", "audit_head")
        if block is not None
    ]
