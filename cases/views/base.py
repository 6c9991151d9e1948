"""What the analysts' views share."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import TemplateView

from cases.actions.closing import ClosedMonthError
from cases.closed_months import CalendarMonth
from cases.forms import confirmed_months
from cases.models import Report
from cases.views.asking import Asked
from cases.views.keyed import Sent
from hotline.accounts.models import User


class CasesView(TemplateView):
    """A page. The clock is read here and nowhere below."""

    request: HttpRequest

    @property
    def by(self) -> User:
        """Who is at work; the access middleware has let no one else through."""
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 - for the type checker
        return user

    @property
    def confirmed(self) -> frozenset[CalendarMonth]:
        """The closed months that are confirmed to change."""
        return confirmed_months(self.request.POST)

    @cached_property
    def sent(self) -> Sent:
        """The form that was sent, which is written once."""
        return Sent(self.request)

    def ask(self, error: ClosedMonthError, **context: Any) -> HttpResponse:
        """The page as it was sent, with what the edit will do to closed months and a button that confirms it."""
        return self.render_to_response(self.get_context_data(asked=Asked.of(error), **context), status=409)

    @property
    def now(self) -> datetime:
        """This moment."""
        return timezone.now()


class ReportMixin(CasesView):
    """A page about one report."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the report, or answer 404."""
        super().setup(request, *args, **kwargs)
        self.report = get_report(kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The report, for every page about it."""
        return super().get_context_data(**{"report": self.report, **kwargs})


def get_report(pk: int) -> Report:
    """A report by key, with what a page shows of it.

    Raises ``Http404``.
    """
    reports = Report.objects.select_related("source", "outcome", "assignee").with_assessed_count()
    report: Report = get_object_or_404(reports, pk=pk)
    return report
