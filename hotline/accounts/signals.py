"""What others may listen to. Accounts know no audit log; whoever keeps one connects to this."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.dispatch import Signal

if TYPE_CHECKING:
    from hotline.accounts.models import User


@dataclass(frozen=True, kw_only=True)
class AccountEvent:
    """Something was done to an account, or by way of one.

    ``verb`` is a code. ``reference`` is the account's own, None when no account was found. ``changes`` maps a field to
    ``[before, after]`` in codes; a name is never in it, only that it changed. ``by`` is None when no one was signed in.
    """

    verb: str
    reference: UUID | None
    by: "User | None"
    now: datetime
    changes: dict[str, list[str | None]] = field(default_factory=dict)


# Sent with ``event``, an AccountEvent, inside the transaction of the write: what a receiver writes stands or falls with
# it, and a receiver that fails undoes it.
account_changed = Signal()
