"""What somebody had typed when the session ended: kept by the browser, in a signed cookie, until the form is back.

The server keeps nothing of it, since nothing of it was checked. A view names the fields that it wants back (``keeps``);
of those only what looks like a code, a number or a date is kept, for the same person and the same page, for 15 minutes.
It works with any way of signing in, and without JavaScript.
"""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase, QueryDict

from hotline.metadata_only import CODE, COUNTRY, ISO_DATE, WHOLE_NUMBER

SALT = "hotline.accounts.kept"
SECONDS = 15 * 60
# What a browser takes for one cookie is 4,096 bytes.
LONGEST = 3800
BAND = re.compile(r"[0-9]{1,2}-[0-9]{1,2}\Z")
PLAIN = (CODE, WHOLE_NUMBER, ISO_DATE, COUNTRY, BAND)


def keep_typed(request: HttpRequest, response: HttpResponseBase, *, view: Callable[..., Any], user_pk: int) -> bool:
    """Give the browser what was typed, if the view wants it back and it can be kept; whether it was."""
    keeps: re.Pattern[str] | None = getattr(getattr(view, "view_class", view), "keeps", None)
    if request.method != "POST" or keeps is None:
        return False
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if keeps.match(name) and any(pattern.match(value) for pattern in PLAIN)
    ]
    sealed = signing.dumps([request.path, user_pk, fields], salt=SALT, compress=True)
    if not fields or len(sealed) > LONGEST:
        return False
    response.set_cookie(
        settings.KEPT_COOKIE_NAME,
        sealed,
        max_age=SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return True


def take_typed(request: HttpRequest) -> QueryDict | None:
    """What this person had typed into the form of this page, once; None when there is nothing."""
    try:
        path, user_pk, fields = signing.loads(
            request.COOKIES.get(settings.KEPT_COOKIE_NAME, ""), salt=SALT, max_age=SECONDS
        )
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if path != request.path or user_pk != request.user.pk:
        return None
    request.took_typed = True  # type: ignore[attr-defined]
    typed = QueryDict(mutable=True)
    for name, value in fields:
        typed.appendlist(name, value)
    return typed


def forget_taken(request: HttpRequest, response: HttpResponseBase) -> None:
    """Take the cookie back once the form has been drawn from it."""
    if getattr(request, "took_typed", False):
        response.delete_cookie(settings.KEPT_COOKIE_NAME, samesite="Lax")
