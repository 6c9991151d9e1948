"""Signing in and out."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hotline.accounts import actions, signing
from hotline.accounts.access import requires
from hotline.accounts.forms import SignInForm
from hotline.accounts.next_page import next_page
from hotline.accounts.permissions import Permission


@requires(Permission.PUBLIC)
@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Ask for user name and password; then go on to the page that was asked for."""
    onward = next_page(request)
    if request.user.is_authenticated:
        return redirect(onward)
    form = SignInForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid() and form.user:
        return signing.begin(request, form.user, method="password", onward=onward)
    if request.method == "POST":
        actions.sign_in_failed(username=form.typed_username, now=timezone.now())
    return render(request, "accounts/sign_in.html", {"form": form, "next": onward})


@requires(Permission.PUBLIC)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        actions.signed_out(user=request.user, now=timezone.now())
    logout(request)
    return redirect("accounts:sign_in")
