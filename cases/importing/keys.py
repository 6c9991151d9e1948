"""The sender's own number of a report is never kept: only a keyed hash, to know the report again."""

import re
from collections.abc import Callable
from hashlib import blake2b, sha256

DIGITS = re.compile(r"[0-9]{1,20}\Z")
UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\Z|[0-9a-fA-F]{32}\Z")


def plain_key(text: str) -> str | None:
    """The one form of a key: a number without leading zeros, or 32 lower-case hex digits; None if it is neither.

    A number has at most 20 digits, so that the two never meet.
    """
    if DIGITS.match(text):
        return text.lstrip("0") or "0"
    if UUID.match(text):
        return text.replace("-", "").lower()
    return None


def key_hasher(secret: str) -> Callable[[str], bytes | None]:
    """A function from a key to its 16-byte hash, or to None when it is no key."""
    empty = blake2b(key=_key(secret), digest_size=16, person=b"report-key")

    def hashed(text: str) -> bytes | None:
        plain = plain_key(text)
        if plain is None:
            return None
        digest = empty.copy()
        digest.update(plain.encode("ascii"))
        return digest.digest()

    return hashed


def content_hasher(secret: str) -> Callable[[str], int]:
    """A function from the plain text of a part of a report to a keyed hash: a signed 64-bit number."""
    empty = blake2b(key=_key(secret), digest_size=8, person=b"report-content")

    def hashed(text: str) -> int:
        digest = empty.copy()
        digest.update(text.encode("ascii"))
        return int.from_bytes(digest.digest(), "big", signed=True)

    return hashed


def _key(secret: str) -> bytes:
    # blake2b takes at most 64 bytes of key; a secret may be longer.
    return sha256(secret.encode()).digest()
