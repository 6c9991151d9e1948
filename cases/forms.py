"""The analysts' forms. Every field is a date, a whole number or a code."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.forms.formsets import (
    INITIAL_FORM_COUNT,
    MAX_NUM_FORM_COUNT,
    MIN_NUM_FORM_COUNT,
    TOTAL_FORM_COUNT,
    ManagementForm,
)
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.actions.audit import stored_name
from cases.actions.errors import ActionError
from cases.actions.findings import Tally
from cases.actions.referrals import Answer as RecipientAnswer
from cases.actions.referrals import Sending
from cases.actions.reports import Intake
from cases.closed_months import CalendarMonth
from cases.codes import FINDING_DIMENSIONS, ActionTaken, Answer, CountsAs
from cases.models import AgeBand, Finding, HostingCountry, Outcome, Recipient, Report, Sex, SiteType, Source
from hotline.forms import DayField, MetadataForm, Segmented, WholeNumberField

MAX_ROWS = 40
NOT_ASKED = pgettext_lazy("nothing chosen", "—")


if TYPE_CHECKING:
    _ModelChoice = forms.ModelChoiceField[Any]
else:
    _ModelChoice = forms.ModelChoiceField


class CodeChoice(_ModelChoice):
    """A code of a list; its label stands on the page, its key in the form."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", NOT_ASKED)
        super().__init__(**kwargs)


class OutcomeSelect(forms.Select):
    """Tells the page's script which outcomes count as confirmed."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """An option, with ``data-confirmed`` where its outcome counts so."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        instance = getattr(value, "instance", None)
        if instance is not None and instance.counts_as == CountsAs.CONFIRMED:
            option["attrs"]["data-confirmed"] = ""
        return option


class IntakeForm(MetadataForm):
    """What is known of a report when it comes in."""

    received_date = DayField(label=_("Received on"))
    source = CodeChoice(label=_("Source"), queryset=Source.objects.offered(), widget=Segmented, empty_label=None)
    url_count = WholeNumberField(label=_("URLs"))

    def intake(self) -> Intake:
        """The cleaned fields as the actions take them."""
        return Intake(**{name: self.cleaned_data[name] for name in ("received_date", "source", "url_count")})


class LogForm(IntakeForm):
    """A new report."""

    @classmethod
    def blank(cls, *, today: date, last: Any) -> "LogForm":
        """An empty form: today, and the date and source of the last entry where ``last`` (a query) has them."""
        carried = IntakeForm(last)
        carried.is_valid()
        source = carried.cleaned_data.get("source")
        day = carried.cleaned_data.get("received_date") or today
        return cls(initial={"received_date": min(day, today), "source": source.pk if source else None})


