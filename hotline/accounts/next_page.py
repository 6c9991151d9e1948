"""Where to go on after signing in or switching: only to a page of this service."""

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme


def next_page(request: HttpRequest, *, otherwise: str = "/") -> str:
    """The path that was asked for in ``next``, when a route of ours has it; its query is left behind."""
    wanted = (request.POST.get("next") or request.GET.get("next") or "").partition("?")[0]
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) or not wanted.startswith("/"):
        return otherwise
    try:
        resolve(wanted)
    except Resolver404:
        return otherwise
    return wanted
