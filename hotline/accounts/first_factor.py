"""Passwords as they are tried: counted first, then looked at."""

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils import timezone

from hotline.accounts import actions, limits
from hotline.accounts.addresses import client_prefix
from hotline.accounts.devices import known_device
from hotline.accounts.limits import Refused
from hotline.accounts.models import User

# The user name that stands for all that can be none: what was typed goes neither to the database nor to Redis.
NO_USERNAME = ""


def try_password(request: HttpRequest, *, username: str, password: str) -> User | Refused | None:
    """Who signs in with these, None when they do not belong together, Refused when it was tried too often.

    ``username`` is one or ''. Takes as long for a name that nobody has as for one that somebody has.
    Raises ``LimitsAwayError`` when tries can not be counted.
    """
    who = {"subject": username, "address": client_prefix(request), "device": known_device(request, username)}
    answer = limits.attempt("sign_in", **who)
    if isinstance(answer, Refused):
        if answer.is_first:
            actions.sign_in_limited(username=username, now=timezone.now())
        return answer
    found = authenticate(request, username=username, password=password)
    if not isinstance(found, User):
        actions.sign_in_failed(username=username, now=timezone.now())
        return None
    limits.forgive("sign_in", **who)
    return found


def try_present_password(request: HttpRequest, user: User, password: str) -> bool | Refused:
    """Whether this is the password of someone who is signed in; Refused when it was tried too often.

    Raises ``LimitsAwayError`` when tries can not be counted.
    """
    who = {"subject": str(user.pk), "address": client_prefix(request)}
    answer = limits.attempt("present_password", **who)
    if isinstance(answer, Refused):
        if answer.is_first:
            actions.sign_in_limited(username=user.username, now=timezone.now())
        return answer
    is_right = user.check_password(password)
    if is_right:
        limits.forgive("present_password", **who)
    return is_right
