"""Pages of months, for who reads the figures."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hotline.accounts.access import requires
from hotline.accounts.permissions import Permission
from stats.forms import Choice, months_form
from stats.pages import counts as pages
from stats.periods import Month


@requires(Permission.FIGURES_VIEW)
@require_safe
def months(request: HttpRequest) -> HttpResponse:
    """24 months of one figure, what is waiting, and how fresh the counts are."""
    choice = Choice.of(request.GET)
    page = pages.months_page(choice.figure, choice.breakdown, now=timezone.now())
    context = {"page": page, "choice": choice}
    if request.headers.get("HX-Request"):
        # The page asks for itself every few seconds, and says which numbers it has.
        changed = request.GET.get("seen") != page.token
        return render(request, "stats/_months_refresh.html", context | {"changed": changed})
    return render(request, "stats/months.html", context | {"form": months_form(choice), "standing": pages.standing()})


@requires(Permission.FIGURES_VIEW)
@require_safe
def month(request: HttpRequest, month: Month) -> HttpResponse:
    """One month: every figure and breakdown."""
    page = pages.month_page(month, now=timezone.now())
    return render(request, "stats/month.html", {"page": page, "before": month.shift(-1), "after": month.shift(1)})
