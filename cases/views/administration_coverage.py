"""Administration of the coverage ledger."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import ledger
from cases.actions import coverage as actions
from cases.codes import Dimension
from cases.forms_administration import NewPeriodForm, PeriodForm
from cases.models import CoveragePeriod
from cases.views.saving import done, saved
from hotline.accounts.access import requires, signed_in
from hotline.accounts.permissions import Permission
from hotline.days import hotline_day


@requires(Permission.COVERAGE_MANAGE)
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """Each dimension: its periods, and month by month what they come to."""
    context = {"dimensions": _dimensions(today=hotline_day(timezone.now())), "month_numbers": ledger.MONTHS}
    return render(request, "administration/coverage.html", context)


def _dimensions(*, today: date) -> list[dict[str, Any]]:
    periods: defaultdict[str, list[CoveragePeriod]] = defaultdict(list)
    for period in CoveragePeriod.objects.order_by("dimension", "from_date"):
        periods[period.dimension].append(period)
    rows = []
    for dimension in Dimension:
        days = [(period.from_date, period.to_date) for period in periods[dimension.value]]
        years = ledger.years_of(days, today=today)
        rows.append(
            {
                "label": dimension.label,
                "periods": periods[dimension.value],
                "years": [ledger.year_row(year, days, today=today) for year in reversed(years)],
            }
        )
    return rows


@requires(Permission.COVERAGE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_period(request: HttpRequest) -> HttpResponseBase:
    """A new period."""
    form = NewPeriodForm(request.POST or None)
    if saved(request, form, actions.add):
        return redirect("administration:coverage")
    return render(request, "administration/period.html", {"form": form})


@requires(Permission.COVERAGE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def change_period(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Put its days right, or end it."""
    period = get_object_or_404(CoveragePeriod, pk=pk)
    form = PeriodForm(request.POST or None, initial={"from_date": period.from_date, "to_date": period.to_date})
    if saved(request, form, actions.change, period=period):
        return redirect("administration:coverage")
    return render(request, "administration/period.html", {"form": form, "period": period})


@requires(Permission.COVERAGE_MANAGE)
@require_POST
def remove_period(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a period out."""

    def remove() -> CoveragePeriod:
        period: CoveragePeriod = get_object_or_404(CoveragePeriod, pk=pk)
        actions.remove(by=signed_in(request), now=timezone.now(), period=period)
        return period

    done(request, remove, said=_("Removed. These days count as not recorded now."))
    return redirect("administration:coverage")
