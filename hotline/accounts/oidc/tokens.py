"""Whether an ID token is right: its signature, who made it, for whom, when, and for which request."""

import hmac
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from hotline.accounts.oidc.errors import OidcError
from hotline.accounts.oidc.provider import Provider

# Signatures with a key pair. 'none' and signatures with a shared secret are not among them, whatever a provider says.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY_SECONDS = 60
MAX_TOKEN = 32 * 1024


@dataclass(frozen=True)
class Claims:
    """What a right token says: who somebody is at the issuer, and by what they signed in there."""

    issuer: str
    values: dict[str, Any]

    def text(self, name: str) -> str:
        """A claim that is a text; '' when it is missing or none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def signed_in_by(self) -> set[str]:
        """The methods (amr) and the class (acr) that the provider tells of."""
        methods = self.values.get("amr")
        told = {method for method in methods if isinstance(method, str)} if isinstance(methods, list) else set()
        return told | {self.text("acr")} - {""}


def checked(token: Any, provider: Provider, *, client_id: str, nonce: str, now: int) -> Claims:
    """The token's claims, if everything about it is right. ``now`` in seconds since 1970.

    Raises ``OidcError``.
    """
    if not isinstance(token, str) or len(token) > MAX_TOKEN:
        raise OidcError
    try:
        claims = _signed(token, provider)
        _registry(provider.issuer, client_id, now).validate(claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise OidcError from error
    _check_party(claims, client_id)
    said = claims.get("nonce")
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
        raise OidcError
    return Claims(issuer=provider.issuer, values=claims)


def _signed(token: str, provider: Provider) -> dict[str, Any]:
    """The claims under a signature by the key that the token names; a key that is new is looked for once."""
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        return jwt.decode(token, provider.public_keys(), registry=registry).claims
    except InvalidKeyIdError:
        return jwt.decode(token, provider.public_keys(again=True), registry=registry).claims


def _registry(issuer: str, client_id: str, now: int) -> JWTClaimsRegistry:
    return JWTClaimsRegistry(
        now=now,
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True},
    )


def _check_party(claims: dict[str, Any], client_id: str) -> None:
    """A token for several must say that it was asked for by us (OpenID Connect Core, section 3.1.3.7, 3 to 5)."""
    audience, party = claims["aud"], claims.get("azp")
    is_for_several = isinstance(audience, list) and len(audience) > 1
    if (is_for_several or party is not None) and party != client_id:
        raise OidcError
