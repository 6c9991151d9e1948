"""Administration of published totals."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.views.saving import done, saved
from hotline.accounts.access import requires, signed_in
from hotline.accounts.permissions import Permission
from stats.history import actions
from stats.history.forms import PublishedTotalForm
from stats.models import PublishedTotal
from stats.pages.history import total_lines


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

    def remove() -> PublishedTotal:
        total: PublishedTotal = get_object_or_404(PublishedTotal, pk=pk)
        actions.remove(by=signed_in(request), now=timezone.now(), total=total)
        return total

    done(request, remove, said=_("Removed. It can be entered again."))
    return redirect("administration:totals")
