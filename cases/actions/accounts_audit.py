"""What is done to accounts stands in the audit log like any other write, in the transaction of the write."""

from typing import Any

from cases.actions import audit
from hotline.accounts.signals import AccountEvent

# The subject of a sign-in that was refused under a user name no account has. What was typed is not kept.
NO_ACCOUNT = "none"


def record_account_event(sender: Any, *, event: AccountEvent, **_kwargs: Any) -> None:  # noqa: ARG001 - a receiver
    """Write the event: the account's reference as subject, never a name."""
    key = str(event.reference) if event.reference else NO_ACCOUNT
    audit.record(
        audit.Event(verb=event.verb, subject="user", subject_key=key, changes=event.changes),
        by=event.by,
        now=event.now,
    )
