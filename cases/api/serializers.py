"""Reports and findings as JSON. Names are the model's words; every code is looked up at once, not field by field."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from cases.actions.findings import Tally, content
from cases.actions.reports import Intake
from cases.closed_months import CalendarMonth
from cases.codes import ActionTaken, Answer
from cases.models import Finding, Referral, Report
from cases.offered import LISTS, offered
from hotline.api.fields import Code, Day, StrictSerializer, WholeNumber

MOST_FINDINGS = 40
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])\Z")
Codes = Mapping[tuple[str, str], Any]


class Month(serializers.Field):  # type: ignore[type-arg]  # DRF's own class takes none at run time
    """A calendar month as text, YYYY-MM."""

    default_error_messages = {"not_a_month": _("Give a month as YYYY-MM.")}

    def to_internal_value(self, data: Any) -> CalendarMonth:
        """The month."""
        match = _MONTH.match(data) if isinstance(data, str) else None
        if match is None:
            self.fail("not_a_month")
        return CalendarMonth(int(match[1]), int(match[2]))


class FindingIn(StrictSerializer):
    """A finding to be written."""

    outcome = Code()
    url_count = WholeNumber()
    self_generated = Code(among=list(Answer.values), allow_null=True, required=False)
    sex = Code(allow_null=True, required=False)
    age_band = Code(allow_null=True, required=False)
    hosting_country = Code(allow_null=True, required=False)
    site_type = Code(allow_null=True, required=False)


class Confirming(StrictSerializer):
    """What may change closed months, and which of them the sender confirms. Alone: a step of the workflow."""

    confirmed_months = serializers.ListField(child=Month(), required=False, max_length=24)

    @property
    def confirmed(self) -> frozenset[CalendarMonth]:
        """The months that are confirmed."""
        return frozenset(self.validated_data.get("confirmed_months", ()))


class FindingsIn(Confirming):
    """All findings of a report."""

    findings = FindingIn(many=True, max_length=MOST_FINDINGS)  # type: ignore[call-arg]  # many=True takes it

    def tallies(self, codes: Codes) -> list[Tally]:
        """The findings as the actions take them."""
        return [
            Tally(**{name: _entry(codes, name, value) for name, value in finding.items()})
            for finding in self.validated_data.get("findings", ())
        ]


class ReferralIn(Confirming):
    """URLs to be passed on; the recipient by its number."""

    recipient = serializers.IntegerField(min_value=1, max_value=2**31)
    url_count = WholeNumber()
    sent_date = Day()


class AnswerIn(Confirming):
    """What a recipient has done so far; what is left out or null is 'not yet'."""

    acknowledged_date = Day(allow_null=True, required=False)
    acted_date = Day(allow_null=True, required=False)
    action = Code(among=list(ActionTaken.values), allow_null=True, required=False)


class ReportIn(Confirming):
    """A report to be logged or amended, and the closed months that the sender confirms to change."""

    received_date = Day()
    source = Code()  # type: ignore[assignment]  # DRF takes a declared field off the class, where its own name is free
    url_count = WholeNumber()

    def intake(self, codes: Codes, *, stored: Report | None = None) -> Intake:
        """The intake as the actions take it; what is not said is as it is stored."""
        said = dict(self.validated_data)
        said.pop("confirmed_months", None)
        said.pop("findings", None)
        if "source" in said:
            said["source"] = codes["source", said["source"]]
        known = {name: getattr(stored, name) for name in ("received_date", "source", "url_count")} if stored else {}
        return Intake(**{**known, **said})


class NewReportIn(ReportIn, FindingsIn):
    """A report with what triage has decided of it so far."""

    findings = FindingIn(many=True, required=False, max_length=MOST_FINDINGS)  # type: ignore[call-arg]  # see above


def _entry(codes: Codes, name: str, value: Any) -> Any:
    return codes[name, value] if name in LISTS and value is not None else value


def codes_of(said: Mapping[str, Any]) -> Codes:
    """The entries of every code that a checked report names. One query.

    Raises ``ValidationError`` with rule ``not_a_code`` for each field whose code is not offered.
    """
    named = list(_named(said))
    found = offered({(name, code) for _path, name, code in named})
    errors: dict[str, Any] = {}
    for path, name, code in named:
        if (name, code) not in found:
            errors[".".join(map(str, path))] = [ErrorDetail(str(_("Give a code of the list.")), "not_a_code")]
    if errors:
        raise ValidationError(errors)
    return found


def _named(said: Mapping[str, Any]) -> Iterator[tuple[tuple[Any, ...], str, str]]:
    if "source" in said:
        yield ("source",), "source", said["source"]
    for place, finding in enumerate(said.get("findings", ())):
        for name, code in finding.items():
            if name in LISTS and code is not None:
                yield ("findings", place, name), name, code


def report_out(report: Report) -> dict[str, Any]:
    """A report as JSON: dates, counts, codes."""
    return {
        "id": report.pk,
        "reference": report.reference,
        "received_date": report.received_date.isoformat(),
        "source": report.source_id,
        "url_count": report.url_count,
        "state": report.state,
        "outcome": report.outcome_id,
        "referral_status": report.referral_status,
        "version": report.version,
    }


def tally_out(tally: Tally) -> dict[str, Any]:
    """A finding that was just written, as JSON; null is 'not recorded'."""
    return {field.name: _code(getattr(tally, field.name)) for field in fields(tally)}


def finding_out(finding: Finding) -> dict[str, Any]:
    """A finding as JSON; null is 'not recorded'."""
    return content(finding)


def _code(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def referral_out(referral: Referral) -> dict[str, Any]:
    """A referral as JSON, its recipient by number."""
    dates = ("sent_date", "acknowledged_date", "acted_date")
    return {
        "id": referral.pk,
        "recipient": referral.recipient_id,
        "url_count": referral.url_count,
        **{name: (day := getattr(referral, name)) and day.isoformat() for name in dates},
        "action": referral.action,
    }
