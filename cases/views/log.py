"""Log a report: one screen, from the keyboard."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from cases.actions import reports
from cases.actions.closing import ClosedMonthError
from cases.actions.errors import ActionError
from cases.actions.keys import Answer
from cases.closed_months import CalendarMonth
from cases.forms import LogForm, StepForm, as_sent, confirmed_months, names_of, show, tally_forms
from cases.models import Report
from cases.transitions import Verb
from cases.views.base import CasesView, ReportMixin
from hotline.accounts.permissions import Permission
from hotline.days import hotline_day


class LogView(CasesView):
    """An empty form; saved, it comes back empty for the next report, with the last one to be taken back."""

    permission = Permission.REPORT_LOG
    template_name = "cases/log.html"
    keeps = names_of(LogForm, lines=True)
    _saved: Report | None = None

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """The empty form, or what was typed when the session ended."""
        typed = self.typed_before()
        if typed is not None:
            return self._draw(LogForm(typed), tally_forms(typed))
        form = LogForm.blank(today=hotline_day(self.now), last=request.GET)
        return self._draw(
            form, tally_forms(), last=self._last(request), confirmed=as_sent(confirmed_months(request.GET))
        )

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Save and go on, or say what is to be mended."""
        earlier = self.sent.earlier()
        if earlier:
            return self._go_on(earlier)
        form, lines = LogForm(request.POST), tally_forms(request.POST)
        if form.is_valid() and lines.is_valid() and "more" not in request.POST:
            try:
                answer = self.sent.once(lambda: self._save(form, lines), needs_key=True)
            except ClosedMonthError as error:
                return self.ask(error, form=form, lines=lines)
            except ActionError as error:
                show(error, form, lines)
            else:
                return self._go_on(answer)
        return self._draw(form, lines, status=400 if form.errors or lines.total_error_count() else 200)

    def _save(self, form: LogForm, lines: Any) -> Report:
        intake = form.intake()
        self._saved = reports.log(
            by=self.by,
            now=self.now,
            intake=intake,
            tallies=lines.tallies(url_count=intake.url_count),
            confirmed=self.confirmed,
        )
        return self._saved

    def _go_on(self, answer: Answer) -> HttpResponse:
        report = self._saved or Report.objects.get(pk=int(answer.subject_key))
        return redirect(f"{reverse('cases:log')}?{urlencode(self._carried(report))}")

    def _carried(self, report: Report) -> dict[str, Any]:
        """What the next form begins with: the source, and the date unless it is today's."""
        carried = {"last": report.pk, "source": report.source_id}
        if report.received_date != hotline_day(self.now):
            carried["received_date"] = report.received_date.isoformat()
        # For the button that takes it back: what was confirmed a moment ago is not asked again.
        month = CalendarMonth.containing(report.received_date)
        if month in self.confirmed:
            carried["confirmed_months"] = as_sent([month])
        return carried

    def _last(self, request: HttpRequest) -> Report | None:
        key = request.GET.get("last", "")
        if not (key.isascii() and key.isdigit() and len(key) < len("9" * 18)):
            return None
        return Report.objects.select_related("source", "outcome").filter(pk=int(key)).first()

    def _draw(self, form: LogForm, lines: Any, *, status: int = 200, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, lines=lines, **context), status=status)


class UndoView(ReportMixin):
    """Take the last entry back: it becomes void."""

    permission = Permission.REPORT_VOID
    template_name = "cases/confirm.html"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Void it, unless someone has worked on it since."""
        if self.sent.earlier():
            return self._undone(request)
        form = StepForm(request.POST)
        if form.is_valid():
            self.report.version = form.cleaned_data["version"]
            try:
                self.sent.once(self._void)
            except ClosedMonthError as error:
                return self.ask(error, form=form, verb=Verb.VOID.value)
            except ActionError as error:
                messages.error(request, str(error.message))
            else:
                return self._undone(request)
        return redirect("cases:log")

    def _void(self) -> Report:
        return reports.void(by=self.by, now=self.now, report=self.report, confirmed=self.confirmed)

    def _undone(self, request: HttpRequest) -> HttpResponse:
        messages.success(request, _("Report %s is void.") % self.report.reference)
        return redirect("cases:log")
