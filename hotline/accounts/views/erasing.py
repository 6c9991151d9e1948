"""Erasing a person's name: asked once more, on a page of its own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hotline.accounts import erasing
from hotline.accounts.access import requires, signed_in
from hotline.accounts.actions import AccountError
from hotline.accounts.models import User
from hotline.accounts.permissions import Permission


@requires(Permission.USERS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def erase_user(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask whether to erase, and do it."""
    person = get_object_or_404(User, pk=pk)
    refused = None
    if request.method == "POST":
        try:
            erasing.erase(by=signed_in(request), now=timezone.now(), user=person)
        except AccountError as error:
            refused = error.message
        else:
            messages.success(request, _("The name is erased."))
            return redirect("administration:users")
    return render(request, "administration/user_erase.html", {"person": person, "refused": refused})
