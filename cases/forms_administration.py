"""Forms of the administration pages: the only ones in which text is typed, by administrators, to strict patterns."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.actions.code_lists import MAX_POSITION
from cases.actions.recipients import MAX_CODE
from cases.codes import CountsAs, Dimension, RecipientKind
from cases.models import HostingCountry
from hotline.forms import DayField, LabelField, MetadataForm, WholeNumberField
from hotline.metadata_only import validate_code


class RecipientForm(MetadataForm):
    """An organisation."""

    name = LabelField(
        label=_("Name"),
        help_text=_("As it calls itself. Letters, spaces and hyphens; no addresses, so write Example Hosting BV."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=RecipientKind.choices)
    country = forms.ModelChoiceField(
        label=_("Country"), queryset=HostingCountry.objects.none(), required=False, empty_label=_("not recorded")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self.fields["country"]
        if isinstance(country, forms.ModelChoiceField):
            country.queryset = HostingCountry.objects.filter(code__regex=r"^[A-Z]{2}$")


class NewRecipientForm(RecipientForm):
    """A new one."""

    code = forms.CharField(
        label=_("Code"),
        required=False,
        max_length=MAX_CODE,
        validators=[validate_code],
        help_text=_(
            "What files call it, as in example_hosting. It stays for ever. Left empty, it is made from the name."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    field_order = ("name", "code", "kind", "country")


class ChangeRecipientForm(RecipientForm):
    """One that is there."""

    is_active = forms.BooleanField(
        label=_("Offered"), required=False, help_text=_("Switched off, it stays in what was referred to it.")
    )


class CodeForm(MetadataForm):
    """What may change of a code."""

    label_nl = LabelField(label=_("Label in Dutch"))
    label_en = LabelField(label=_("Label in English"))
    position = WholeNumberField(
        label=_("Order"), max_value=MAX_POSITION, help_text=_("The lowest number is offered first.")
    )
    is_active = forms.BooleanField(
        label=_("Offered"), required=False, help_text=_("Switched off, it stays in what was recorded with it.")
    )


class OutcomeForm(CodeForm):
    """An outcome that no finding has yet."""

    counts_as = forms.ChoiceField(
        label=_("Counts as"),
        choices=CountsAs.choices,
        help_text=_("Fixed as soon as the outcome is used."),
    )


class NewCodeForm(MetadataForm):
    """A new code of a list that may have more."""

    code = forms.CharField(
        label=_("Code"),
        max_length=32,
        validators=[validate_code],
        help_text=_("Lower case letters with single underscores, as in partner_hotline. It stays for ever."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    label_nl = LabelField(label=_("Label in Dutch"))
    label_en = LabelField(label=_("Label in English"))
    position = WholeNumberField(
        label=_("Order"), max_value=MAX_POSITION, help_text=_("The lowest number is offered first.")
    )


class PeriodForm(MetadataForm):
    """The days of a period."""

    from_date = DayField(label=_("From"), help_text=_("The first day it was recorded."))
    to_date = DayField(
        label=_("To"), required=False, help_text=_("The last day it was recorded. Empty means until further notice.")
    )


class NewPeriodForm(PeriodForm):
    """A new period."""

    dimension = forms.ChoiceField(label=_("Dimension"), choices=Dimension.choices)
    field_order = ("dimension", "from_date", "to_date")
