"""What the analysts' views share."""

import re
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from cases.actions.closing import ClosedMonthError
from cases.closed_months import CalendarMonth
from cases.forms import confirmed_months
from cases.models import Report
from cases.views.asking import Asked
from cases.views.keyed import Sent
from hotline.accounts.kept import take_typed
from hotline.accounts.models import User


class CasesView(TemplateView):
    """A page. The clock is read here and nowhere below."""

    request: HttpRequest
    # The fields that come back when the session ended before they were sent (hotline.accounts.kept).
    keeps: ClassVar[re.Pattern[str] | None] = None

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

    def typed_before(self) -> QueryDict | None:
        """What was typed into this form when the session ended, if it was; says so on the page."""
        typed = take_typed(self.request)
        if typed is not None:
            messages.warning(
                self.request, _("This is what you had typed. It is not saved yet: look it over and save it.")
            )
        return typed

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
