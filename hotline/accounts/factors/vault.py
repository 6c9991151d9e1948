"""Secrets at rest: sealed under a key that the database does not have, or kept as a keyed hash.

Keys come from ``FACTOR_SECRET`` (and, where that is not set, ``SECRET_KEY``), one for each purpose; earlier secrets
still open what they sealed until ``manage.py reseal_factors`` has moved it.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12


class SealError(Exception):
    """What was sealed can not be opened: another key, another account, or another hand. Says nothing of it."""


@lru_cache(maxsize=64)
def _derived(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"hotline {purpose}".encode()).derive(secret.encode())


def _keys(purpose: str) -> list[bytes]:
    """The keys of a purpose, the one in use first."""
    return [_derived(secret, purpose) for secret in settings.FACTOR_SECRETS]


def seal(secret: bytes, *, owner: str) -> str:
    """The secret sealed for its owner, in base64url without padding. The same owner opens it, and no other."""
    nonce = secrets.token_bytes(NONCE)
    sealed = nonce + AESGCM(_keys("sealing")[0]).encrypt(nonce, secret, owner.encode())
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal(sealed: str, *, owner: str) -> bytes:
    """What was sealed for this owner, under any of the keys.

    Raises ``SealError``.
    """
    raw = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    for key in _keys("sealing"):
        try:
            return AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], owner.encode())
        except InvalidTag:
            continue
    raise SealError


def keyed_hash(text: str, *, purpose: str) -> str:
    """The hash of a text under the key in use: 64 hexadecimal digits."""
    return keyed_hashes(text, purpose=purpose)[0]


def keyed_hashes(text: str, *, purpose: str) -> list[str]:
    """The hash under each key, the one in use first: by any of them it may have been kept."""
    return [hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in _keys(purpose)]
