"""When a session ends by itself: after so long without use, and after so long altogether.

The moment of last use stands in a signed cookie, put anew at most once a minute. So a page that is only read writes
nothing, and no session ends because a server is away. The cookie is bound to its sign-in: without it, or with that of
another sign-in, use is measured from the moment of signing in. A copy of it is worth no more than the moment it names.

Redis is told as well, for the page that lists one's sign-ins, and for nothing else: whether it answers changes nothing.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import redis
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac
from redis.backoff import NoBackoff
from redis.retry import Retry

from hotline.accounts.sessions import SIGN_IN, SIGNED_IN_AT

SALT = "hotline.accounts.activity"
WRITE_AFTER_SECONDS = 60


@dataclass(frozen=True)
class Ended:
    """A session that has just ended by itself: whose it was, and by which of the two limits (``idle``, ``age``)."""

    user_pk: int
    limit: str


def end_if_over(request: HttpRequest) -> Ended | None:
    """End the session of this request when it is over, and say so."""
    session = request.session
    if SESSION_KEY not in session:
        return None
    now, signed_in_at = time.time(), session.get(SIGNED_IN_AT, 0)
    if now - signed_in_at > settings.SESSION_COOKIE_AGE:
        limit = "age"
    elif now - max(signed_in_at, _last_used(request)) > settings.SESSION_IDLE_SECONDS:
        limit = "idle"
    else:
        return None
    ended = Ended(user_pk=int(session[SESSION_KEY]), limit=limit)
    session.flush()
    return ended


def note_use(request: HttpRequest, response: HttpResponseBase) -> None:
    """Put the moment into the cookie when the one in it is a minute old; what a page asks by itself is no use."""
    if SESSION_KEY not in request.session or _asks_by_itself(request):
        return
    now = int(time.time())
    if now - _last_used(request) < WRITE_AFTER_SECONDS:
        return
    response.set_cookie(
        settings.ACTIVITY_COOKIE_NAME,
        signing.dumps([request.session.get(SIGN_IN), now], salt=SALT),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    _tell(request.session.get(SIGN_IN, ""), now)


def last_used(sign_ins: Iterable[str]) -> dict[str, datetime]:
    """When each of these sign-ins was last used, to the minute, for those of which Redis knows."""
    names = list(sign_ins)
    try:
        said = _redis(settings.REDIS_URL).mget([_key(name) for name in names]) if names else []
    except redis.RedisError:
        return {}
    return {
        name: datetime.fromtimestamp(int(value), UTC)
        for name, value in zip(names, said, strict=True)
        if value is not None
    }


def _last_used(request: HttpRequest) -> int:
    """The moment in the cookie, in seconds since 1970; 0 when there is none of this sign-in."""
    try:
        sign_in, moment = signing.loads(request.COOKIES.get(settings.ACTIVITY_COOKIE_NAME, ""), salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return 0
    is_ours = constant_time_compare(str(sign_in), request.session.get(SIGN_IN, ""))
    return int(moment) if is_ours else 0


def _asks_by_itself(request: HttpRequest) -> bool:
    """Whether a page asks how far something is, every few seconds, with nobody there: htmx is used for nothing else."""
    return request.method == "GET" and request.headers.get("HX-Request") == "true"


def _tell(sign_in: str, now: int) -> None:
    try:
        _redis(settings.REDIS_URL).set(_key(sign_in), now, ex=settings.SESSION_COOKIE_AGE)
    except redis.RedisError:
        return  # the list of sign-ins will say less


def _key(sign_in: str) -> str:
    return "hotline:used:" + salted_hmac(SALT, sign_in, algorithm="sha256").hexdigest()


@lru_cache(maxsize=1)
def _redis(url: str) -> "redis.Redis":
    return redis.Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=0.5, retry=Retry(NoBackoff(), 1))
