"""The read side for other programs."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from hotline.accounts.permissions import Permission
from stats.building.annual import exact_annual_tables
from stats.exports.annual import CONTENT_TYPES, annual_bytes
from stats.forms import start_month_of
from stats.periods import PeriodError, Year


class YearView(APIView):
    """A year's figures: the body is that of the page's JSON export, to the byte."""

    permission = Permission.FIGURES_EXPORT

    def get(self, request: Request, year: int) -> HttpResponse:
        """Every declared figure and breakdown. ``start`` is the month the year starts in."""
        try:
            chosen = Year(year, start_month_of(request.query_params))
        except PeriodError as error:
            raise Http404 from error
        tables = exact_annual_tables(chosen, now=timezone.now())
        return HttpResponse(annual_bytes(tables, "json"), content_type=CONTENT_TYPES["json"])
