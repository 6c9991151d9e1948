"""Where the seal of the audit log stands: its head, and what waits to be sealed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from cases.models import AuditBlock, AuditEvent, UnsealedEvent
from cases.seal.form import Head


@dataclass(frozen=True, slots=True, kw_only=True)
class SealState:
    """The newest block (None: there is none), how many events are in no block yet, and since when the oldest waits."""

    head: Head | None
    unsealed: int
    oldest_unsealed: datetime | None

    def oldest_age(self, now: datetime) -> timedelta:
        """How long the oldest event that is not sealed waits; zero when none does."""
        return max(now - self.oldest_unsealed, timedelta()) if self.oldest_unsealed else timedelta()


def sealed_head() -> Head | None:
    """The newest block's number and digest."""
    newest = AuditBlock.objects.order_by("-number").values_list("number", "digest").first()
    return Head(*newest) if newest else None


def pruned_through() -> int:
    """The last block whose events were removed at the end of their time, as the log says; 0 when there is none."""
    said = AuditEvent.objects.filter(verb="audit_prune", subject="audit", subject_key__regex=r"^[0-9]{1,18}$")
    return max(map(int, said.values_list("subject_key", flat=True)), default=0)


def pruned_until() -> datetime | None:
    """When the last of those blocks was sealed: what the log knew up to then is gone. None: nothing is."""
    return AuditBlock.objects.filter(number=pruned_through()).values_list("sealed_at", flat=True).first()


def seal_state() -> SealState:
    """How the seal stands. Two queries; the second reads what waits, normally some dozens of rows at most."""
    head = sealed_head()
    waiting = UnsealedEvent.objects.aggregate(unsealed=Count("pk"), oldest=Min("written_at"))
    return SealState(head=head, unsealed=waiting["unsealed"], oldest_unsealed=waiting["oldest"])
