"""One's own account: password, language, theme."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.accounts import actions
from hotline.accounts.access import requires, signed_in
from hotline.accounts.first_factor import try_present_password
from hotline.accounts.forms import ChoiceOfLanguage, ChoiceOfTheme, PasswordForm
from hotline.accounts.limits import Refused
from hotline.accounts.next_page import next_page
from hotline.accounts.permissions import Permission
from hotline.accounts.refusals import too_many

YEAR = 365 * 24 * 60 * 60


@requires(Permission.SIGNED_IN)
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Who I am here."""
    return render(request, "accounts/account.html")


@requires(Permission.SIGNED_IN)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponseBase:
    """Choose a new password."""
    person = signed_in(request)
    if request.method != "POST":
        return render(request, "accounts/password.html", {"form": PasswordForm(user=person)})
    form = PasswordForm(request.POST, user=person)
    is_right = try_present_password(request, person, form.typed_password)
    if isinstance(is_right, Refused):
        return too_many(request, is_right)
    if not is_right:
        form.refuse()
    elif form.is_valid():
        actions.choose_password(user=person, now=timezone.now(), password=form.cleaned_data["new_password"])
        update_session_auth_hash(request, person)
        messages.success(request, _("Your new password is set. You are signed out everywhere else."))
        return redirect("home")
    return render(request, "accounts/password.html", {"form": form})


@requires(Permission.PUBLIC)
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the reader's language: with the account, and for the sign-in page in a cookie."""
    form = ChoiceOfLanguage(request.POST)
    response = redirect(next_page(request))
    if not form.is_valid():
        return response
    chosen = form.cleaned_data["language"]
    if request.user.is_authenticated:
        actions.choose_language(user=request.user, now=timezone.now(), language=chosen)
    translation.activate(chosen)
    _keep(response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


@requires(Permission.PUBLIC)
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the reader's theme, in a cookie."""
    form = ChoiceOfTheme(request.POST)
    response = redirect(next_page(request))
    if form.is_valid():
        _keep(response, settings.THEME_COOKIE_NAME, form.cleaned_data["theme"])
    return response


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
