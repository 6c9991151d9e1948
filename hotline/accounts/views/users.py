"""Administration of users."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.accounts import actions
from hotline.accounts.access import requires, signed_in
from hotline.accounts.factors.queries import standing
from hotline.accounts.forms import ChangeUserForm, NewUserForm
from hotline.accounts.models import User
from hotline.accounts.permissions import Permission, Role


@requires(Permission.USERS_MANAGE)
@require_safe
def users(request: HttpRequest) -> HttpResponse:
    """All accounts, those who may sign in first."""
    people = User.objects.order_by("-is_active", "name", "pk")
    return render(request, "administration/users.html", {"people": people})


@requires(Permission.USERS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_user(request: HttpRequest) -> HttpResponse:
    """Make an account, and show its password this once."""
    form = NewUserForm(request.POST or None, initial={"role": Role.ANALYST, "language": "nl"})
    if request.method == "POST" and form.is_valid():
        try:
            user, password = actions.add(by=signed_in(request), now=timezone.now(), **form.cleaned_data)
        except actions.AccountError as error:
            form.add_error(error.field, error.message)
        else:
            return _show_password(request, user, password)
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
    return render(
        request, "administration/user_change.html", {"form": form, "person": person, "factors": standing(person)}
    )


@requires(Permission.USERS_MANAGE)
@require_POST
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give someone a new password, and show it this once."""
    person = get_object_or_404(User, pk=pk)
    password = actions.reset_password(by=signed_in(request), now=timezone.now(), user=person)
    return _show_password(request, person, password)


def _show_password(request: HttpRequest, user: User, password: str) -> HttpResponse:
    """The one page that has it: not redirected to, because then it would have to be kept somewhere."""
    return render(request, "administration/user_password.html", {"person": user, "password": password})
