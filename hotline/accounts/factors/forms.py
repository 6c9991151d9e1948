"""Forms of second factors. What is typed here is compared and forgotten; none of it is drawn again."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hotline.accounts.factors.totp import CODE
from hotline.accounts.forms import password_field
from hotline.accounts.permissions import Role
from hotline.forms import MetadataForm

# What navigator.credentials answers, as JSON: 1 to 3 kB. One with an attestation nobody asked for may have more.
MAX_ANSWER = 16_000
SUBJECT = re.compile(r"[!-~]{1,255}\Z")  # OpenID Connect Core, section 2: at most 255 ASCII characters


def _secret_field(label: Any, *, max_length: int, **attributes: Any) -> forms.CharField:
    attributes = {"autocapitalize": "none", "spellcheck": "false", "autofocus": True, **attributes}
    return forms.CharField(label=label, max_length=max_length, widget=forms.TextInput(attrs=attributes))


class CodeForm(MetadataForm):
    """The six digits that an authenticator app shows."""

    code = _secret_field(
        _("Code of the authenticator app"), max_length=9, inputmode="numeric", autocomplete="one-time-code"
    )

    def clean_code(self) -> str:
        """The digits; apps show them in two groups, and people type the space."""
        code: str = self.cleaned_data["code"].replace(" ", "")
        if not CODE.match(code):
            raise ValidationError(_("Type the six digits."), code="code")
        return code


class RecoveryForm(MetadataForm):
    """One recovery code."""

    code = _secret_field(_("Recovery code"), max_length=30, autocomplete="off")


class PasskeyForm(MetadataForm):
    """What the browser brings back from an authenticator. Filled in by hotline/js/passkey.js."""

    answer = forms.CharField(max_length=MAX_ANSWER, widget=forms.HiddenInput)


class PresentPasswordForm(MetadataForm):
    """One's password, once more."""

    password = password_field(_("Your password"), autocomplete="current-password")


class RequiredRolesForm(MetadataForm):
    """Who must have a second factor. ``always`` are roles that the settings ask for: they are not drawn."""

    def __init__(self, *args: Any, always: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role in Role:
            if role not in always:
                self.fields[role] = forms.BooleanField(label=role.label.capitalize(), required=False)

    @property
    def roles(self) -> set[Role]:
        """The roles that were chosen."""
        return {Role(name) for name, chosen in self.cleaned_data.items() if chosen}


class SubjectForm(MetadataForm):
    """Who somebody is at the provider. Kept as a keyed hash."""

    subject = _secret_field(_("Name or number at the provider"), max_length=255, autocomplete="off")

    def clean_subject(self) -> str:
        """As the provider writes it."""
        subject: str = self.cleaned_data["subject"]
        if not SUBJECT.match(subject):
            raise ValidationError(_("Type it as the provider has it: no spaces, no accents."), code="subject")
        return subject
