"""Signing in and out."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hotline.accounts import actions, limits, signing
from hotline.accounts.access import requires
from hotline.accounts.addresses import client_prefix
from hotline.accounts.first_factor import try_password
from hotline.accounts.forms import InvitationForm, SignInForm
from hotline.accounts.invitations import InvitationGoneError, invited
from hotline.accounts.limits import Refused
from hotline.accounts.next_page import next_page
from hotline.accounts.permissions import Permission
from hotline.accounts.refusals import too_many


@requires(Permission.PUBLIC)
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Ask for user name and password; then go on to the page that was asked for."""
    onward = next_page(request)
    if request.user.is_authenticated:
        return redirect(onward)
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        found = try_password(request, username=form.typed_username, password=form.typed_password)
        if isinstance(found, Refused):
            return too_many(request, found)
        if found is not None:
            return signing.begin(request, found, method="password", onward=onward)
        form.refuse()
    return render(request, "accounts/sign_in.html", {"form": form, "next": onward})


@requires(Permission.PUBLIC)
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest) -> HttpResponseBase:
    """Choose a password by an invitation, and go on as whoever was invited."""
    if request.method != "POST":
        return render(request, "accounts/invitation.html", {"form": InvitationForm(user=None)})
    answer = limits.attempt("invitation", subject="", address=client_prefix(request))
    if isinstance(answer, Refused):
        return too_many(request, answer)
    now, code = timezone.now(), InvitationForm(request.POST, user=None).typed_code
    person = invited(code, now=now)
    form = InvitationForm(request.POST, user=person)
    if person is None:
        form.refuse(InvitationGoneError.message)
    elif form.is_valid():
        try:
            user = actions.accept_invitation(now=now, code=code, password=form.cleaned_data["new_password"])
        except InvitationGoneError as error:
            form.refuse(error.message)
        else:
            logout(request)
            return signing.begin(request, user, method="invitation")
    return render(request, "accounts/invitation.html", {"form": form, "person": person})


@requires(Permission.PUBLIC)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        actions.signed_out(user=request.user, now=timezone.now())
    logout(request)
    return redirect("accounts:sign_in")
