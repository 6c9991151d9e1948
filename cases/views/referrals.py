"""Passing URLs on, and noting what recipients answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from cases.actions import referrals
from cases.actions.closing import ClosedMonthError
from cases.actions.errors import ActionError
from cases.codes import CountsAs
from cases.forms import AnswerForm, ReferralForm, VersionedForm, names_of, show
from cases.models import Referral, Report
from cases.views.base import ReportMixin
from hotline.accounts.permissions import Permission
from hotline.days import hotline_day


class ReferralFormView(ReportMixin):
    """A form about a report's referrals: saved, it leads back to the report."""

    permission = Permission.REPORT_REFER
    keeps = names_of(ReferralForm, AnswerForm)

    def blank(self) -> VersionedForm:
        """The form as it is first drawn."""
        raise NotImplementedError

    def bound(self, data: Any) -> VersionedForm:
        """The form as sent."""
        raise NotImplementedError

    def save(self, form: Any) -> Referral:
        """Write what was sent."""
        raise NotImplementedError

    def get(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """The form, or what was typed when the session ended."""
        typed = self.typed_before()
        form = self.blank() if typed is None else self.bound(typed)
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Save, or say what is to be mended."""
        if self.sent.earlier():
            return self._saved(request)
        form = self.bound(request.POST)
        if form.is_valid():
            self.report.version = form.cleaned_data["version"]
            try:
                self.sent.once(lambda: self.save(form))
            except ClosedMonthError as error:
                return self.ask(error, form=form)
            except ActionError as error:
                show(error, form)
            else:
                return self._saved(request)
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def _saved(self, request: HttpRequest) -> HttpResponse:
        messages.success(request, _("Report %s is saved.") % self.report.reference)
        return redirect("cases:report", pk=self.report.pk)


class ReferView(ReferralFormView):
    """Pass URLs of a report on to a recipient."""

    template_name = "cases/refer.html"

    def blank(self) -> VersionedForm:
        """All confirmed URLs, today."""
        return ReferralForm(
            initial={
                "version": self.report.version,
                "url_count": confirmed_count(self.report) or None,
                "sent_date": hotline_day(self.now),
            }
        )

    def bound(self, data: Any) -> VersionedForm:
        """As sent."""
        return ReferralForm(data)

    def save(self, form: Any) -> Referral:
        """Write the referral."""
        return referrals.send(
            by=self.by, now=self.now, report=self.report, sending=form.sending(), confirmed=self.confirmed
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The confirmed findings by country, for the routing rule beside the form."""
        findings = self.report.findings.filter(counts_as=CountsAs.CONFIRMED).select_related("hosting_country")
        return super().get_context_data(findings=findings, **kwargs)


class AnswerView(ReferralFormView):
    """Note what a recipient answered."""

    template_name = "cases/answer.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the referral of this report, or answer 404."""
        super().setup(request, *args, **kwargs)
        self.referral = get_object_or_404(
            Referral.objects.select_related("recipient"), pk=kwargs["referral_pk"], report=self.report
        )

    def blank(self) -> VersionedForm:
        """As the referral stands."""
        names = ("acknowledged_date", "acted_date", "action")
        return AnswerForm(
            initial={"version": self.report.version, **{name: getattr(self.referral, name) for name in names}}
        )

    def bound(self, data: Any) -> VersionedForm:
        """As sent."""
        return AnswerForm(data)

    def save(self, form: Any) -> Referral:
        """Write the answer."""
        return referrals.answer(
            by=self.by,
            now=self.now,
            referral=self.referral,
            report=self.report,
            answer=form.answer(),
            confirmed=self.confirmed,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The referral, too."""
        return super().get_context_data(referral=self.referral, **kwargs)


def confirmed_count(report: Report) -> int:
    """How many URLs of a report are confirmed."""
    return sum(finding.url_count for finding in report.findings.all() if finding.counts_as == CountsAs.CONFIRMED)
