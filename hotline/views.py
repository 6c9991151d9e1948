"""The door: where each role begins, whether the service lives, and the pages of what went wrong."""

import sys

import psycopg
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from hotline.accounts.access import requires
from hotline.accounts.models import User
from hotline.accounts.permissions import Permission, Role

# A restarted database is back in some seconds.
RETRY_SECONDS = 5
# Django leaves the driver's own as they are where a server-side cursor is closed.
AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
START = {
    Role.ANALYST: "cases:log",
    Role.LEAD: "stats:months",
    Role.ADMINISTRATOR: "stats:year_now",
    Role.AUDITOR: "cases:audit_log",
    Role.READER: "stats:releases",
}


@requires(Permission.SIGNED_IN)
def home(request: HttpRequest) -> HttpResponseBase:
    """Send each role to the page its work begins on."""
    assert isinstance(request.user, User)  # noqa: S101 - the middleware lets no one else through; for the type checker
    return redirect(START[Role(request.user.role)])


@requires(Permission.PUBLIC)
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@requires(Permission.ADMINISTRATION_VIEW)
@require_safe
def administration(request: HttpRequest) -> HttpResponse:
    """What there is to administer."""
    return render(request, "administration/home.html")


def _error(request: HttpRequest, status: int) -> HttpResponse:
    """A page that says what went wrong, with nothing of the request in it: not its path either."""
    return render(request, "error.html", {"status": status, "here": "/"}, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """403 for a form that was not drawn for this reader, or stood open over a sign-in."""
    return _error(request, 403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 for more than a form may carry; with nothing of the request in it."""
    is_too_much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return _error(request, 413 if is_too_much else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """403."""
    return _error(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """404."""
    return _error(request, 404)


def server_error(_request: HttpRequest) -> HttpResponse:
    """500, or 503 when the database is away, full or restarting: sent again in a moment, the same may succeed.

    Drawn without asking who reads it: the database may be what failed, and the page must not fail as well.
    """
    is_away = isinstance(sys.exception(), AWAY)
    status = 503 if is_away else 500
    response = HttpResponse(render_to_string("error.html", {"status": status, "here": "/"}), status=status)
    if is_away:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response
