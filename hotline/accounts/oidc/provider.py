"""The provider: what its discovery document and its keys say, kept for ten minutes."""

import time
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from hotline.accounts.oidc import asking
from hotline.accounts.oidc.errors import OidcError

KEPT_SECONDS = 10 * 60
# Keys are asked for again at most this often, whatever key ids tokens come with.
AGAIN_SECONDS = 30
DISCOVERY = "/.well-known/openid-configuration"
# Public keys only: a set that holds a shared secret would let whoever reads it sign.
KEY_TYPES = {"RSA", "EC", "OKP"}


@dataclass
class Provider:
    """What is known of the provider at one issuer."""

    issuer: str
    authorization: str
    token: str
    keys_at: str
    read_at: float
    keys: KeySet | None = None
    keys_read_at: float = field(default=-float("inf"))

    def public_keys(self, *, again: bool = False) -> KeySet:
        """The keys it signs with; ``again`` reads them anew, unless that was just done.

        Raises ``OidcError``.
        """
        age = time.monotonic() - self.keys_read_at
        if self.keys is None or age > KEPT_SECONDS or (again and age > AGAIN_SECONDS):
            self.keys, self.keys_read_at = _key_set(asking.get(self.keys_at)), time.monotonic()
        return self.keys


_known: dict[str, Provider] = {}


def the_provider() -> Provider:
    """The provider of the settings.

    Raises ``OidcError``.
    """
    issuer: str = settings.OIDC_ISSUER
    known = _known.get(issuer)
    if known is None or time.monotonic() - known.read_at > KEPT_SECONDS:
        known = _known[issuer] = _discover(issuer)
    return known


def _discover(issuer: str) -> Provider:
    document = asking.get(issuer.rstrip("/") + DISCOVERY)
    # OpenID Connect Discovery, section 4.3: to the letter, or somebody else's document would do.
    if document.get("issuer") != issuer:
        raise OidcError
    return Provider(
        issuer=issuer,
        authorization=asking.checked(document.get("authorization_endpoint")),
        token=asking.checked(document.get("token_endpoint")),
        keys_at=asking.checked(document.get("jwks_uri")),
        read_at=time.monotonic(),
    )


def _key_set(document: dict[str, Any]) -> KeySet:
    keys = document.get("keys")
    if not isinstance(keys, list):
        raise OidcError
    usable = [
        key for key in keys if isinstance(key, dict) and key.get("kty") in KEY_TYPES and key.get("use", "sig") == "sig"
    ]
    try:
        return KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise OidcError from error
