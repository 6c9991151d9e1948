"""Where the seal of the audit log stands: its head, and what waits to be sealed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from cases.models import AuditBlock, UnsealedEvent
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


def seal_state() -> SealState:
    """How the seal stands. Two queries; the second reads what waits, normally some dozens of rows at most."""
    head = sealed_head()
    waiting = UnsealedEvent.objects.aggregate(unsealed=Count("pk"), oldest=Min("written_at"))
    return SealState(head=head, unsealed=waiting["unsealed"], oldest_unsealed=waiting["oldest"])
