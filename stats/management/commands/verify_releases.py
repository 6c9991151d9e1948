"""Check that every release is what was frozen."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stats.releases.chain import Fault, check_chain

FAULTS = {
    Fault.CHANGED: "its frozen rows do not give its digest: something was changed",
    Fault.CHAIN: "it does not follow on the release before: the chain is broken",
    Fault.MISSING: "it is missing",
    Fault.UNLOGGED: "the audit log does not know it by this digest",
}


class Command(BaseCommand):
    """Exits with 1 when a release was changed, added or removed, naming it."""

    help = "Check the digest of every release, the chain they form, and what the audit log says of them."

    def handle(self, **_options: Any) -> None:
        """Print how many agree, or every fault there is."""
        checked = check_chain()
        if checked.findings:
            said = "\n".join(f"release {finding.number}: {FAULTS[finding.fault]}" for finding in checked.findings)
            raise CommandError(said)
        self.stdout.write(f"{checked.releases} releases agree with their digests")
