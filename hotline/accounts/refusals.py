"""The pages that answer a try that is not looked at: 429 with when to come again, 503 when nothing can be counted."""

import math

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hotline.accounts.limits import MINUTE, Refused

AWAY_SECONDS = 30


def too_many(request: HttpRequest, refused: Refused) -> HttpResponse:
    """429: too many tries; after how many minutes the next may come."""
    minutes = math.ceil(refused.seconds / MINUTE)
    response = render(request, "accounts/too_many.html", {"minutes": minutes, "here": "/"}, status=429)
    response["Retry-After"] = str(refused.seconds)
    return response


def limits_away(request: HttpRequest) -> HttpResponse:
    """503: tries can not be counted at this moment, so none is looked at."""
    response = render(request, "accounts/limits_away.html", {"here": "/"}, status=503)
    response["Retry-After"] = str(AWAY_SECONDS)
    return response
