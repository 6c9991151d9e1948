"""The few requests to the provider: over TLS, to where it said, five seconds each, bounded, without redirects."""

import json
from base64 import b64encode
from http import HTTPStatus
from typing import Any
from urllib.error import URLError
from urllib.parse import quote_plus, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

from hotline.accounts.oidc.errors import OidcError

SECONDS = 5
MAX_BYTES = 512 * 1024
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class _NoRedirect(HTTPRedirectHandler):
    """An endpoint is where the provider's own document says it is."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """Follow none."""
        return


def get(address: str) -> dict[str, Any]:
    """The JSON object at an address.

    Raises ``OidcError``.
    """
    return _ask(Request(checked(address), headers={"Accept": "application/json"}))  # noqa: S310 - checked


def post(address: str, fields: dict[str, str], *, client_id: str, secret: str) -> dict[str, Any]:
    """The JSON object that answers a form, sent as the client (HTTP Basic, RFC 6749, section 2.3.1).

    Raises ``OidcError``.
    """
    who = b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode()
    headers = {"Accept": "application/json", "Authorization": f"Basic {who}"}
    return _ask(Request(checked(address), data=urlencode(fields).encode(), headers=headers))  # noqa: S310 - checked


def checked(address: Any) -> str:
    """The address, if it is https (or on this machine, where that is not production).

    Raises ``OidcError``.
    """
    if not isinstance(address, str):
        raise OidcError
    parts = urlsplit(address)
    is_local = not settings.PRODUCTION and parts.scheme == "http" and parts.hostname in LOOPBACK
    if not (parts.scheme == "https" or is_local) or not parts.hostname:
        raise OidcError
    return address


def _ask(request: Request) -> dict[str, Any]:
    try:
        with build_opener(_NoRedirect).open(request, timeout=SECONDS) as answer:
            body = answer.read(MAX_BYTES + 1)
            is_right = answer.status == HTTPStatus.OK and len(body) <= MAX_BYTES
        found = json.loads(body) if is_right else None
    except (URLError, OSError, ValueError, RecursionError) as error:
        raise OidcError from error
    if not isinstance(found, dict):
        raise OidcError
    return found
