"""Where sessions are kept: in the database, under a hash of their key (SESSION_ENGINE).

A session knows whose it is and since when, so that people can see where they are signed in and end it. ``signed_in_at``
(seconds since 1970) and ``sign_in`` (random) are put in by whatever signs somebody in, through Django's own signal.
"""

import hashlib
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from hotline.accounts.models import Session

SIGNED_IN_AT = "signed_in_at"
SIGN_IN = "sign_in"
# A row outlives its session a little: who comes back late is told why, and gets back what was typed.
KEPT_ON = timedelta(hours=1)


def key_hash(session_key: str) -> str:
    """The hash under which a session is kept. The key has 160 random bits: no salt is needed, and none would help."""
    return hashlib.sha256(session_key.encode()).hexdigest()


class SessionStore(db.SessionStore):
    """Django's database store, with the key hashed before it is asked for or kept."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Our table."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        found = Session.objects.filter(
            session_key=key_hash(self.session_key or ""), expire_date__gt=timezone.now()
        ).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        """Whether a session has this key."""
        return Session.objects.filter(session_key=key_hash(session_key)).exists()

    def create_model_instance(self, data: Mapping[str, Any]) -> Session:
        """The row to save: what a person has to see or end is beside the data, not only in them."""
        signed_in_at = data.get(SIGNED_IN_AT)
        return Session(
            session_key=key_hash(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(dict(data)),
            expire_date=self.get_expiry_date() + KEPT_ON,
            user_id=data.get(SESSION_KEY),
            signed_in_at=datetime.fromtimestamp(signed_in_at, UTC) if signed_in_at else None,
            sign_in=data.get(SIGN_IN, ""),
        )

    def delete(self, session_key: str | None = None) -> None:
        """End this session, or the one of that key."""
        key = session_key or self.session_key
        if key:
            Session.objects.filter(session_key=key_hash(key)).delete()


def note_sign_in(sender: Any, *, request: HttpRequest, **_kwargs: Any) -> None:  # noqa: ARG001 - a receiver
    """Put in when somebody signed in: the limits of the session are measured from it."""
    session: SessionBase = request.session
    session[SIGNED_IN_AT] = int(time.time())
    session[SIGN_IN] = secrets.token_hex(8)
