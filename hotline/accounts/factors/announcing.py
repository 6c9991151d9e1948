"""Telling whoever keeps the audit log what was done to somebody's factors."""

from datetime import datetime

from hotline.accounts.models import User
from hotline.accounts.signals import AccountEvent, account_changed


def announce(verb: str, user: User, *, by: User | None, now: datetime) -> None:
    """Announce that something was done to an account, in the transaction of the write."""
    event = AccountEvent(verb=verb, reference=user.reference, by=by, now=now)
    account_changed.send(sender=User, event=event)


def announce_rule(verb: str, *, by: User, now: datetime, changes: dict[str, list[str | None]]) -> None:
    """Announce a change that is about no one account."""
    account_changed.send(sender=User, event=AccountEvent(verb=verb, reference=None, by=by, now=now, changes=changes))
