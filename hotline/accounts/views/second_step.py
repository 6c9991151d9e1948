"""The second step of signing in: a code of the app, a recovery code, a passkey. No one is signed in here yet."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hotline.accounts import actions as accounts
from hotline.accounts import limits, signing
from hotline.accounts.access import requires
from hotline.accounts.addresses import client_prefix
from hotline.accounts.factors import actions, ceremonies
from hotline.accounts.factors.forms import CodeForm, PasskeyForm, RecoveryForm
from hotline.accounts.factors.queries import standing
from hotline.accounts.models import User
from hotline.accounts.next_page import next_page
from hotline.accounts.permissions import Permission
from hotline.accounts.refusals import too_many

ANYONE = "anyone"


@requires(Permission.PUBLIC)
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponseBase:
    """Ask for a code of the app, or a passkey."""
    half = signing.half_signed_in(request)
    if half is None:
        return redirect("accounts:sign_in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if (refused := counted(request, "totp", half.user)) is not None:
            return refused
        if actions.use_totp(user=half.user, now=timezone.now(), code=form.cleaned_data["code"]):
            return _through(request, half, "totp", kind="totp")
        actions.failed(user=half.user, now=timezone.now())
        form.add_error("code", actions.WrongCodeError.message)
    context = {"form": form, "standing": standing(half.user), "here": "/"}
    return render(request, "accounts/second_step.html", context)


@requires(Permission.PUBLIC)
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def recovery(request: HttpRequest) -> HttpResponseBase:
    """Ask for a recovery code instead."""
    half = signing.half_signed_in(request)
    if half is None:
        return redirect("accounts:sign_in")
    form = RecoveryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if (refused := counted(request, "recovery_code", half.user)) is not None:
            return refused
        if actions.use_recovery_code(user=half.user, now=timezone.now(), code=form.cleaned_data["code"]):
            messages.warning(request, _("That recovery code is used up. See under My account how many are left."))
            return _through(request, half, "recovery_code", kind="recovery_code")
        actions.failed(user=half.user, now=timezone.now())
        form.add_error("code", _("This is none of your recovery codes that are left."))
    return render(request, "accounts/recovery.html", {"form": form, "here": "/"})


@requires(Permission.PUBLIC)
@never_cache
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser asks an authenticator to sign: for who is half signed in, or for whoever has a passkey."""
    if (refused := counted(request, "passkey", None)) is not None:
        return refused
    half = signing.half_signed_in(request)
    try:
        options = ceremonies.options_to_sign_in(request, half.user if half else None, now=timezone.now())
    except ceremonies.PasskeyRefusedError:
        return JsonResponse({"error": "passkey"}, status=409)
    return HttpResponse(options, content_type="application/json")


@requires(Permission.PUBLIC)
@never_cache
@require_POST
def passkey(request: HttpRequest) -> HttpResponseBase:
    """Sign in with a passkey: as the second step, or with nothing else, since it is two factors by itself."""
    if (refused := counted(request, "passkey", None)) is not None:
        return refused
    half, form = signing.half_signed_in(request), PasskeyForm(request.POST)
    answer = form.cleaned_data["answer"] if form.is_valid() else ""
    try:
        user = ceremonies.sign_in(request, answer, now=timezone.now(), user=half.user if half else None)
    except ceremonies.PasskeyRefusedError:
        return _passkey_refused(request, half)
    if half:
        return _through(request, half, "passkey")
    onward = next_page(request)
    request.session.flush()
    return signing.complete(request, user, methods=("passkey",), onward=onward)


def counted(request: HttpRequest, kind: str, user: User | None) -> HttpResponse | None:
    """Count a try; the page that refuses it when there were too many.

    Raises ``LimitsAwayError``.
    """
    subject = str(user.reference) if user else ANYONE
    outcome = limits.attempt(kind, subject=subject, address=client_prefix(request))
    if not isinstance(outcome, limits.Refused):
        return None
    if outcome.is_first:
        accounts.sign_in_limited(username=user.username if user else "", now=timezone.now())
    return too_many(request, outcome)


def _through(request: HttpRequest, half: signing.HalfSignedIn, method: str, *, kind: str = "") -> HttpResponseBase:
    if kind:
        limits.forgive(kind, subject=str(half.user.reference), address=client_prefix(request))
    return signing.complete(request, half.user, methods=(half.method, method), onward=half.onward)


def _passkey_refused(request: HttpRequest, half: signing.HalfSignedIn | None) -> HttpResponse:
    messages.error(request, _("This passkey was not accepted. Try again, or sign in another way."))
    if half:
        actions.failed(user=half.user, now=timezone.now())
        return redirect("accounts:second_step")
    accounts.sign_in_failed(username="", now=timezone.now())
    return redirect("accounts:sign_in")
