"""Forms that can only carry metadata, and never say back what they refused.

Every form of the project is a :class:`MetadataForm`. Its errors name field and rule; a refused value is neither in
the message nor in the field that is drawn again. docs/design.md shows how a page uses them.
"""

import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hotline.metadata_only import ISO_DATE, MAX_COUNT, WHOLE_NUMBER, validate_label

# Django's own words for these repeat the value.
REFUSALS = {
    "invalid_choice": _("Choose one of the options listed."),
    "invalid_list": _("Choose from the options listed."),
    "invalid_pk_value": _("Choose one of the options listed."),
}


class MetadataBoundField(forms.BoundField):
    """A field on a page: drawn empty when what was sent for it was refused, or is to be forgotten."""

    form: "MetadataForm"

    def value(self) -> Any:
        """What to draw in the control."""
        if self.form.is_bound and (self.errors or self.name in self.form.forgotten):
            return None
        return super().value()


class MetadataForm(forms.Form):
    """The base of every form.

    ``forgotten`` names the fields that a refusal of the whole form leaves empty, though each was right by itself.
    """

    bound_field_class = MetadataBoundField
    use_required_attribute = False  # the server's answer is in the reader's language, the browser's may not be

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.forgotten: set[str] = set()
        for field in self.fields.values():
            field.error_messages.update({code: text for code, text in REFUSALS.items() if code in field.error_messages})


class Segmented(forms.RadioSelect):
    """Radio buttons in a row: for up to some eight options that are picked all day."""

    template_name = "django/forms/widgets/segmented.html"


class WholeNumberField(forms.IntegerField):
    """A count: ASCII digits and nothing else, from ``min_value`` to ``max_value``, the largest count of a report."""

    default_error_messages = {
        "invalid": _("Type a whole number in digits, without signs, dots or commas."),
    }

    def __init__(self, *, min_value: int = 0, max_value: int = MAX_COUNT, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 7, "autocomplete": "off"})
        )
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)

    def to_python(self, value: Any) -> int | None:
        """The number; int() alone would take signs, underscores and the digits of any script."""
        text = str(value).strip() if value is not None else ""
        if not text:
            return None
        if not WHOLE_NUMBER.match(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(text)


class DayField(forms.DateField):
    """A day, as YYYY-MM-DD, drawn as the browser's own date field."""

    default_error_messages = {
        "invalid": _("Type a date as year-month-day, such as 2024-01-31."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def to_python(self, value: Any) -> date | None:
        """The date; strptime alone would take the digits of any script and left out zeros."""
        if isinstance(value, str) and value.strip() and not ISO_DATE.match(value.strip()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class LabelField(forms.CharField):
    """A name or label: typed text, for administrators only, against the strict pattern."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"maxlength": 60, "autocomplete": "off"}))
        super().__init__(validators=[validate_label], **kwargs)

    def to_python(self, value: Any) -> str:
        """The text with its letters composed: é is one character, whichever way it was typed."""
        return unicodedata.normalize("NFC", super().to_python(value) or "")
