"""Things that may come back one time, and not late: also when two requests bring them at once."""

import hashlib
from datetime import datetime, timedelta

from hotline.accounts.factors.models import Once


def give_out(token: bytes, *, now: datetime, seconds: int) -> None:
    """Note that this token was given out; those that are over go with it."""
    Once.objects.filter(expires_at__lt=now).delete()
    Once.objects.create(digest=_digest(token), expires_at=now + timedelta(seconds=seconds))


def take_back(token: bytes, *, now: datetime) -> bool:
    """Whether the token was given out, is not over, and comes back for the first time. One statement decides."""
    deleted, _by_model = Once.objects.filter(digest=_digest(token), expires_at__gte=now).delete()
    return deleted == 1


def _digest(token: bytes) -> str:
    return hashlib.sha256(token).hexdigest()
