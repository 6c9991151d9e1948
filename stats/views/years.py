"""Pages of years, and their export."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hotline.accounts.access import requires
from hotline.accounts.models import User
from hotline.accounts.permissions import Permission
from stats.actions import export_year
from stats.exports.annual import CONTENT_TYPES
from stats.forms import start_month_of, year_form
from stats.pages import counts as pages
from stats.periods import PeriodError, Year
from stats.words.presenters import year_label


def year_or_404(year: int, start_month: int) -> Year:
    """The year that an address names."""
    try:
        return Year(year, start_month)
    except PeriodError as error:
        raise Http404 from error


@requires(Permission.FIGURES_VIEW)
@require_safe
def year_now(request: HttpRequest) -> HttpResponseBase:
    """Go to the year that is running."""
    start = start_month_of(request.GET)
    return redirect(_address(pages.year_of(timezone.now(), start)))


@requires(Permission.FIGURES_VIEW)
@require_safe
def year(request: HttpRequest, year: int) -> HttpResponse:
    """A year's headline figures and breakdowns."""
    shown = year_or_404(year, start_month_of(request.GET))
    now = timezone.now()
    page = pages.year_page(shown, now=now, scheme=request.GET.get("scheme", ""))
    context = {
        "page": page,
        "form": year_form(shown.start_month, page.scheme, page.schemes),
        "tabs": year_tabs(shown, start_month=shown.start_month),
        "start_query": _query(shown),
    }
    return render(request, "stats/year.html", context)


@requires(Permission.FIGURES_EXPORT)
@require_POST
def year_export(request: HttpRequest, year: int, file_format: str) -> HttpResponse:
    """The year as a file, after a recount of what waits; noted in the audit log."""
    if file_format not in CONTENT_TYPES:
        raise Http404
    chosen = year_or_404(year, start_month_of(request.GET))
    assert isinstance(request.user, User)  # noqa: S101 - for the type checker; the access middleware saw to it
    export = export_year(chosen, file_format, by=request.user, now=timezone.now())
    return HttpResponse(
        export.content,
        content_type=CONTENT_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{export.file_name}"'},
    )


def year_tabs(shown: Year | None, *, start_month: int) -> list[dict[str, Any]]:
    """All years side by side, and each by itself, the last first. ``shown`` None: all of them."""
    known = pages.years_known(now=timezone.now(), start_month=start_month)
    start = "" if start_month == 1 else f"?start={start_month}"
    whole = {"url": reverse("stats:trend") + start, "label": _("All years"), "current": shown is None}
    tabs = [{"url": _address(year), "label": year_label(year), "current": year == shown} for year in known]
    return [whole, *tabs]


def _query(year: Year) -> str:
    return "" if year.is_calendar_year else f"?start={year.start_month}"


def _address(year: Year) -> str:
    return reverse("stats:year", args=[year.year]) + _query(year)