class TallyForm(MetadataForm):
    """One line of the assessment: so many URLs, one outcome, and for confirmed ones what was seen."""

    outcome = CodeChoice(label=_("Outcome"), queryset=Outcome.objects.offered(), widget=OutcomeSelect, required=False)
    url_count = WholeNumberField(label=_("URLs"), required=False)
    self_generated = forms.ChoiceField(
        label=_("Self-generated"), choices=[("", NOT_ASKED), *Answer.choices], required=False
    )
    sex = CodeChoice(label=_("Sex shown"), queryset=Sex.objects.offered(), required=False)
    age_band = CodeChoice(label=_("Age, youngest"), queryset=AgeBand.objects.none(), required=False)
    hosting_country = CodeChoice(label=_("Hosting country"), queryset=HostingCountry.objects.offered(), required=False)
    site_type = CodeChoice(label=_("Site type"), queryset=SiteType.objects.offered(), required=False)

    def __init__(self, *args: Any, bands: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["age_band"].queryset = bands  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["data-tally"] = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all was filled in on this line."""
        return not any(self.cleaned_data.get(name) not in {None, ""} for name in self.fields)

    @property
    def details(self) -> list[forms.BoundField]:
        """The fields for confirmed outcomes only."""
        return [self[dimension.value] for dimension in FINDING_DIMENSIONS]

    def tally(self, *, left: int) -> Tally:
        """The line as the actions take it; without a number it speaks of all that is ``left``."""
        cleaned = self.cleaned_data
        count = cleaned.get("url_count")
        return Tally(
            outcome=cleaned["outcome"],
            url_count=left if count is None else count,
            **{dimension.value: cleaned.get(dimension.value) or None for dimension in FINDING_DIMENSIONS},
        )


if TYPE_CHECKING:
    _TallyForms = forms.BaseFormSet[TallyForm]
else:
    _TallyForms = forms.BaseFormSet


class BaseTallyFormSet(_TallyForms):
    """The lines of an assessment. At most one may leave its number open: it takes what is left."""

    def clean(self) -> None:
        """Refuse a line without outcome, and a second open number."""
        lines = [form for form in self.forms if form.is_valid() and not form.is_blank]
        for form in lines:
            if not form.cleaned_data.get("outcome"):
                form.add_error("outcome", forms.ValidationError(_("Choose an outcome."), code="required"))
        for form in [form for form in lines if form.cleaned_data.get("url_count") is None][1:]:
            text = _("Say how many: only one line can take what is left.")
            form.add_error("url_count", forms.ValidationError(text, code="required"))

    @property
    def counts(self) -> ManagementForm:
        """The management form as it is drawn: the lines there are, never what was sent as their number."""
        total = len(self.forms)
        counts = {TOTAL_FORM_COUNT: total, INITIAL_FORM_COUNT: min(self.initial_form_count(), total)}
        counts |= {MIN_NUM_FORM_COUNT: self.min_num, MAX_NUM_FORM_COUNT: self.max_num}
        return ManagementForm(auto_id=self.auto_id, prefix=self.prefix, initial=counts)

    def tallies(self, *, url_count: int) -> list[Tally]:
        """The lines that were filled in, of a report of so many URLs."""
        lines = [form for form in self.forms if not form.is_blank]
        left = max(url_count - sum(form.cleaned_data.get("url_count") or 0 for form in lines), 0)
        return [form.tally(left=left) for form in lines]


TallyFormSet = forms.formset_factory(
    TallyForm, formset=BaseTallyFormSet, extra=3, max_num=MAX_ROWS, absolute_max=MAX_ROWS
)


def names_of(*kinds: type[forms.Form], lines: bool = False) -> re.Pattern[str]:
    """The names of the fields of these forms, and of the lines of an assessment, as they are sent."""
    names = [re.escape(name) for kind in kinds for name in kind.base_fields]
    if lines:
        names += [f"findings-[0-9]{{1,2}}-{name}" for name in TallyForm.base_fields]
        names += ["findings-(?:TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS"]
    return re.compile(rf"(?:{'|'.join(names)})\Z")


def offered_bands(kept: Sequence[Finding] = ()) -> Any:
    """The bands of the default scheme, 'undetermined', and any that a report's findings already have."""
    of_default = AgeBand.objects.filter(schemes__is_default=True).values("pk")
    named = ["undetermined", *[finding.age_band_id for finding in kept if finding.age_band_id]]
    # Not asked for here: a form without findings never needs them.
    return AgeBand.objects.filter(Q(pk__in=of_default) | Q(pk__in=named))


def tally_forms(data: Any = None, *, findings: Sequence[Finding] = ()) -> Any:
    """The lines as sent, or as they stand with an empty one below."""
    initial = [
        {
            "outcome": finding.outcome_id,
            "url_count": finding.url_count,
            **{
                dimension.value: getattr(finding, stored_name(Finding, dimension.value))
                for dimension in FINDING_DIMENSIONS
            },
        }
        for finding in findings
    ]
    return TallyFormSet(data, initial=initial, prefix="findings", form_kwargs={"bands": offered_bands(findings)})


class VersionedForm(MetadataForm):
    """A form about a report as it was seen: someone else's change in between is noticed."""

    version = WholeNumberField(widget=forms.HiddenInput, min_value=1)


class AmendForm(IntakeForm, VersionedForm):
    """Date, source and number of a report that is put right."""

    @classmethod
    def of(cls, report: Report) -> "AmendForm":
        """The form as the report stands."""
        return cls(
            initial={
                "received_date": report.received_date,
                "source": report.source_id,
                "url_count": report.url_count,
                "version": report.version,
            }
        )


class ReferralForm(VersionedForm):
    """URLs of a report that are passed on."""

    recipient = CodeChoice(label=_("Recipient"), queryset=Recipient.objects.filter(is_active=True))
    url_count = WholeNumberField(label=_("URLs"), min_value=1)
    sent_date = DayField(label=_("Sent on"))

    def sending(self) -> Sending:
        """The cleaned fields as the actions take them."""
        return Sending(**{name: self.cleaned_data[name] for name in ("recipient", "url_count", "sent_date")})


class AnswerForm(VersionedForm):
    """What a recipient answered."""

    acknowledged_date = DayField(label=_("Acknowledged on"), required=False)
    acted_date = DayField(label=_("Acted on"), required=False)
    action = forms.ChoiceField(label=_("Action taken"), choices=[("", NOT_ASKED), *ActionTaken.choices], required=False)

    def answer(self) -> RecipientAnswer:
        """The cleaned fields as the actions take them."""
        cleaned = self.cleaned_data
        return RecipientAnswer(
            acknowledged_date=cleaned["acknowledged_date"],
            acted_date=cleaned["acted_date"],
            action=cleaned["action"] or None,
        )


class StepForm(VersionedForm):
    """A button: nothing but the version it was drawn with."""


class MonthsField(forms.Field):
    """Months as ``2024-03,2024-04``."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> frozenset[CalendarMonth]:
        """The months; nothing at all where one of them is none."""
        try:
            return frozenset(CalendarMonth.parse(text) for text in str(value or "").split(",") if text)
        except ValueError:
            return frozenset()


class ConfirmationForm(MetadataForm):
    """The closed months that the sender has confirmed. What can not be read confirms nothing, and is asked again."""

    confirmed_months = MonthsField(required=False)


def confirmed_months(data: Any) -> frozenset[CalendarMonth]:
    """The months that what was sent confirms."""
    form = ConfirmationForm(data)
    form.is_valid()
    months: frozenset[CalendarMonth] = form.cleaned_data["confirmed_months"]
    return months


def as_sent(months: Iterable[CalendarMonth]) -> str:
    """Months as :class:`MonthsField` reads them."""
    return ",".join(map(str, months))


def show(error: ActionError, form: Any, lines: Any = None) -> None:
    """Put an action's refusal where it belongs on the page."""
    parts = error.field.split("-")
    if lines is not None and len(parts) == len(("findings", "place", "name")):
        filled = [line for line in lines.forms if not line.is_blank]
        filled[int(parts[1])].add_error(parts[2], forms.ValidationError(error.message, code=error.rule))
        return
    field = error.field if error.field in form.fields else None
    form.add_error(field, forms.ValidationError(error.message, code=error.rule))
