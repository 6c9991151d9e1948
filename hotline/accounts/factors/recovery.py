"""Recovery codes: twelve letters and digits in three groups, 59 random bits. Pure but for the key."""

import secrets

from hotline.accounts.factors import vault

COUNT = 10
# Without the letters and digits that are taken for each other when read out or copied.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 3, 4
_PURPOSE = "recovery codes"


def new_codes() -> list[str]:
    """Ten new codes, such as 'k7mp-2xwd-9fqa'."""
    return [_new_code() for _number in range(COUNT)]


def _new_code() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _letter in range(_GROUP_LENGTH)) for _group in range(_GROUPS))
    return "-".join(groups)


def hash_of(code: str, *, owner: str) -> str:
    """The hash by which a code is kept: of this person's, under the key in use."""
    return hashes_of(code, owner=owner)[0]


def hashes_of(code: str, *, owner: str) -> list[str]:
    """The hashes by which it may have been kept; how it was typed (capitals, spaces, hyphens) makes no difference."""
    plain = "".join(sign for sign in code.lower() if sign in _ALPHABET)
    return vault.keyed_hashes(f"{owner} {plain}", purpose=_PURPOSE)
