"""Administration of published totals."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.views.saving import saved
from hotline.accounts.access import requires, signed_in
from hotline.accounts.permissions import Permission
from stats import actions_history as actions
from stats.forms_history import PublishedTotalForm
from stats.history_pages import total_lines
from stats.models import PublishedTotal


@requires(Permission.HISTORY_MANAGE)
@require_safe
def totals(request: HttpRequest) -> HttpResponse:
    """All published totals, the last year first."""
    return render(request, "administration/published_totals.html", {"totals": total_lines()})


@requires(Permission.HISTORY_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_total(request: HttpRequest) -> HttpResponseBase:
    """A new one."""
    form = PublishedTotalForm(request.POST or None)
    if saved(request, form, actions.add):
        return redirect("administration:totals")
    return render(request, "administration/published_total.html", {"form": form})


@requires(Permission.HISTORY_MANAGE)
@require_POST
def remove_total(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one out."""
    actions.remove(by=signed_in(request), now=timezone.now(), total=get_object_or_404(PublishedTotal, pk=pk))
    messages.success(request, _("Removed. It can be entered again."))
    return redirect("administration:totals")
