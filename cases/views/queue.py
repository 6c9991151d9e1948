"""The queue: what is open, what is mine, what waits on a referral, and all."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import queries
from cases.actions import reports
from cases.actions.errors import ActionError
from cases.forms_list import FilterForm
from cases.models import Report
from cases.views.base import CasesView
from hotline.accounts.permissions import Permission
from hotline.days import hotline_day

TITLES: dict[str, str | Promise] = {
    "open": gettext_lazy("To triage"),
    "mine": gettext_lazy("With me"),
    "waiting": gettext_lazy("Waiting on a referral"),
    "all": gettext_lazy("All reports"),
}


@dataclass(frozen=True)
class Tab:
    """A tab as the template draws it."""

    url: str
    label: str
    current: bool
    count: str | None


class QueueView(CasesView):
    """One tab of the queue, oldest first (all reports: newest first)."""

    permission = Permission.REPORT_VIEW
    template_name = "cases/queue.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The rows of this page, the tabs and the filters."""
        name = kwargs.pop("name", "open")
        if name not in queries.QUEUES:
            raise Http404
        filters = FilterForm(self.request.GET or None)
        chosen = filters.cleaned_data if filters.is_bound and filters.is_valid() else {}
        page = queries.page_of(
            queries.listed(name, self.by, chosen),
            after=self.request.GET.get("after", ""),
            before=self.request.GET.get("before", ""),
            newest_first=name == "all",
        )
        return super().get_context_data(
            name=name,
            title=TITLES[name],
            filters=filters,
            is_filtered=any(chosen.values()),
            page=page,
            older_url=self._beside("after", page.after),
            newer_url=self._beside("before", page.before),
            tabs=self._tabs(name),
            today=hotline_day(self.now),
            **kwargs,
        )

    def _beside(self, direction: str, cursor: str | None) -> str:
        if cursor is None:
            return ""
        query = self.request.GET.copy()
        query.pop("after", None)
        query.pop("before", None)
        query[direction] = cursor
        return f"?{query.urlencode()}"

    def _tabs(self, current: str) -> list[Tab]:
        return [
            Tab(
                url=reverse("cases:queue") if name == "open" else reverse("cases:queue_named", args=[name]),
                label=str(title),
                current=name == current,
                count=None if name == "all" else _count(queries.capped_count(queries.listed(name, self.by, {}))),
            )
            for name, title in TITLES.items()
        ]


def _count(number: int) -> str:
    return f"{queries.COUNT_LIMIT}+" if number > queries.COUNT_LIMIT else str(number)


class NoneWaitingError(ActionError):
    """The queue is empty: nothing was taken, and sent again it looks again."""

    def __init__(self) -> None:
        super().__init__("", "none_waiting", _("No report is waiting for triage."))


class TakeNextView(CasesView):
    """Take the oldest report that no one has."""

    permission = Permission.REPORT_TRIAGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Go to the report taken, or back to an empty queue."""
        try:
            answer = self.sent.earlier() or self.sent.once(self._take)
        except ActionError as error:
            messages.info(request, str(error.message))
            return redirect("cases:queue")
        return redirect("cases:report", pk=int(answer.subject_key))

    def _take(self) -> Report:
        report = reports.take_next(by=self.by, now=self.now)
        if report is None:
            raise NoneWaitingError
        return report


class FindView(CasesView):
    """Go to the report with a reference."""

    permission = Permission.REPORT_VIEW

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """The report's page, or back to the queue with a word."""
        report = queries.find_by_reference(request.GET.get("reference", ""))
        if report is None:
            messages.error(request, _("There is no report with that number."))
            return redirect("cases:queue")
        return redirect("cases:report", pk=report.pk)
