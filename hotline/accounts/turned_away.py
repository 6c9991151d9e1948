"""What somebody who is not signed in gets where one has to be: the sign-in page, and why."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hotline.accounts.activity import Ended
from hotline.accounts.kept import keep_typed
from hotline.metadata_only import CODE

MINUTE, HOUR = 60, 60 * 60
# Longer numbers are no keys of ours, and may be a telephone number.
LARGEST_KEY = 10**9


def to_sign_in(request: HttpRequest, view: Callable[..., Any]) -> HttpResponseBase:
    """Lead to the sign-in page and back; say why when a session has ended, and keep what was typed in it."""
    if request.headers.get("HX-Request") == "true":
        # A part of a page that asked by itself: the whole page is loaded again, and leads to the sign-in page.
        return HttpResponse(status=401, headers={"HX-Refresh": "true"})
    response = redirect_to_login(request.path if _can_be_read(request, view) and _is_plain(request) else "/")
    ended: Ended | None = getattr(request, "ended", None)
    if ended is not None:
        messages.warning(request, _why(ended))
        if keep_typed(request, response, view=view, user_pk=ended.user_pk):
            messages.info(request, _("What you typed is not saved. Sign in again within 15 minutes and it is back."))
        elif request.method == "POST":
            messages.warning(request, _("What you sent was not saved."))
    return response


def _can_be_read(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Whether signing in can lead back to the page: not to a mere button's."""
    view_class = getattr(view, "view_class", None)
    return request.method in {"GET", "HEAD"} or view_class is None or "get" in view_class.http_method_names


def _is_plain(request: HttpRequest) -> bool:
    """Whether the path may stand in an answer: its arguments are numbers, days, keys and codes. A query never does."""
    arguments = request.resolver_match.kwargs.values() if request.resolver_match else ()
    return all(
        CODE.match(argument) if isinstance(argument, str) else not isinstance(argument, int) or argument < LARGEST_KEY
        for argument in arguments
    )


def _why(ended: Ended) -> str:
    if ended.limit == "idle":
        minutes = settings.SESSION_IDLE_SECONDS // MINUTE
        return ngettext(
            "You were signed out: nothing was done for %(minutes)d minute.",
            "You were signed out: nothing was done for %(minutes)d minutes.",
            minutes,
        ) % {"minutes": minutes}
    hours = settings.SESSION_COOKIE_AGE // HOUR
    return ngettext(
        "You were signed out: a sign-in lasts %(hours)d hour.",
        "You were signed out: a sign-in lasts %(hours)d hours.",
        hours,
    ) % {"hours": hours}
