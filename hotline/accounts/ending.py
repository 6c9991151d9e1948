"""Ending a person's sessions: part of the action that is the reason for it, and of its transaction."""

import uuid

from hotline.accounts.models import Session, User


def end_sessions(user: User) -> None:
    """End every session of this person, half a sign-in too, at the next request that comes with one.

    The row is locked and written in the caller's transaction; ``user`` itself is brought up to date.
    """
    user.session_stamp = uuid.uuid4()
    user.save(update_fields=["session_stamp"])
    Session.objects.filter(user=user).delete()
