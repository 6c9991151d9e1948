"""Signing in at the organisation's own provider, and the link of an account to somebody there."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.accounts import actions as accounts
from hotline.accounts import signing
from hotline.accounts.access import requires, signed_in
from hotline.accounts.actions import AccountError
from hotline.accounts.factors import administration
from hotline.accounts.factors.forms import SubjectForm
from hotline.accounts.factors.models import Identity
from hotline.accounts.models import User
from hotline.accounts.next_page import next_page
from hotline.accounts.oidc import flow
from hotline.accounts.oidc.errors import OidcError
from hotline.accounts.permissions import Permission
from hotline.accounts.views.second_step import counted

P = ParamSpec("P")


def where_on(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """404 where there is no provider."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not flow.is_on():
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@requires(Permission.PUBLIC)
@never_cache
@require_POST
@where_on
def begin(request: HttpRequest) -> HttpResponseBase:
    """Send somebody to the provider.

    By a page that goes on by itself: a redirect after a form is bound by our form-action, which is to stay 'self'.
    """
    if (refused := counted(request, "oidc", None)) is not None:
        return refused
    try:
        address = flow.address_there(request, onward=next_page(request), now=timezone.now())
    except OidcError:
        return _refuse()
    page = render(request, "accounts/provider_there.html", {"address": address, "name": settings.OIDC_NAME})
    page["Refresh"] = f"0; url={address}"
    return page


@requires(Permission.PUBLIC)
@never_cache
@require_safe
@where_on
def back(request: HttpRequest) -> HttpResponseBase:
    """Where the provider sends somebody back to. Draws a form with what came along: a GET never signs anyone in."""
    state, code = request.GET.get("state", ""), request.GET.get("code", "")
    if not flow.is_ours(request, state=state, code=code):
        return redirect("accounts:provider_refused")
    context = {"state": state, "code": code, "issuer": request.GET.get("iss", ""), "name": settings.OIDC_NAME}
    return render(request, "accounts/provider_back.html", context)


@requires(Permission.PUBLIC)
@sensitive_post_parameters()
@sensitive_variables("claims")
@never_cache
@require_POST
@where_on
def finish(request: HttpRequest) -> HttpResponseBase:
    """Ask the provider who came back, and go on as after a password."""
    if (refused := counted(request, "oidc", None)) is not None:
        return refused
    sent = {name: request.POST.get(name, "") for name in ("state", "code", "issuer")}
    try:
        claims, onward = flow.finish(request, now=timezone.now(), **sent)
    except OidcError:
        return _refuse()
    user = flow.person(claims)
    if user is None or not user.is_active:
        return _refuse()
    if flow.has_shown_two_factors(claims):
        return signing.complete(request, user, methods=("oidc", "oidc_factor"), onward=onward)
    return signing.begin(request, user, method="oidc", onward=onward)


@requires(Permission.PUBLIC)
@never_cache
@require_safe
@where_on
def refused(request: HttpRequest) -> HttpResponse:
    """It did not work. Why is not said: nothing of what came back is repeated."""
    return render(request, "accounts/provider_refused.html", {"name": settings.OIDC_NAME, "here": "/"})


def _refuse() -> HttpResponse:
    accounts.sign_in_failed(username="", now=timezone.now())
    return redirect("accounts:provider_refused")


@requires(Permission.USERS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@where_on
def link(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Link an account to somebody at the provider, or to nobody."""
    person, by, now = get_object_or_404(User, pk=pk), signed_in(request), timezone.now()
    form = SubjectForm(request.POST if "subject" in request.POST else None)
    if request.method == "POST" and not form.is_bound:
        administration.unlink(by=by, now=now, user=person)
        return redirect("administration:user_change", pk=pk)
    if request.method == "POST" and form.is_valid():
        hashes = flow.subject_hashes(form.cleaned_data["subject"])
        try:
            administration.link(by=by, now=now, user=person, subject_hash=hashes[0], known_hashes=hashes)
        except AccountError as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("administration:user_change", pk=pk)
    context = {"form": form, "person": person, "name": settings.OIDC_NAME, "match": settings.OIDC_MATCH}
    context["is_linked"] = Identity.objects.filter(user=person).exists()
    return render(request, "administration/user_identity.html", context)
