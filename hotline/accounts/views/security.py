"""My account: with what I sign in beside the password. Everything here asks for a password or a sign-in of just now."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.accounts.access import requires, signed_in
from hotline.accounts.factors import actions, ceremonies
from hotline.accounts.factors.forms import PasskeyForm, PresentPasswordForm
from hotline.accounts.factors.queries import standing
from hotline.accounts.first_factor import try_present_password
from hotline.accounts.limits import Refused
from hotline.accounts.models import User
from hotline.accounts.permissions import Permission
from hotline.accounts.refusals import too_many
from hotline.accounts.sessions import SIGNED_IN_AT
from hotline.accounts.views import enrolling

CONFIRMED_AT = "confirmed_at"
RECENT_SECONDS = 10 * 60
P = ParamSpec("P")


def recently_confirmed(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Who sits down at a screen that was left open can not make himself a way back in: ask for the password again."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        last = max(request.session.get(SIGNED_IN_AT) or 0, request.session.get(CONFIRMED_AT) or 0)
        if not 0 <= time.time() - last <= RECENT_SECONDS:
            return redirect("accounts:confirm")
        return view(request, *args, **kwargs)

    return guarded


@requires(Permission.SIGNED_IN)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponseBase:
    """Ask for the password once more."""
    person, form = signed_in(request), PresentPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = try_present_password(request, person, form.cleaned_data["password"])
        if isinstance(answer, Refused):
            return too_many(request, answer)
        if answer:
            request.session[CONFIRMED_AT] = int(time.time())
            return redirect("accounts:security")
        form.add_error("password", _("This is not your present password."))
    return render(request, "accounts/confirm.html", {"form": form})


@requires(Permission.SIGNED_IN)
@require_safe
@recently_confirmed
def security(request: HttpRequest) -> HttpResponse:
    """What I sign in with."""
    context = {
        "standing": standing(signed_in(request)),
        "passkeys_work": ceremonies.relying_party(request) is not None,
    }
    return render(request, "accounts/security.html", context)


@requires(Permission.SIGNED_IN)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@recently_confirmed
def app(request: HttpRequest) -> HttpResponseBase:
    """Set an authenticator app up, or another one."""
    person = signed_in(request)
    if request.method == "POST" and "code" not in request.POST:
        actions.begin_totp(user=person, now=timezone.now())
        return redirect("accounts:app")
    where = {"qr_url": reverse("accounts:app_qr"), "back_url": reverse("accounts:security")}
    try:
        return enrolling.confirm_app(request, person, where=where, confirmed=lambda: _added(request, person))
    except actions.SetUpOverError as error:
        messages.error(request, str(error.message))
        return redirect("accounts:security")


@requires(Permission.SIGNED_IN)
@require_safe
@recently_confirmed
def app_qr(request: HttpRequest) -> HttpResponse:
    """The QR code of the app that is being set up."""
    return enrolling.qr_code(signed_in(request))


@requires(Permission.SIGNED_IN)
@require_POST
@recently_confirmed
def app_remove(request: HttpRequest) -> HttpResponse:
    """Take the app away."""
    try:
        actions.remove_totp(user=signed_in(request), now=timezone.now())
    except actions.LastFactorError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The authenticator app is removed."))
    return redirect("accounts:security")


@requires(Permission.SIGNED_IN)
@require_POST
@recently_confirmed
def codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes, and show them this once."""
    person = signed_in(request)
    if not standing(person).has_factor:
        return redirect("accounts:security")
    made = actions.renew_recovery_codes(user=person, now=timezone.now())
    return enrolling.show_codes(request, made, onward=reverse("accounts:security"))


@requires(Permission.SIGNED_IN)
@require_POST
@recently_confirmed
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser asks an authenticator to make."""
    return enrolling.passkey_options(request, signed_in(request))


@requires(Permission.SIGNED_IN)
@require_POST
@recently_confirmed
def passkey_add(request: HttpRequest) -> HttpResponse:
    """Keep a passkey."""
    person, form = signed_in(request), PasskeyForm(request.POST)
    refused = enrolling.add_passkey(request, person, form.cleaned_data["answer"] if form.is_valid() else "")
    if refused is None:
        return _added(request, person)
    default = _("This passkey can not be added. Use another device or key.")
    messages.error(request, str(getattr(refused, "message", default)))
    return redirect("accounts:security")


@requires(Permission.SIGNED_IN)
@require_POST
@recently_confirmed
def passkey_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a passkey away."""
    try:
        actions.remove_passkey(user=signed_in(request), now=timezone.now(), pk=pk)
    except actions.LastFactorError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The passkey is removed."))
    return redirect("accounts:security")


def _added(request: HttpRequest, person: User) -> HttpResponse:
    """This session goes on where others ended; with a first factor come recovery codes."""
    fresh = User.objects.get(pk=person.pk)
    update_session_auth_hash(request, fresh)
    if standing(fresh).codes_left:
        messages.success(request, _("It is added. Use it when you sign in next."))
        return redirect("accounts:security")
    made = actions.renew_recovery_codes(user=fresh, now=timezone.now())
    return enrolling.show_codes(request, made, onward=reverse("accounts:security"))
