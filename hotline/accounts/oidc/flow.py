"""There and back: what is sent to the provider, and what has to come back with it."""

import hashlib
import hmac
import re
import secrets
import time
from base64 import urlsafe_b64encode
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from hotline.accounts.factors import once, vault
from hotline.accounts.factors.models import Identity
from hotline.accounts.models import User
from hotline.accounts.oidc import asking, tokens
from hotline.accounts.oidc.errors import OidcError
from hotline.accounts.oidc.provider import the_provider
from hotline.accounts.oidc.tokens import Claims

KEPT = "oidc"
SECONDS = 10 * 60
CODE = re.compile(r"[ -~]{1,2048}\Z")
_PURPOSE = "identities"


def is_on() -> bool:
    """Whether there is a provider."""
    return bool(settings.OIDC_ISSUER)


def address_there(request: HttpRequest, *, onward: str, now: datetime) -> str:
    """Where to send somebody to sign in; what has to come back is kept in the session, for ten minutes and once.

    Raises ``OidcError``.
    """
    provider = the_provider()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _each in range(3))
    once.give_out(state.encode(), now=now, seconds=SECONDS)
    request.session[KEPT] = {
        "state": state, "nonce": nonce, "verifier": verifier, "onward": onward, "at": int(now.timestamp()),
    }  # fmt: skip
    asked = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": _address_back(request),
        "scope": "openid profile" if settings.OIDC_MATCH != "sub" else "openid",
        "state": state,
        "nonce": nonce,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
    }
    return provider.authorization + ("&" if "?" in provider.authorization else "?") + urlencode(asked)


def is_ours(request: HttpRequest, *, state: str, code: str) -> bool:
    """Whether somebody comes back in the session that was sent away, and not too late. Nothing is used up by asking."""
    kept = request.session.get(KEPT) or {}
    return (
        bool(kept)
        and 0 <= time.time() - kept["at"] <= SECONDS
        and bool(CODE.match(code))
        and hmac.compare_digest(state.encode(), kept["state"].encode())
    )


def finish(request: HttpRequest, *, state: str, code: str, issuer: str, now: datetime) -> tuple[Claims, str]:
    """What the provider says of who came back, and the page that was asked for before.

    ``issuer``: what the provider calls itself in its answer (RFC 9207), '' when it does not.
    Raises ``OidcError``.
    """
    ours = is_ours(request, state=state, code=code)
    kept = request.session.pop(KEPT, None)
    if not ours or not once.take_back(state.encode(), now=now):
        raise OidcError
    provider = the_provider()
    if issuer and issuer != provider.issuer:
        raise OidcError
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _address_back(request),
        "code_verifier": kept["verifier"],
    }
    client_id = settings.OIDC_CLIENT_ID
    answer = asking.post(provider.token, fields, client_id=client_id, secret=settings.OIDC_CLIENT_SECRET)
    claims = tokens.checked(
        answer.get("id_token"), provider, client_id=client_id, nonce=kept["nonce"], now=int(now.timestamp())
    )
    return claims, kept["onward"]


def person(claims: Claims) -> User | None:
    """Whose account this is; None when it is linked to none. Accounts are never made here."""
    subject = claims.text(settings.OIDC_MATCH)
    if not subject:
        return None
    identity = Identity.objects.select_related("user").filter(subject_hash__in=subject_hashes(subject)).first()
    return identity.user if identity else None


def subject_hashes(subject: str) -> list[str]:
    """The hashes by which somebody at this issuer may be kept, the one for new links first."""
    text = f"{settings.OIDC_ISSUER}\n{settings.OIDC_MATCH}\n{subject}"
    return vault.keyed_hashes(text, purpose=_PURPOSE)


def has_shown_two_factors(claims: Claims) -> bool:
    """Whether the provider tells of a second factor that the settings say is one."""
    return bool(claims.signed_in_by() & set(settings.OIDC_SECOND_FACTOR))


def _address_back(request: HttpRequest) -> str:
    path = reverse("accounts:provider_back")
    return settings.ORIGIN + path if settings.ORIGIN else request.build_absolute_uri(path)


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
