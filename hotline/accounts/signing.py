"""Signing in, step by step: the first factor is right, then the second where one is wanted, then the session.

Whoever has checked a first factor (a password, an invitation, OpenID Connect) calls :func:`begin`; whoever has
checked the second calls :func:`complete` with who is :func:`half_signed_in`. Nothing else may sign anyone in.
"""

import time
from dataclasses import dataclass

from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from hotline.accounts import actions
from hotline.accounts.devices import remember_device
from hotline.accounts.factors import queries
from hotline.accounts.models import User

HALF_SIGNED_IN = "half_signed_in"
HALF_SECONDS = 5 * 60
METHODS = "methods"


@dataclass(frozen=True)
class HalfSignedIn:
    """Someone whose first factor was right: no one yet, and without any right."""

    user: User
    method: str
    onward: str


def factors_wanted(user: User) -> str | None:
    """The route of the page on which this person goes on to the second factor, or None when the first is enough.

    Who has one is asked for it. Who must have one and has none sets it up before there is a session.
    """
    if queries.has_factor(user):
        return "accounts:second_step"
    return "accounts:set_up" if queries.is_required(user.role) else None


def begin(request: HttpRequest, user: User, *, method: str, onward: str = "/") -> HttpResponseBase:
    """Go on once the first factor is right: sign in, or keep who it is for five minutes and ask for the second.

    ``method`` is a code (password, invitation, oidc, passkey); ``onward`` the path that was asked for, already checked.
    Raises ``PermissionDenied`` for someone who is switched off.
    """
    page = factors_wanted(user)
    if page is None:
        return complete(request, user, methods=(method,), onward=onward)
    if not user.is_active:
        raise PermissionDenied
    # A new key, and nothing that whoever had this browser before may have put into the session.
    request.session.flush()
    request.session[HALF_SIGNED_IN] = {
        "user": user.pk,
        "stamp": user.get_session_auth_hash(),
        "at": int(time.time()),
        "method": method,
        "onward": onward,
    }
    return redirect(page)


def half_signed_in(request: HttpRequest) -> HalfSignedIn | None:
    """Who has passed the first factor in this session, within the last five minutes, and may still sign in."""
    kept = request.session.get(HALF_SIGNED_IN)
    if not kept or not 0 <= time.time() - kept["at"] <= HALF_SECONDS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    # A password, a role or a factor that was changed meanwhile ends this state as it ends sessions.
    if user is None or not constant_time_compare(kept["stamp"], user.get_session_auth_hash()):
        return None
    return HalfSignedIn(user=user, method=kept["method"], onward=kept["onward"])


def complete(request: HttpRequest, user: User, *, methods: tuple[str, ...], onward: str = "/") -> HttpResponseBase:
    """Sign in: a new session key, the moment, the methods, an audit event; then go on to ``onward``.

    Raises ``PermissionDenied`` for someone who is switched off.
    """
    if not user.is_active:
        raise PermissionDenied
    request.session.pop(HALF_SIGNED_IN, None)
    login(request, user)
    request.session[METHODS] = list(methods)
    actions.signed_in(user=user, now=timezone.now())
    response = redirect(onward)
    remember_device(request, response, user)
    return response


def methods_of(request: HttpRequest) -> tuple[str, ...]:
    """By which methods this session was signed in, in order; none for one that was not."""
    return tuple(request.session.get(METHODS, ()))
