"""Checks that every release is what was frozen: its digest, its place in the chain, and what the audit log says.

A superuser can switch triggers off and change a number. The digest of that release then no longer agrees. Were its
digest changed as well, the next release's ``previous_digest`` would not agree, nor would the audit log, whose events
are chained by nothing but hold the digest's first 40 digits; nor would any export that has left the house.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cases.models import AuditEvent
from cases.seal.state import pruned_until
from stats.models import Release
from stats.releases.canonical import canonical, digest
from stats.releases.freeze import DIGEST_IN_LOG
from stats.releases.reading import frozen_of, passports_of


class Fault(StrEnum):
    """What is wrong with a release."""

    CHANGED = "changed"  # its rows do not give its digest
    CHAIN = "chain"  # it does not name the digest of the release before
    MISSING = "missing"  # its number, or a release the audit log knows, is not there
    UNLOGGED = "unlogged"  # the audit log knows nothing of it, or another digest


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, and the number of the release that has it."""

    number: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Checked:
    """How many releases were checked, and what was found."""

    releases: int
    findings: tuple[Finding, ...]


def check_chain() -> Checked:
    """Check every release there is, and every one the audit log says there was."""
    logged, unlogged_until = _logged(), pruned_until()
    numbers: set[int] = set()
    findings: list[Finding] = []
    previous = ""
    for release in Release.objects.order_by("number"):
        numbers.add(release.number)
        findings += [Finding(release.number, fault) for fault in _faults(release, previous, logged, unlogged_until)]
        previous = release.digest
    expected = set(range(1, max(numbers, default=0) + 1)) | logged.keys()
    findings += [Finding(number, Fault.MISSING) for number in sorted(expected - numbers)]
    return Checked(len(numbers), tuple(findings))


def _faults(
    release: Release, previous: str, logged: dict[int, str], unlogged_until: datetime | None
) -> Iterator[Fault]:
    content = canonical(release, frozen_of([release])[release.number], passports_of(release))
    if digest(content) != release.digest:
        yield Fault.CHANGED
    if release.previous_digest != previous:
        yield Fault.CHAIN
    if logged.get(release.number, _unknown(release, unlogged_until)) != release.digest[:DIGEST_IN_LOG]:
        yield Fault.UNLOGGED


def _unknown(release: Release, unlogged_until: datetime | None) -> str:
    """What stands for the log's word on a release it does not know: events of that time may be removed by policy."""
    was_removed = unlogged_until is not None and release.released_at <= unlogged_until
    return release.digest[:DIGEST_IN_LOG] if was_removed else ""


def _logged() -> dict[int, str]:
    """The beginning of each release's digest, as the audit log has it."""
    events = AuditEvent.objects.filter(verb="freeze", subject="release").order_by("pk")
    return {int(key): changes["digest"][1] for key, changes in events.values_list("subject_key", "changes")}
