"""Where one is signed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hotline.accounts import actions
from hotline.accounts.access import requires, signed_in
from hotline.accounts.activity import last_used
from hotline.accounts.models import Session, User
from hotline.accounts.permissions import Permission
from hotline.accounts.sessions import SIGN_IN


@dataclass(frozen=True)
class SignIn:
    """One of a person's sign-ins. Neither addresses nor browsers are kept, so there are none to show."""

    signed_in_at: datetime | None
    used_at: datetime | None
    is_this: bool


@requires(Permission.SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """List one's own sign-ins; sent as a form, end all but this one."""
    person = signed_in(request)
    if request.method == "POST":
        actions.sign_out_elsewhere(user=person, now=timezone.now())
        update_session_auth_hash(request, person)
        messages.success(request, _("You are signed out everywhere else."))
        return redirect("accounts:sessions")
    here = request.session.get(SIGN_IN, "")
    return render(request, "accounts/sessions.html", {"sign_ins": sign_ins_of(person, here=here, now=timezone.now())})


def sign_ins_of(person: User, *, here: str, now: datetime) -> list[SignIn]:
    """The sign-ins that are alive, newest first: what ended by itself is left out, as far as Redis tells."""
    oldest = now - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    kept = list(
        Session.objects.filter(user=person, expire_date__gt=now, signed_in_at__gt=oldest)
        .order_by("-signed_in_at", "sign_in")
        .values_list("sign_in", "signed_in_at")
    )
    used = last_used(sign_in for sign_in, _signed_in_at in kept)
    unused_since = now - timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    return [
        SignIn(signed_in_at, now if sign_in == here else used.get(sign_in), is_this=sign_in == here)
        for sign_in, signed_in_at in kept
        if sign_in == here or used.get(sign_in, now) > unused_since
    ]
