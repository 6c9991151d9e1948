"""Counts every answer, and lets a scraper with the right token read the metrics."""

import hmac
from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from hotline.health.metrics import count_request
from hotline.health.views import metrics

GetResponse = Callable[[HttpRequest], HttpResponseBase]
BEARER = "Bearer "


class MetricsMiddleware:
    """Stands outside of what decides who may enter: the metrics' token is no session, and is looked at here alone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and count it."""
        began = perf_counter()
        response = self.get_response(request)
        count_request(request, response, seconds=perf_counter() - began)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: list[Any], _kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Let a token decide where one is shown; without one, the page's own permission does: administrators."""
        shown = request.headers.get("Authorization", "")
        if view is not metrics or not shown:
            return None
        if is_token(shown):
            return metrics(request)
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})


def is_token(shown: str) -> bool:
    """Whether the header shows METRICS_TOKEN; never, where none is set. Takes as long for any text of its length."""
    expected = f"{BEARER}{settings.METRICS_TOKEN}"
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(shown.encode(), expected.encode())
