"""Who may enter, and in which language they read."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation
from rest_framework.views import APIView

from hotline.accounts.access import permission_of
from hotline.accounts.activity import end_if_over, note_use
from hotline.accounts.kept import forget_taken
from hotline.accounts.limits import LimitsAwayError
from hotline.accounts.permissions import Permission
from hotline.accounts.refusals import limits_away
from hotline.accounts.turned_away import to_sign_in

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ReaderLanguageMiddleware:
    """The reader's language: as kept with the user, else the cookie, else what the browser asks for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the reader's language, with dates in the hotline's zone."""
        user = request.user
        language = user.language if user.is_authenticated else translation.get_language_from_request(request)
        with translation.override(language), timezone.override(ZoneInfo(settings.TIME_ZONE)):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        if isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Language", language)
        return response


class SessionLimitsMiddleware:
    """Ends a session that is over, before anyone asks whose it is, and notes the use of one that is not."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on, as no one where the session has just ended."""
        request.ended = end_if_over(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        note_use(request, response)
        forget_taken(request, response)
        return response


class AccessMiddleware:
    """Let in who the route declares, and no one else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on; the decision is taken once the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: list[Any], _kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse, send to sign-in, or let through.

        Raises ``PermissionDenied`` (403) for someone signed in without the permission, and for an undeclared route.
        """
        view_class = getattr(view, "cls", None)
        if view_class is not None and issubclass(view_class, APIView):
            return None  # the API decides by the same table, in DeclaredPermission, with its own form of refusal
        permission = permission_of(view, request.method or "GET")
        if permission is None:
            raise PermissionDenied
        if permission is Permission.PUBLIC:
            return None
        if not request.user.is_authenticated:
            return to_sign_in(request, view)
        if not request.user.may(permission):
            raise PermissionDenied
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """503 where something was to be tried and tries can not be counted."""
        return limits_away(request) if isinstance(exception, LimitsAwayError) else None
