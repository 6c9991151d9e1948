"""Check that the audit log is what was sealed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.seal.verify import Checked, Fault, Finding
from stats.releases.audit_checks import check_and_note_audit

FAULTS = {
    Fault.CHANGED: "its events do not give its digest: one was changed",
    Fault.MISSING: "an event of it is not there",
    Fault.UNSEALED: "is in no block and does not wait to be sealed: it was put in",
    Fault.WAITING: "waits to be sealed, but is not there or is sealed already",
    Fault.BLOCK: "it does not give its own digest: it was changed",
    Fault.CHAIN: "it does not follow on the block before: the chain is broken",
    Fault.GONE: "it is not there",
    Fault.HEAD: "it is not there with the digest that is known outside",
    Fault.FILE: "the file of heads holds something else",
}


class Command(BaseCommand):
    """Exits with 1 when an event or a block was changed, added or removed, naming it."""

    help = "Check every event and block of the sealed audit log, the chain, and the heads that are known outside."

    def handle(self, **_options: Any) -> None:
        """Print what agrees, or every fault there is."""
        checked = check_and_note_audit(now=timezone.now())
        if checked.faults:
            said = [_told(finding) for finding in checked.findings]
            raise CommandError("\n".join([*said, f"{checked.faults} faults in {_counted(checked)}"]))
        self.stdout.write(f"{_counted(checked)} agree; {checked.unsealed} events wait to be sealed")
        if checked.pruned:
            self.stdout.write(f"{checked.pruned} blocks are kept without their events, which were removed in due time")
        if checked.head:
            self.stdout.write(f"head: block {checked.head.number} {checked.head.digest}")


def _counted(checked: Checked) -> str:
    return f"{checked.events} events, {checked.blocks} blocks, {checked.heads} heads known outside"


def _told(finding: Finding) -> str:
    place = " ".join(
        [
            *([f"block {finding.block}"] if finding.block else []),
            *([f"event {finding.event}"] if finding.event is not None else []),
            *([f"({finding.where})"] if finding.where else []),
        ]
    )
    return f"{place}: {FAULTS[finding.fault]}"
