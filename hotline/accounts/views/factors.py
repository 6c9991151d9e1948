"""Administration of second factors: for whom they are asked, and a fresh start for who lost theirs."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hotline.accounts.access import requires, signed_in
from hotline.accounts.actions import AccountError
from hotline.accounts.factors import administration, queries
from hotline.accounts.factors.forms import RequiredRolesForm
from hotline.accounts.models import User
from hotline.accounts.permissions import Permission, Role


@requires(Permission.USERS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponseBase:
    """For which roles a second factor is asked."""
    always = {str(Role.ADMINISTRATOR)} if settings.FACTOR_FOR_ADMINISTRATORS else set()
    asked = queries.required_roles()
    form = RequiredRolesForm(
        request.POST if request.method == "POST" else None, always=always, initial=dict.fromkeys(asked, True)
    )
    if request.method == "POST" and form.is_valid():
        administration.require(by=signed_in(request), now=timezone.now(), roles=form.roles)
        messages.success(request, _("Saved."))
        return redirect("administration:factors")
    people = User.objects.filter(is_active=True, role__in=asked).exclude(pk__in=queries.with_factor())
    context = {"form": form, "always": always, "without": people.order_by("name", "pk")}
    return render(request, "administration/factors.html", context)


@requires(Permission.USERS_MANAGE)
@require_POST
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Take all of somebody's factors away: they were lost."""
    person = get_object_or_404(User, pk=pk)
    try:
        administration.reset(by=signed_in(request), now=timezone.now(), user=person)
    except AccountError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(
            request,
            _("The second factors are removed. The next sign-in is with the password alone, or sets up new ones."),
        )
    return redirect("administration:user_change", pk=pk)
