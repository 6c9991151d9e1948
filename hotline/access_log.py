"""One line in the log for each request: who, which route, what came of it, how long. Never the address asked for."""

import logging
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from hotline.logs import Own, current_request

logger = logging.getLogger(__name__)

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
QUIET = frozenset({"healthz", "readyz", "metrics"})


class AccessLogMiddleware:
    """Outermost, so that it sees every answer that the application gives."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and write the line. Static files, and those who look whether we live, get none."""
        name = current_request.set(secrets.token_hex(8))
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            route = request.resolver_match.route if request.resolver_match else None
            if route not in QUIET and not request.path_info.startswith(settings.STATIC_URL):
                _write(request, response, route, time.perf_counter() - started)
        finally:
            current_request.reset(name)
        return response


def _write(request: HttpRequest, response: HttpResponseBase, route: str | None, seconds: float) -> None:
    # Only who is known already: to find out would ask the database, for an answer that needed nobody.
    user = getattr(request, "_cached_user", None)
    told = {
        "actor": getattr(user, "reference", None),
        "method": request.method if request.method in METHODS else "other",
        "route": Own(route) if route else "unknown",
        "status": response.status_code,
        "ms": round(seconds * 1000),
    }
    logger.info("request", extra={"told": told})
