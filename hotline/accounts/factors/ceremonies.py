"""What a browser and an authenticator are asked, and what they answer: WebAuthn, checked by py_webauthn.

A challenge waits in the session, is good for five minutes, and is used once whatever comes of it. User verification
(a finger, a face, a PIN) is always asked for, so that a passkey alone is two factors: the device, and who holds it.
"""

import ipaddress
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.http import HttpRequest
from webauthn.helpers import generate_challenge
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from hotline.accounts.factors import actions, once
from hotline.accounts.factors.models import CREDENTIAL, PUBLIC_KEY_LENGTH, Passkey
from hotline.accounts.models import User

SECONDS = 5 * 60
CHALLENGE = "passkey_challenge"
NAME = "Hotline"
ADDING, SIGNING_IN = "adding", "signing_in"
MAY_BE_AN_ID = re.compile(CREDENTIAL.replace("$", r"\Z"))


class PasskeyRefusedError(Exception):
    """An answer that is not right, for whatever reason. Says nothing of it."""


@dataclass(frozen=True)
class RelyingParty:
    """What a passkey is bound to: the host name, and the address that pages are opened at."""

    host: str
    origin: str


def relying_party(request: HttpRequest) -> RelyingParty | None:
    """What passkeys are bound to here; None where that can not be known, and there are none then.

    Without HOTLINE_ORIGIN it is the host that was asked for, which Django has checked, if ALLOWED_HOSTS has it in full:
    under a pattern such as '.example' anybody's neighbour would do.
    """
    if settings.ORIGIN:
        return RelyingParty(host=urlsplit(settings.ORIGIN).hostname or "", origin=settings.ORIGIN)
    asked = urlsplit(f"//{request.get_host()}")
    host = asked.hostname or ""
    if host not in settings.ALLOWED_HOSTS or _is_number(host):
        return None
    return RelyingParty(host=host, origin=f"{request.scheme}://{asked.netloc}")


def _is_number(host: str) -> bool:
    """Whether it is an address in numbers: browsers bind passkeys to names alone."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def options_to_add(request: HttpRequest, user: User, *, now: datetime) -> str:
    """The JSON that navigator.credentials.create is given.

    Raises ``PasskeyRefusedError`` where there are no passkeys.
    """
    party = _party(request)
    options = webauthn.generate_registration_options(
        rp_id=party.host,
        rp_name=NAME,
        user_id=user.reference.bytes,
        user_name=user.username,
        challenge=_challenge(request, ADDING, now=now),
        timeout=SECONDS * 1000,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_descriptors(user),
    )
    return webauthn.options_to_json(options)


def options_to_sign_in(request: HttpRequest, user: User | None, *, now: datetime) -> str:
    """The JSON that navigator.credentials.get is given; without a person, any passkey of this service may answer.

    Raises ``PasskeyRefusedError`` where there are no passkeys.
    """
    party = _party(request)
    options = webauthn.generate_authentication_options(
        rp_id=party.host,
        challenge=_challenge(request, SIGNING_IN, now=now),
        timeout=SECONDS * 1000,
        allow_credentials=_descriptors(user) if user else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def add(request: HttpRequest, user: User, answer: str, *, now: datetime) -> Passkey:
    """Check what the authenticator answered and keep the passkey.

    Raises ``PasskeyRefusedError``, or what ``actions.add_passkey`` raises.
    """
    party = _party(request)
    challenge = _taken_back(request, ADDING, now=now)
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except _REFUSED as error:
        raise PasskeyRefusedError from error
    credential_id, public_key = _text(made.credential_id), _text(made.credential_public_key)
    if not MAY_BE_AN_ID.match(credential_id) or len(public_key) > PUBLIC_KEY_LENGTH:
        raise PasskeyRefusedError
    return actions.add_passkey(
        user=user, now=now, credential_id=credential_id, public_key=public_key, sign_count=made.sign_count
    )


def sign_in(request: HttpRequest, answer: str, *, now: datetime, user: User | None = None) -> User:
    """Check what the authenticator answered; returns whose passkey it was. With ``user`` it must be theirs.

    Raises ``PasskeyRefusedError``.
    """
    party = _party(request)
    challenge = _taken_back(request, SIGNING_IN, now=now)
    credential = _read(answer)
    passkey = _passkey_of(credential, user)
    try:
        checked = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except _REFUSED as error:
        raise PasskeyRefusedError from error
    if not actions.use_passkey(passkey=passkey, now=now, sign_count=checked.new_sign_count):
        raise PasskeyRefusedError
    return passkey.user


# The library's own refusals, and what its parsing lets through of answers that are no answers.
_REFUSED = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError)


def _party(request: HttpRequest) -> RelyingParty:
    party = relying_party(request)
    if party is None:
        raise PasskeyRefusedError
    return party


def _challenge(request: HttpRequest, purpose: str, *, now: datetime) -> bytes:
    """A new challenge, kept in the session for one purpose in place of any earlier one."""
    challenge = generate_challenge()
    once.give_out(_token(purpose, challenge), now=now, seconds=SECONDS)
    request.session[CHALLENGE] = {"purpose": purpose, "challenge": _text(challenge)}
    return challenge


def _taken_back(request: HttpRequest, purpose: str, *, now: datetime) -> bytes:
    """The challenge of this session, which is used up by that.

    Raises ``PasskeyRefusedError`` when there is none for this purpose, or it is over, or was used.
    """
    kept = request.session.pop(CHALLENGE, None) or {}
    challenge = _bytes(kept.get("challenge", ""))
    if kept.get("purpose") != purpose or not once.take_back(_token(purpose, challenge), now=now):
        raise PasskeyRefusedError
    return challenge


def _token(purpose: str, challenge: bytes) -> bytes:
    return purpose.encode() + b" " + challenge


def _read(answer: str) -> dict[str, Any]:
    """The browser's JSON as an object, with the credential's id in it."""
    try:
        credential = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise PasskeyRefusedError from error
    if not isinstance(credential, dict) or not isinstance(credential.get("id"), str):
        raise PasskeyRefusedError
    return credential


def _passkey_of(credential: dict[str, Any], user: User | None) -> Passkey:
    """The passkey that answers, of someone who may sign in: of this person, or of whom the answer itself names."""
    # What can be no credential id is never asked of the database, whose log might keep it.
    if not MAY_BE_AN_ID.match(credential["id"]):
        raise PasskeyRefusedError
    passkey = Passkey.objects.select_related("user").filter(credential_id=credential["id"]).first()
    if passkey is None or not passkey.user.is_active or (user is not None and passkey.user_id != user.pk):
        raise PasskeyRefusedError
    response = credential.get("response")
    handle = response.get("userHandle") if isinstance(response, dict) else None
    if (user is None or handle) and handle != _text(passkey.user.reference.bytes):
        raise PasskeyRefusedError
    return passkey


def _descriptors(user: User) -> list[PublicKeyCredentialDescriptor]:
    ids = Passkey.objects.filter(user=user).values_list("credential_id", flat=True)
    return [PublicKeyCredentialDescriptor(id=_bytes(text)) for text in ids]


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
