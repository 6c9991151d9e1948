"""Years side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from hotline.accounts.access import requires
from hotline.accounts.permissions import Permission
from stats.forms import TrendForm, start_month_of, trend_figure_of
from stats.pages.trend import trend_page
from stats.views.years import year_tabs


@requires(Permission.FIGURES_VIEW)
@require_safe
def trend(request: HttpRequest) -> HttpResponse:
    """One figure over the years: counted here, and published elsewhere."""
    figure, start = trend_figure_of(request.GET), start_month_of(request.GET)
    context = {
        "page": trend_page(figure, start_month=start, now=timezone.now()),
        "form": TrendForm(initial={"figure": figure, "start": start}),
        "tabs": year_tabs(None, start_month=start),
    }
    return render(request, "stats/trend.html", context)
