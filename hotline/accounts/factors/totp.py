"""Codes of an authenticator app, by RFC 6238: six digits, 30 seconds, SHA-1. Pure: time is an argument."""

import hmac
import re
import secrets
from base64 import b32encode
from datetime import datetime

import pyotp

SECRET_BYTES = 20  # RFC 4226, section 4, R6
STEP_SECONDS = 30
DRIFT = 1  # steps before and after that a clock may be off
CODE = re.compile(r"[0-9]{6}\Z")
ISSUER = "Hotline"
_GROUP = 4


def new_secret() -> bytes:
    """A new secret: 160 random bits."""
    return secrets.token_bytes(SECRET_BYTES)


def step_of(now: datetime) -> int:
    """The time step that a moment lies in."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, step: int) -> str:
    """The code of one step."""
    return pyotp.HOTP(_text(secret)).at(step)


def matching_steps(secret: bytes, code: str, *, now: datetime) -> list[int]:
    """The steps around now that this is the code of, oldest first; mostly none or one. Takes as long either way."""
    if not CODE.match(code):
        return []
    middle = step_of(now)
    steps = range(middle - DRIFT, middle + DRIFT + 1)
    return [step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), code.encode())]


def groups(secret: bytes) -> str:
    """The secret to type: base32 in groups of four."""
    text = _text(secret)
    return " ".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def address(secret: bytes, *, username: str) -> str:
    """The otpauth address that a QR code carries."""
    return pyotp.TOTP(_text(secret)).provisioning_uri(name=username, issuer_name=ISSUER)


def _text(secret: bytes) -> str:
    return b32encode(secret).decode()
