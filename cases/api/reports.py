"""Reports: listed, logged, read, amended, and taken through the workflow."""

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cases import queries
from cases.actions import reports
from cases.actions.errors import ChangedMeanwhileError
from cases.actions.findings import Tally
from cases.actions.keys import Answer
from cases.api.serializers import (
    Confirming,
    NewReportIn,
    ReportIn,
    codes_of,
    finding_out,
    referral_out,
    report_out,
    tally_out,
)
from cases.forms_list import FilterForm
from cases.models import Report
from cases.transitions import TRANSITIONS, Verb
from hotline.accounts.permissions import Permission
from hotline.api.problems import refuse
from hotline.api.views import HotlineView, repeated, versioned

CREATED = 201
# Steps that take nothing but the report. What each needs of the closed months stands with its action.
STEPS: dict[Verb, Callable[..., Report]] = {
    Verb.TAKE: reports.take,
    Verb.PUT_BACK: reports.put_back,
    Verb.FINISH: reports.finish,
    Verb.CLOSE: reports.close,
    Verb.REOPEN: reports.reopen,
    Verb.VOID: reports.void,
    Verb.RESTORE: reports.restore,
}
CONFIRMABLE = {Verb.VOID, Verb.RESTORE}


class ReportsView(HotlineView):
    """All reports, and logging one."""

    permission = {"GET": Permission.REPORT_VIEW, "POST": Permission.REPORT_LOG}

    def get(self, request: Request) -> Response:
        """A page of reports, the newest first, with the list's filters; ``after`` is the cursor of ``next``."""
        after = request.query_params.get("after", "")
        if after and queries.parse_cursor(after) is None:
            raise refuse(_("Give the cursor that the page before named."), "not_a_cursor", field="after")
        found = queries.listed("all", self.by, _filters(request))
        page = queries.page_of(found, after=after, newest_first=True)
        count = queries.capped_count(found)
        is_more = count > queries.COUNT_LIMIT
        return Response(
            {
                "count": min(count, queries.COUNT_LIMIT),
                "count_is": "more_than" if is_more else "exact",
                "next": page.after,
                "results": [report_out(report) for report in page.rows],
            }
        )

    def post(self, request: Request) -> Response:
        """Log a report with its findings, once for each Idempotency-Key."""
        answer = self.once("api_reports", self._log)
        if answer.is_repeat:
            report = get_report(int(answer.subject_key))
            findings = [finding_out(finding) for finding in report.findings.all()]
        else:
            report, tallies = self._written
            findings = [tally_out(tally) for tally in tallies]
        headers = {"Location": reverse("cases:api_report", args=[report.pk]), **repeated(answer)}
        data = {**report_out(report), "findings": findings}
        return versioned(request, data, version=report.version, status=answer.status, headers=headers)

    def _log(self) -> Answer:
        said = self.checked(NewReportIn)
        codes = codes_of(said.validated_data)
        tallies = said.tallies(codes)
        report = reports.log(
            by=self.by, now=timezone.now(), intake=said.intake(codes), tallies=tallies, confirmed=said.confirmed
        )
        self._written: tuple[Report, list[Tally]] = report, tallies
        return Answer.to(report, status=CREATED)


class ReportView(HotlineView):
    """One report."""

    permission = {"GET": Permission.REPORT_VIEW, "PATCH": Permission.REPORT_TRIAGE}

    def get(self, request: Request, pk: int) -> Response:
        """The report with its findings and referrals; its ETag is its version."""
        report = get_report(pk)
        data = {
            **report_out(report),
            "findings": [finding_out(finding) for finding in report.findings.all()],
            "referrals": [referral_out(referral) for referral in report.referrals.order_by("pk")],
        }
        return versioned(request, data, version=report.version)

    def patch(self, request: Request, pk: int) -> Response:
        """Put right the date, source or number of URLs of the version named by If-Match."""
        report = get_report(pk)

        def amend() -> Answer:
            said = self.checked(ReportIn, partial=True)
            intake = said.intake(codes_of(said.validated_data), stored=report)
            expect(report, self.expected_version())
            reports.amend(by=self.by, now=timezone.now(), report=report, intake=intake, confirmed=said.confirmed)
            return Answer.to(report)

        answer = self.once("api_report", amend)
        report = get_report(pk)
        return versioned(request, report_out(report), version=report.version, headers=repeated(answer))


def _step_view(verb: Verb) -> type[HotlineView]:
    """The endpoint of one step of the workflow."""
    needed = next(found.permission for (_state, name), found in TRANSITIONS.items() if name is verb)

    class StepView(HotlineView):
        """Take a report one step on, from the version named by If-Match."""

        permission = needed

        def post(self, request: Request, pk: int) -> Response:
            """The report as it stands after the step."""
            report = get_report(pk)

            def step() -> Answer:
                said = self.checked(Confirming)
                expect(report, self.expected_version())
                more: dict[str, Any] = {"confirmed": said.confirmed} if verb in CONFIRMABLE else {}
                STEPS[verb](by=self.by, now=timezone.now(), report=report, **more)
                return Answer.to(report)

            answer = self.once(f"api_{verb.value}", step)
            done = get_report(pk)
            return versioned(request, report_out(done), version=done.version, headers=repeated(answer))

    return StepView


STEP_VIEWS = {verb: _step_view(verb) for verb in STEPS}


def _filters(request: Request) -> dict[str, Any]:
    """The list's filters. Raises ``ValidationError`` for one that is not known or can not be read."""
    form = FilterForm(request.query_params)
    if not request.query_params.keys() <= {*form.fields, "after"}:
        names = ", ".join(form.fields)
        raise refuse(_("There is a filter that is not known here. Known are: %s.") % names, "unknown_filter")
    if not form.is_valid():
        broken = {
            name: [ErrorDetail(str(error.message), error.code or "invalid") for error in errors]
            for name, errors in form.errors.as_data().items()
        }
        raise ValidationError(broken)
    return form.cleaned_data


def expect(report: Report, version: int) -> None:
    """Refuse what was made for another version. Raises ``ChangedMeanwhileError``."""
    if report.version != version:
        raise ChangedMeanwhileError


def get_report(pk: int) -> Report:
    """A report by its number. Raises ``Http404``."""
    report: Report = get_object_or_404(Report.objects.select_related("source"), pk=pk)
    return report
