"""Forms of sign-in, one's own account, and users."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hotline.accounts.hashing import normalised
from hotline.accounts.invitations import plain_code
from hotline.accounts.models import User
from hotline.accounts.permissions import Role
from hotline.forms import LabelField, MetadataForm, Segmented
from hotline.metadata_only import USERNAME, validate_username

LONGEST = 128
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]


class ShownPassword(forms.PasswordInput):
    """A password that its owner may look at while typing: the page's script adds the button."""

    template_name = "django/forms/widgets/shown_password.html"


def password_field(label: Any, *, autocomplete: str, help_text: Any = "", **attrs: Any) -> forms.CharField:
    """A password as typed: neither trimmed nor ever drawn again."""
    widget = ShownPassword(attrs={"autocomplete": autocomplete, **attrs})
    return forms.CharField(label=label, help_text=help_text, strip=False, max_length=LONGEST, widget=widget)


class SignInForm(MetadataForm):
    """User name and password. Which of the two was wrong is not said."""

    username = forms.CharField(
        label=_("User name"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )
    password = password_field(_("Password"), autocomplete="current-password")

    def refuse(self) -> None:
        """Say that the two do not belong together, and forget what was typed."""
        self.full_clean()
        self.forgotten.add("username")
        self.errors.clear()
        self.add_error(None, ValidationError(_("User name and password do not belong together."), code="sign_in"))

    @property
    def typed_username(self) -> str:
        """The user name, if what was typed can be one: what can not goes to no database, whose log might keep it."""
        typed = str(self.data.get("username", "")).strip().lower()
        return typed if USERNAME.match(typed) else ""

    @property
    def typed_password(self) -> str:
        """The password, as far as one can be that long."""
        return str(self.data.get("password", ""))[: LONGEST + 1]


class NewPasswordForm(MetadataForm):
    """A new password, twice."""

    new_password = password_field(
        _("New password"),
        autocomplete="new-password",
        help_text=_("At least 12 characters. A few words in a row are easy to keep and hard to guess."),
    )
    again = password_field(_("New password, once more"), autocomplete="new-password")

    def __init__(self, *args: Any, user: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_new_password(self) -> str:
        """The new one in its normal form, if it is good enough."""
        password = normalised(self.cleaned_data["new_password"])
        password_validation.validate_password(password, self.user)
        return password

    def clean_again(self) -> str:
        """The same in the same form."""
        return normalised(self.cleaned_data["again"])

    def clean(self) -> dict[str, Any]:
        """Both times the same."""
        cleaned = super().clean() or {}
        new = cleaned.get("new_password")
        if new and cleaned.get("again") and new != cleaned["again"]:
            self.add_error("again", ValidationError(_("This differs from the new password."), code="differs"))
        return cleaned


class PasswordForm(NewPasswordForm):
    """One's own new password. Whether the present one is right is asked by the view, which counts the tries."""

    old_password = password_field(_("Present password"), autocomplete="current-password")
    field_order = ("old_password", "new_password", "again")

    @property
    def typed_password(self) -> str:
        """The present password as typed, as far as one can be that long."""
        return str(self.data.get("old_password", ""))[: LONGEST + 1]

    def refuse(self) -> None:
        """Say that the present password is not the present one."""
        self.full_clean()
        self.add_error("old_password", ValidationError(_("This is not your present password."), code="password"))

    def clean(self) -> dict[str, Any]:
        """Another than before."""
        cleaned = super().clean()
        old, new = cleaned.get("old_password"), cleaned.get("new_password")
        if old and new and normalised(old) == new:
            self.add_error("new_password", ValidationError(_("Choose another than the present one."), code="same"))
        return cleaned


class InvitationForm(NewPasswordForm):
    """The code of an invitation, and the password that is chosen by it."""

    code = forms.CharField(
        label=_("Code of your invitation"),
        max_length=60,
        help_text=_("It stands at the end of the link that you were given; the page fills it in by itself."),
        error_messages={"required": _("Type or paste the code of your invitation.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "data-from-link": True}
        ),
    )
    field_order = ("code", "new_password", "again")

    @property
    def typed_code(self) -> str:
        """The code, if what was typed can be one."""
        return plain_code(str(self.data.get("code", "")))

    def refuse(self, message: Any) -> None:
        """Say that no invitation is open under this code, and forget what was typed."""
        self.full_clean()
        self.forgotten.add("code")
        self.errors.pop("code", None)
        self.add_error("code", ValidationError(message, code="invitation"))


class UserForm(MetadataForm):
    """What an administrator says of a person."""

    name = LabelField(label=_("Name"), help_text=_("As colleagues see it. It is kept in one place and can be erased."))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=Segmented)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, widget=Segmented)


class NewUserForm(UserForm):
    """A person who does not have an account yet."""

    username = forms.CharField(
        label=_("User name"),
        max_length=30,
        validators=[validate_username],
        help_text=_("To sign in with: 2 to 30 lower case letters and digits. It can not be changed."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    field_order = ("name", "username", "role", "language")


class ChangeUserForm(UserForm):
    """A person who has one."""

    is_active = forms.BooleanField(
        label=_("May sign in"), required=False, help_text=_("Switched off, the person is out at the next click.")
    )


class ChoiceOfLanguage(MetadataForm):
    """The language switch."""

    language = forms.ChoiceField(choices=LANGUAGES)


class ChoiceOfTheme(MetadataForm):
    """The theme switch."""

    theme = forms.ChoiceField(choices=[("light", _("Light")), ("dark", _("Dark")), ("auto", _("As my device"))])
