"""Parts of a report: its findings, all at once, and its referrals, one by one."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from cases.actions import findings, referrals
from cases.actions.keys import Answer
from cases.actions.referrals import Answer as RecipientAnswer
from cases.actions.referrals import Sending
from cases.api.reports import CREATED, expect, get_report
from cases.api.serializers import AnswerIn, FindingsIn, ReferralIn, codes_of, finding_out, referral_out
from cases.models import Recipient, Referral, Report
from hotline.accounts.permissions import Permission
from hotline.api.problems import refuse
from hotline.api.views import HotlineView, repeated, versioned


class FindingsView(HotlineView):
    """The findings of a report."""

    permission = {"GET": Permission.REPORT_VIEW, "PUT": Permission.REPORT_TRIAGE}

    def get(self, request: Request, pk: int) -> Response:
        """All of them; the ETag is the report's."""
        return _findings(request, get_report(pk))

    def put(self, request: Request, pk: int) -> Response:
        """Make these the findings of a report in triage, of the version named by If-Match."""
        report = get_report(pk)

        def replace() -> Answer:
            said = self.checked(FindingsIn)
            tallies = said.tallies(codes_of(said.validated_data))
            expect(report, self.expected_version())
            findings.replace(by=self.by, now=timezone.now(), report=report, tallies=tallies, confirmed=said.confirmed)
            return Answer.to(report)

        answer = self.once("api_findings", replace)
        return _findings(request, get_report(pk), headers=repeated(answer))


class ReferralsView(HotlineView):
    """The referrals of a report, and passing URLs on."""

    permission = {"GET": Permission.REPORT_VIEW, "POST": Permission.REPORT_REFER}

    def get(self, request: Request, pk: int) -> Response:
        """All of them, the first first; the ETag is the report's."""
        report = get_report(pk)
        rows = [referral_out(referral) for referral in report.referrals.order_by("pk")]
        return versioned(request, {"referrals": rows}, version=report.version)

    def post(self, request: Request, pk: int) -> Response:
        """Pass URLs of an assessed report on, of the version named by If-Match."""
        report = get_report(pk)

        def send() -> Answer:
            said = self.checked(ReferralIn)
            fields = {**said.validated_data}
            fields.pop("confirmed_months", None)
            sending = Sending(**{**fields, "recipient": _recipient(fields["recipient"])})
            expect(report, self.expected_version())
            referral = referrals.send(
                by=self.by, now=timezone.now(), report=report, sending=sending, confirmed=said.confirmed
            )
            return Answer.to(referral, status=CREATED)

        answer = self.once("api_referrals", send)
        return _referral(request, pk, int(answer.subject_key), answer)


class ReferralView(HotlineView):
    """One referral."""

    permission = {"GET": Permission.REPORT_VIEW, "PUT": Permission.REPORT_REFER}

    def get(self, request: Request, pk: int, referral_pk: int) -> Response:
        """The referral; the ETag is the report's."""
        return _referral(request, pk, referral_pk)

    def put(self, request: Request, pk: int, referral_pk: int) -> Response:
        """Note what its recipient has done so far, on the report's version named by If-Match."""
        report = get_report(pk)
        referral = get_object_or_404(Referral, pk=referral_pk, report_id=pk)

        def note() -> Answer:
            said = self.checked(AnswerIn)
            fields = {**said.validated_data}
            fields.pop("confirmed_months", None)
            expect(report, self.expected_version())
            referrals.answer(
                by=self.by,
                now=timezone.now(),
                referral=referral,
                report=report,
                answer=RecipientAnswer(**fields),
                confirmed=said.confirmed,
            )
            return Answer.to(referral)

        answer = self.once("api_referral", note)
        return _referral(request, pk, referral_pk, answer)


def _findings(request: Request, report: Report, *, headers: dict[str, str] | None = None) -> Response:
    rows = [finding_out(finding) for finding in report.findings.all()]
    return versioned(request, {"findings": rows}, version=report.version, headers=headers)


def _referral(request: Request, pk: int, referral_pk: int, answer: Answer | None = None) -> Response:
    referral = get_object_or_404(Referral.objects.select_related("report"), pk=referral_pk, report_id=pk)
    headers = repeated(answer) if answer else {}
    status = answer.status if answer else 200
    if status == CREATED:
        headers["Location"] = reverse("cases:api_referral", args=[pk, referral_pk])
    version = referral.report.version
    return versioned(request, referral_out(referral), version=version, status=status, headers=headers)


def _recipient(number: int) -> Any:
    found = Recipient.objects.filter(pk=number, is_active=True).first()
    if found is None:
        raise refuse(_("Give the number of a recipient that is offered."), "not_a_recipient", field="recipient")
    return found
