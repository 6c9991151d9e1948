"""Forms for what administrators enter of past years and of counting rules."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.forms import LabelField, MetadataForm, WholeNumberField
from stats.forms import PUBLISHED_FIGURES, STARTS
from stats.periods import Year
from stats.published_figures import MAX_TOTAL

FIRST_YEAR, LAST_YEAR = 1990, 2200
_TOTAL = re.compile(r"[0-9]{1,9}\Z")


class TotalField(WholeNumberField):
    """A year's total: larger than the count of any report may be."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 9, "autocomplete": "off"})
        super().__init__(max_value=MAX_TOTAL, widget=widget, **kwargs)

    def to_python(self, value: Any) -> int | None:
        """The number, of ASCII digits only."""
        text = str(value).strip() if value is not None else ""
        if text and not _TOTAL.match(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(text) if text else None


class PublishedTotalForm(MetadataForm):
    """A total that a source published."""

    year = WholeNumberField(
        label=_("Year"), min_value=FIRST_YEAR, max_value=LAST_YEAR, help_text=_("The year it starts in, such as 2022.")
    )
    start = forms.ChoiceField(label=_("Year starts in"), choices=STARTS, initial="1")
    figure = forms.ChoiceField(label=_("Figure"), choices=PUBLISHED_FIGURES)
    value = TotalField(label=pgettext_lazy("how many", "Number"), help_text=_("As it was published, in digits."))
    source = LabelField(
        label=_("Published by"),
        help_text=_("Who published it, the same for all its years: INHOPE. No addresses."),
    )

    def clean(self) -> dict[str, Any]:
        """Year and month become one period."""
        cleaned = super().clean() or self.cleaned_data
        start = cleaned.pop("start", None)
        if start and cleaned.get("year"):
            cleaned["year"] = Year(cleaned["year"], int(start))
        return cleaned
