"""Devices that people signed in on before: known by a signed cookie, whose tries are counted by themselves.

After OWASP's device cookies: while somebody tries passwords from all over the world, the person still gets in from the
device of every day. The cookie opens nothing. It says for up to five people, by keyed hashes of their user names, that
each of them signed in here.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from hotline.accounts.models import User

SALT = "hotline.accounts.devices"
SECONDS = 180 * 24 * 60 * 60
PEOPLE = 5


def known_device(request: HttpRequest, username: str) -> str:
    """The device this person signed in on before, if this is one; otherwise ''."""
    return _kept(request).get(_hash(username), "")


def remember_device(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Know this device again for this person: at every sign-in under a new random value."""
    name = _hash(user.username)
    kept = {person: device for person, device in _kept(request).items() if person != name}
    kept = dict([*kept.items(), (name, secrets.token_hex(8))][-PEOPLE:])
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(kept, salt=SALT),
        max_age=SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _kept(request: HttpRequest) -> dict[str, str]:
    try:
        kept: dict[str, str] = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=SECONDS
        )
    except signing.BadSignature:
        return {}
    return kept


def _hash(username: str) -> str:
    return salted_hmac(SALT, username, algorithm="sha256").hexdigest()[:16]
