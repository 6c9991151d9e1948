"""Forms of releases: everything is chosen, nothing typed but a day."""

from collections.abc import Sequence
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from hotline.forms import DayField, MetadataForm
from stats.forms import STARTS, Choices, offer
from stats.periods import MONTHS_IN_QUARTER, MONTHS_IN_YEAR, Month, Period
from stats.publication import Document, Form, Reason, ReleaseStatus

LENGTHS: Choices = [
    (str(MONTHS_IN_YEAR), _("a year")),
    (str(MONTHS_IN_QUARTER), _("a quarter")),
    ("1", _("a month")),
]
LANGUAGES: Choices = [("nl", _("Dutch")), ("en", _("English"))]
FORMS: Choices = [
    (Form.PDF.value, _("PDF, to read and to print")),
    (Form.XLSX.value, _("XLSX, for spreadsheets")),
    (Form.CSV.value, _("CSV, one number a row")),
    (Form.JSON.value, _("JSON, for programs")),
    (Form.SDMX.value, _("SDMX-CSV, for statistical offices")),
]


class OnForm(MetadataForm):
    """As published on which day."""

    on = DayField(label=_("As published on"), required=False)


class PeriodForm(MetadataForm):
    """A period to look at as a draft: how long, and where it starts."""

    length = forms.ChoiceField(label=_("Period"), choices=LENGTHS)
    year = forms.ChoiceField(label=_("Year"))
    start = forms.ChoiceField(label=_("Starts in"), choices=STARTS)

    def period(self) -> Period:
        """The period that was chosen, once the form is valid."""
        start = Month(int(self.cleaned_data["year"]), int(self.cleaned_data["start"]))
        return Period(start, int(self.cleaned_data["length"]))


def period_form(years: Sequence[int], data: QueryDict | None = None) -> PeriodForm:
    """The form with its years to choose from, the last first."""
    form = PeriodForm(data, initial={"length": str(MONTHS_IN_YEAR), "year": str(years[0]), "start": "1"})
    offer(form, "year", [(str(year), str(year)) for year in years])
    return form


class FreezeForm(MetadataForm):
    """As what a period is frozen, and why, where it is a revision."""

    status = forms.ChoiceField(label=_("Freeze as"))
    reason = forms.ChoiceField(label=_("Reason"), required=False, help_text=_("For a revision only."))

    def clean(self) -> dict[str, object]:
        """A revision has a reason, and nothing else has."""
        found = super().clean() or {}
        is_revision = found.get("status") == ReleaseStatus.REVISED
        if "status" in found and is_revision != bool(found.get("reason")):
            text = _("A revision needs a reason.") if is_revision else _("Only a revision has a reason.")
            self.add_error("reason", ValidationError(text, code="reason"))
        return found

    def wanted(self) -> tuple[ReleaseStatus, Reason | None]:
        """What was chosen, once the form is valid."""
        reason = self.cleaned_data["reason"]
        return ReleaseStatus(self.cleaned_data["status"]), Reason(reason) if reason else None


def freeze_form(possible: Sequence[ReleaseStatus], data: QueryDict | None = None) -> FreezeForm:
    """The form with what a period may be frozen as; a reason is asked for where a revision is possible."""
    form = FreezeForm(data)
    offer(form, "status", [(status.value, status.label) for status in possible])
    offer(form, "reason", [("", _("no reason: not a revision")), *Reason.choices])
    if ReleaseStatus.REVISED not in possible:
        form.fields["reason"].widget = forms.HiddenInput()
    elif len(possible) == 1:
        form.fields["reason"].required = True
        form.fields["reason"].help_text = ""
        offer(form, "reason", [("", _("choose a reason")), *Reason.choices])
    return form


class ExportForm(MetadataForm):
    """Which document, in which form and language."""

    document = forms.ChoiceField(label=_("Document"), choices=Document.choices)
    form = forms.ChoiceField(label=_("Form"), choices=FORMS)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)

    def clean(self) -> dict[str, object]:
        """The report and the sheet are typeset, and come as PDF only."""
        found = super().clean() or {}
        is_typeset = found.get("document") in {Document.ANNUAL_REPORT, Document.PRESS_SHEET}
        if is_typeset and found.get("form") not in {None, Form.PDF}:
            self.add_error("form", ValidationError(_("This document is made as PDF only."), code="form"))
        return found

    def wanted(self) -> tuple[Document, Form, str]:
        """What was chosen, once the form is valid."""
        chosen = self.cleaned_data
        return Document(chosen["document"]), Form(chosen["form"]), chosen["language"]


class TableForm(MetadataForm):
    """Of which table to show the differences."""

    table = forms.ChoiceField(label=_("Table"), required=False)


def table_form(tables: Choices, chosen: str) -> TableForm:
    """The form that shows a choice among the tables that differ."""
    form = TableForm(initial={"table": chosen})
    offer(form, "table", [("", _("every table")), *tables])
    return form


def day_of(form: OnForm) -> date | None:
    """The day that was asked for; None for none, and for what is no day."""
    return form.cleaned_data["on"] if form.is_valid() else None
