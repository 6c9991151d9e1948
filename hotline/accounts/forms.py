"""Forms of sign-in, one's own account, and users."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate, password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from hotline.accounts.models import User
from hotline.accounts.permissions import Role
from hotline.forms import LabelField, MetadataForm, Segmented
from hotline.metadata_only import USERNAME, validate_username

LANGUAGES = [("nl", "Nederlands"), ("en", "English")]


def password_field(label: Any, *, autocomplete: str, help_text: Any = "") -> forms.CharField:
    """A password as typed: neither trimmed nor ever drawn again."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, help_text=help_text, strip=False, max_length=128, widget=widget)


class SignInForm(MetadataForm):
    """User name and password. Which of the two was wrong is not said."""

    username = forms.CharField(
        label=_("User name"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    password = password_field(_("Password"), autocomplete="current-password")

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        """Find the account, or refuse and forget what was typed."""
        cleaned = super().clean() or {}
        username = cleaned.get("username", "").lower()
        # What is no user name is never asked of the database, whose log might keep it.
        if USERNAME.match(username):
            found = authenticate(self.request, username=username, password=cleaned.get("password", ""))
            self.user = found if isinstance(found, User) else None
        if self.user is None:
            self.forgotten.add("username")
            raise ValidationError(_("User name and password do not belong together."), code="sign_in")
        return {**cleaned, "username": username}

    @property
    def typed_username(self) -> str:
        """The user name, if what was typed can be one."""
        typed = str(self.data.get("username", "")).strip().lower()
        return typed if USERNAME.match(typed) else ""


class PasswordForm(MetadataForm):
    """One's own new password."""

    old_password = password_field(_("Present password"), autocomplete="current-password")
    new_password = password_field(
        _("New password"),
        autocomplete="new-password",
        help_text=_("At least 12 characters. A few words in a row are easy to keep and hard to guess."),
    )
    again = password_field(_("New password, once more"), autocomplete="new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old_password(self) -> str:
        """The present password, if it is."""
        password: str = self.cleaned_data["old_password"]
        if not self.user.check_password(password):
            raise ValidationError(_("This is not your present password."), code="password")
        return password

    def clean_new_password(self) -> str:
        """The new one, if it is good enough."""
        password: str = self.cleaned_data["new_password"]
        password_validation.validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        """Both times the same, and another than before."""
        cleaned = super().clean() or {}
        new = cleaned.get("new_password")
        if new and cleaned.get("again") and new != cleaned["again"]:
            self.add_error("again", ValidationError(_("This differs from the new password."), code="differs"))
        if new and new == cleaned.get("old_password"):
            self.add_error("new_password", ValidationError(_("Choose another than the present one."), code="same"))
        return cleaned


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
