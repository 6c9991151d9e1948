"""Administration of users."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.accounts import actions
from hotline.accounts.access import requires, signed_in
from hotline.accounts.factors.queries import standing, with_factor
from hotline.accounts.forms import ChangeUserForm, NewUserForm
from hotline.accounts.models import Invitation, User
from hotline.accounts.permissions import Permission, Role


@requires(Permission.USERS_MANAGE)
@require_safe
def users(request: HttpRequest) -> HttpResponse:
    """All accounts, those who may sign in first; who is invited, and until when."""
    open_ones = Invitation.objects.filter(used_at=None, withdrawn_at=None)
    invitations = {invitation.user_id: invitation for invitation in open_ones}
    people = User.objects.order_by("-is_active", "name", "pk")
    rows = [(person, invitations.get(person.pk)) for person in people]
    context = {"rows": rows, "with_factor": with_factor(), "now": timezone.now()}
    return render(request, "administration/users.html", context)


@requires(Permission.USERS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_user(request: HttpRequest) -> HttpResponse:
    """Make an account, and show its invitation this once."""
    form = NewUserForm(request.POST or None, initial={"role": Role.ANALYST, "language": "nl"})
    if request.method == "POST" and form.is_valid():
        try:
            user, code = actions.add(by=signed_in(request), now=timezone.now(), **form.cleaned_data)
        except actions.AccountError as error:
            form.add_error(error.field, error.message)
        else:
            return _show_invitation(request, user, code)
    return render(request, "administration/user_add.html", {"form": form})


@requires(Permission.USERS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def change_user(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a person's name, role or language, or switch the account off."""
    person = get_object_or_404(User, pk=pk)
    now_so = {name: getattr(person, name) for name in ("name", "role", "language", "is_active")}
    form = ChangeUserForm(request.POST or None, initial=now_so)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(by=signed_in(request), now=timezone.now(), user=person, **form.cleaned_data)
        except actions.AccountError as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("home" if person.pk == request.user.pk else "administration:users")
    context = {
        "form": form,
        "person": person,
        "factors": standing(person),
        "invitation": Invitation.objects.filter(user=person, used_at=None, withdrawn_at=None).first(),
        "now": timezone.now(),
    }
    return render(request, "administration/user_change.html", context)


@requires(Permission.USERS_MANAGE)
@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Invite someone to choose a new password, and show the invitation this once."""
    person = get_object_or_404(User, pk=pk)
    try:
        code = actions.invite(by=signed_in(request), now=timezone.now(), user=person)
    except actions.AccountError as error:
        messages.error(request, str(error.message))
        return redirect("administration:user_change", pk=pk)
    return _show_invitation(request, person, code)


@requires(Permission.USERS_MANAGE)
@require_POST
def withdraw_invitation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Withdraw the invitation of someone."""
    person = get_object_or_404(User, pk=pk)
    if actions.withdraw_invitation(by=signed_in(request), now=timezone.now(), user=person):
        messages.success(request, _("The invitation is withdrawn."))
    return redirect("administration:user_change", pk=pk)


def _show_invitation(request: HttpRequest, user: User, code: str) -> HttpResponse:
    """The one page that has it: not redirected to, because then it would have to be kept somewhere."""
    # After the '#': that part of an address stays in the browser, and stands in no server's log.
    link = request.build_absolute_uri(reverse("accounts:invitation")) + "#" + code
    return render(
        request,
        "administration/user_invitation.html",
        {"person": user, "link": link, "code": code, "days": settings.INVITATION_DAYS},
    )
