"""How often somebody may try: counted in Redis before the try is looked at, each try by itself.

A moving window, one Lua script for each count (``limits``): of 200 tries at once no more are allowed than of 200 one
after another. Keys are keyed hashes of who and from where, never the values. When Redis is away nothing may be tried
(:class:`LimitsAwayError`): a limit that is off when its counter is gone is no limit. What follows from each bound
stands in docs/adr/sign-in.md.
"""

import math
import time
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import redis
from django.conf import settings
from django.utils.crypto import salted_hmac
from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry

MINUTE, HOUR, DAY = 60, 60 * 60, 24 * 60 * 60


class Scope(StrEnum):
    """What is counted together."""

    PAIR = "pair"  # one subject from one address
    ADDRESS = "address"  # everything from one address
    SUBJECT = "subject"  # one subject from anywhere
    DEVICE = "device"  # one subject on a device it signed in on before


@dataclass(frozen=True)
class Bound:
    """At most ``amount`` in any ``seconds``."""

    scope: Scope
    amount: int
    seconds: int


_CODES = (
    Bound(Scope.PAIR, 5, 15 * MINUTE),
    Bound(Scope.ADDRESS, 100, 15 * MINUTE),
    Bound(Scope.SUBJECT, 20, DAY),
)
# The narrow bound first: who is refused by it uses up nothing of the wide one, and so locks no one out elsewhere.
BOUNDS: dict[str, tuple[Bound, ...]] = {
    "sign_in": (
        Bound(Scope.PAIR, 10, 15 * MINUTE),
        Bound(Scope.ADDRESS, 100, 15 * MINUTE),
        Bound(Scope.SUBJECT, 100, HOUR),
    ),
    "present_password": (Bound(Scope.SUBJECT, 10, 15 * MINUTE),),
    "totp": _CODES,
    "recovery_code": _CODES,
    "passkey": (Bound(Scope.ADDRESS, 100, 15 * MINUTE),),
    "oidc": (Bound(Scope.ADDRESS, 100, 15 * MINUTE),),
    "invitation": (Bound(Scope.ADDRESS, 30, 15 * MINUTE),),
}
ON_A_KNOWN_DEVICE = (Bound(Scope.DEVICE, 10, 15 * MINUTE),)


@dataclass(frozen=True)
class Allowed:
    """This try may be looked at; it has been counted."""


@dataclass(frozen=True)
class Refused:
    """This try is not looked at, and the next may come in ``seconds`` (1 or more).

    ``is_first`` once in each window: that is when the audit log hears of it.
    """

    seconds: int
    is_first: bool


class LimitsAwayError(Exception):
    """The counter does not answer, so nothing may be tried."""


def attempt(kind: str, *, subject: str, address: str, device: str = "") -> Allowed | Refused:
    """Count one try, and say whether it may be looked at.

    ``subject`` is who or what is tried (a user name, a key), ``address`` what
    :func:`hotline.accounts.addresses.client_prefix` gives. ``device`` is a device that this subject signed in on
    before; its tries are counted by themselves, so that nobody elsewhere can use them up.
    Raises ``LimitsAwayError`` when Redis does not answer.
    """
    try:
        for bound in ON_A_KNOWN_DEVICE if device else BOUNDS[kind]:
            key = _key(kind, bound.scope, subject=subject, address=address, device=device)
            item = RateLimitItemPerSecond(bound.amount, bound.seconds, namespace=settings.LIMITS_NAMESPACE)
            if not _limiter().hit(item, key):
                return _refused(item, key)
    except StorageError as error:
        raise LimitsAwayError from error
    return Allowed()


def forgive(kind: str, *, subject: str, address: str, device: str = "") -> None:
    """Forget this subject's tries: one was right. Of its address only that one try is taken back.

    So an office that signs in together in the morning is not refused, and somebody with an account of their own can not
    make room for guessing at others'. Raises ``LimitsAwayError`` when Redis does not answer.
    """
    try:
        for bound in ON_A_KNOWN_DEVICE if device else BOUNDS[kind]:
            item = RateLimitItemPerSecond(bound.amount, bound.seconds, namespace=settings.LIMITS_NAMESPACE)
            key = item.key_for(_key(kind, bound.scope, subject=subject, address=address, device=device))
            if bound.scope is Scope.ADDRESS:
                redis.Redis(connection_pool=_pool(settings.REDIS_URL)).lpop(_storage().prefixed_key(key))
            else:
                _storage().clear(key)
    except (StorageError, redis.RedisError) as error:
        raise LimitsAwayError from error


def _refused(item: RateLimitItemPerSecond, key: str) -> Refused:
    left = _limiter().get_window_stats(item, key).reset_time - time.time()
    once = RateLimitItemPerSecond(1, item.get_expiry(), namespace=settings.LIMITS_NAMESPACE)
    return Refused(seconds=max(math.ceil(left), 1), is_first=_limiter().hit(once, key, "told"))


def _key(kind: str, scope: Scope, *, subject: str, address: str, device: str) -> str:
    parts = {
        Scope.PAIR: (subject, address),
        Scope.ADDRESS: (address,),
        Scope.SUBJECT: (subject,),
        Scope.DEVICE: (subject, device),
    }[scope]
    return salted_hmac("hotline.accounts.limits", "\n".join((kind, scope, *parts)), algorithm="sha256").hexdigest()


def _limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(_storage())


def _storage() -> RedisStorage:
    return _storage_of(settings.REDIS_URL)


@lru_cache(maxsize=1)
def _storage_of(url: str) -> RedisStorage:
    return RedisStorage(url, connection_pool=_pool(url), key_prefix="hotline", wrap_exceptions=True)


@lru_cache(maxsize=1)
def _pool(url: str) -> "redis.ConnectionPool":
    # Tried once more at once: after a restart of Redis the first command on a kept connection fails.
    return redis.ConnectionPool.from_url(
        url, socket_connect_timeout=1, socket_timeout=2, retry=Retry(NoBackoff(), 1), retry_on_timeout=False
    )
