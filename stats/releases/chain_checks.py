"""The nightly check of every release, and how the last one went."""

from datetime import datetime

from stats.models import ChainCheck
from stats.releases.chain import Checked, check_chain


def check_and_note(*, now: datetime) -> Checked:
    """Check every release's digest and its place in the chain, and note the outcome for the page of releases."""
    found = check_chain()
    ChainCheck.objects.create(finished_at=now, releases=found.releases, faults=len(found.findings))
    return found


def last_chain_check() -> ChainCheck | None:
    """The last run."""
    return ChainCheck.objects.order_by("-pk").first()
