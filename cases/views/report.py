"""The page of one report, and its triage."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cases import presenters, queries
from cases.actions import reports, triage
from cases.actions.closing import ClosedMonthError
from cases.actions.errors import ActionError
from cases.actions.keys import Answer
from cases.forms import AmendForm, StepForm, VersionedForm, names_of, show, tally_forms
from cases.models import Report
from cases.transitions import TRANSITIONS, Verb, verbs_from
from cases.views.base import ReportMixin
from hotline.accounts.permissions import Permission

# Verbs that are a button on the page; the others have a form of their own.
BUTTONS = (Verb.TAKE, Verb.PUT_BACK, Verb.FINISH, Verb.CLOSE, Verb.REOPEN, Verb.RESTORE)


class ReportView(ReportMixin):
    """What is known of a report, what may be done with it now, and its history."""

    permission = Permission.REPORT_VIEW
    template_name = "cases/report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Findings, referrals, the verbs this reader may use, and the history as sentences."""
        report = self.report
        verbs = {verb for verb, permission in verbs_from(report.state) if self.by.may(permission)}
        if report.assignee_id == self.by.pk:
            verbs.discard(Verb.TAKE)
        findings = report.findings.select_related("outcome", "sex", "age_band", "hosting_country", "site_type")
        return super().get_context_data(
            verbs={verb.value for verb in verbs},
            findings=findings,
            referrals=report.referrals.select_related("recipient"),
            history=presenters.sentences(queries.history_of(report), on_its_page=True),
            **kwargs,
        )


class FindingsView(ReportMixin):
    """The triage of a report: its lines, and what is left to assess."""

    permission = Permission.REPORT_TRIAGE
    template_name = "cases/findings.html"
    keeps = names_of(StepForm, lines=True)

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """The findings as they stand, with an empty line below; or what was typed when the session ended."""
        typed = self.typed_before()
        if typed is not None:
            return self._draw(StepForm(typed), tally_forms(typed))
        form = StepForm(initial={"version": self.report.version})
        return self._draw(form, tally_forms(findings=list(self.report.findings.all())))

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Save; with nothing left to assess the triage is finished. Then the report, or the next one."""
        earlier = self.sent.earlier()
        if earlier:
            return self._go_on(request, earlier)
        form = StepForm(request.POST)
        lines = tally_forms(request.POST)
        if form.is_valid() and lines.is_valid() and "more" not in request.POST:
            self.report.version = form.cleaned_data["version"]
            try:
                answer = self.sent.once(lambda: self._decide(lines, take_next="next" in request.POST))
            except ClosedMonthError as error:
                return self.ask(
                    error, form=form, lines=lines, left=self.report.left_count, take_next="next" in request.POST
                )
            except ActionError as error:
                show(error, form, lines)
            else:
                return self._go_on(request, answer)
        return self._draw(form, lines, status=400 if form.errors or lines.total_error_count() else 200)

    def _decide(self, lines: Any, *, take_next: bool) -> Report:
        """Write the lines; the report to go on with: this one, or the next that no one has."""
        tallies = lines.tallies(url_count=self.report.url_count)
        triage.decide(by=self.by, now=self.now, report=self.report, tallies=tallies, confirmed=self.confirmed)
        following = reports.take_next(by=self.by, now=self.now) if take_next else None
        return following or self.report

    def _go_on(self, request: HttpRequest, answer: Answer) -> HttpResponse:
        messages.success(request, _("Report %s is saved.") % self.report.reference)
        if "next" in request.POST:
            following = int(answer.subject_key)
            if following != self.report.pk:
                return redirect("cases:findings", pk=following)
            messages.info(request, _("No report is waiting for triage."))
        return redirect("cases:report", pk=self.report.pk)

    def _draw(self, form: StepForm, lines: Any, *, status: int = 200) -> HttpResponse:
        return self.render_to_response(
            self.get_context_data(form=form, lines=lines, left=self.report.left_count), status=status
        )


class AmendView(ReportMixin):
    """Put right when a report came in, from where, and how many URLs it has."""

    permission = Permission.REPORT_TRIAGE
    template_name = "cases/amend.html"
    keeps = names_of(AmendForm)

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """The form as the report stands, or what was typed when the session ended."""
        typed = self.typed_before()
        form = AmendForm.of(self.report) if typed is None else AmendForm(typed)
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Save, or say what is to be mended."""
        if self.sent.earlier():
            return self._saved(request)
        form = AmendForm(request.POST)
        if form.is_valid():
            self.report.version = form.cleaned_data["version"]
            try:
                self.sent.once(lambda: self._amend(form))
            except ClosedMonthError as error:
                return self.ask(error, form=form)
            except ActionError as error:
                show(error, form)
            else:
                return self._saved(request)
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def _amend(self, form: AmendForm) -> Report:
        return reports.amend(
            by=self.by, now=self.now, report=self.report, intake=form.intake(), confirmed=self.confirmed
        )

    def _saved(self, request: HttpRequest) -> HttpResponse:
        messages.success(request, _("Report %s is saved.") % self.report.reference)
        return redirect("cases:report", pk=self.report.pk)


class StepView(ReportMixin):
    """One verb, as a button. Its subclasses say which."""

    verb: Verb
    template_name = "cases/confirm.html"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Take the step, or say why not; then the report's page."""
        if self.sent.earlier():
            return self.after(self.report)
        form = StepForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Someone else changed this report a moment ago. Look again."))
            return redirect("cases:report", pk=self.report.pk)
        self.report.version = form.cleaned_data["version"]
        try:
            self.sent.once(lambda: self.step(self.report))
        except ClosedMonthError as error:
            return self.ask(error, form=form, verb=self.verb.value)
        except ActionError as error:
            messages.error(request, str(error.message))
        return self.after(self.report)

    def step(self, report: Report) -> Report:
        """Do it. Of the buttons only restoring changes what a month counts."""
        known = {"confirmed": self.confirmed} if self.verb is Verb.RESTORE else {}
        taken: Report = getattr(reports, self.verb.value)(by=self.by, now=self.now, report=report, **known)
        return taken

    def after(self, report: Report) -> HttpResponse:
        """Where to go: triage follows taking and reopening."""
        if self.verb in {Verb.TAKE, Verb.REOPEN} and report.assignee_id == self.by.pk:
            return redirect("cases:findings", pk=report.pk)
        return redirect("cases:report", pk=report.pk)


def step_view(verb: Verb) -> type[StepView]:
    """The view of one verb, with the permission that the table of transitions asks for it."""
    permission = next(step.permission for (_from, found), step in TRANSITIONS.items() if found == verb)
    return type(f"{verb.name.title()}View", (StepView,), {"verb": verb, "permission": permission})


class VoidView(ReportMixin):
    """Take a report out of every count, after asking."""

    permission = Permission.REPORT_VOID
    template_name = "cases/void.html"

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Ask."""
        form: VersionedForm = StepForm(initial={"version": self.report.version})
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Do it."""
        if self.sent.earlier():
            return self._voided(request)
        form = StepForm(request.POST)
        if form.is_valid():
            self.report.version = form.cleaned_data["version"]
            try:
                self.sent.once(self._void)
            except ClosedMonthError as error:
                return self.ask(error, form=form)
            except ActionError as error:
                show(error, form)
            else:
                return self._voided(request)
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def _void(self) -> Report:
        return reports.void(by=self.by, now=self.now, report=self.report, confirmed=self.confirmed)

    def _voided(self, request: HttpRequest) -> HttpResponse:
        messages.success(request, _("Report %s is void.") % self.report.reference)
        return redirect("cases:report", pk=self.report.pk)
