"""Setting up a second factor on the way in: somebody must have one and has none. There is no session yet."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.accounts import signing
from hotline.accounts.access import requires
from hotline.accounts.factors import actions
from hotline.accounts.factors.forms import PasskeyForm
from hotline.accounts.factors.queries import has_factor
from hotline.accounts.models import User
from hotline.accounts.permissions import Permission
from hotline.accounts.views import enrolling

P = ParamSpec("P")


def half_signed_in(
    view: Callable[Concatenate[HttpRequest, signing.HalfSignedIn, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """For who is half signed in and has no factor. Who has one must show it, and may not make another here."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        half = signing.half_signed_in(request)
        if half is None or has_factor(half.user):
            return redirect("accounts:sign_in")
        return view(request, half, *args, **kwargs)

    return guarded


@requires(Permission.PUBLIC)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@half_signed_in
def set_up(request: HttpRequest, half: signing.HalfSignedIn) -> HttpResponseBase:
    """Say why, and let choose between an app and a passkey."""
    if request.method == "POST":
        actions.begin_totp(user=half.user, now=timezone.now())
        return redirect("accounts:set_up_app")
    return render(request, "accounts/set_up.html", {"here": "/"})


@requires(Permission.PUBLIC)
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@half_signed_in
def app(request: HttpRequest, half: signing.HalfSignedIn) -> HttpResponseBase:
    """Show the secret and ask for its first code."""
    where = {"qr_url": reverse("accounts:set_up_qr"), "back_url": reverse("accounts:set_up"), "here": "/"}
    try:
        return enrolling.confirm_app(request, half.user, where=where, confirmed=lambda: _done(request, half, "totp"))
    except actions.SetUpOverError as error:
        messages.error(request, str(error.message))
        return redirect("accounts:set_up")


@requires(Permission.PUBLIC)
@require_safe
@half_signed_in
def qr_code(_request: HttpRequest, half: signing.HalfSignedIn) -> HttpResponse:
    """The QR code."""
    return enrolling.qr_code(half.user)


@requires(Permission.PUBLIC)
@never_cache
@require_POST
@half_signed_in
def passkey_options(request: HttpRequest, half: signing.HalfSignedIn) -> HttpResponse:
    """What the browser asks an authenticator to make."""
    return enrolling.passkey_options(request, half.user)


@requires(Permission.PUBLIC)
@never_cache
@require_POST
@half_signed_in
def passkey(request: HttpRequest, half: signing.HalfSignedIn) -> HttpResponseBase:
    """Keep the passkey, and sign in."""
    form = PasskeyForm(request.POST)
    refused = enrolling.add_passkey(request, half.user, form.cleaned_data["answer"] if form.is_valid() else "")
    if refused is not None:
        messages.error(request, _("This passkey can not be added. Use another device or key."))
        return redirect("accounts:set_up")
    return _done(request, half, "passkey")


def _done(request: HttpRequest, half: signing.HalfSignedIn, method: str) -> HttpResponseBase:
    """Sign in, and show the recovery codes before going on."""
    user = User.objects.get(pk=half.user.pk)
    codes = actions.renew_recovery_codes(user=user, now=timezone.now())
    signed = signing.complete(request, user, methods=(half.method, method), onward=half.onward)
    page = enrolling.show_codes(request, codes, onward=half.onward)
    page.cookies.update(signed.cookies)
    return page
