"""Who has which factor, and who must have one."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hotline.accounts.factors.models import Passkey, RecoveryCode, RequiredRole, Totp
from hotline.accounts.models import User
from hotline.accounts.permissions import Role


@dataclass(frozen=True)
class NamedPasskey:
    """A passkey as its owner knows it: by the day it was made, numbered when there are more of that day."""

    pk: int
    name: str
    used_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """What a person signs in with beside the password."""

    app_since: datetime | None
    passkeys: list[NamedPasskey]
    codes_left: int
    is_required: bool

    @property
    def has_factor(self) -> bool:
        """Whether there is a second factor. Recovery codes are none: they stand in for one."""
        return bool(self.app_since or self.passkeys)

    @property
    def may_remove(self) -> bool:
        """Whether one factor may go."""
        return not self.is_required or len(self.passkeys) + bool(self.app_since) > 1


def standing(user: User) -> Standing:
    """What this person has now."""
    app = Totp.objects.filter(user=user, confirmed_at__isnull=False).first()
    return Standing(
        app_since=app.confirmed_at if app else None,
        passkeys=_named(list(Passkey.objects.filter(user=user))),
        codes_left=RecoveryCode.objects.filter(user=user).count(),
        is_required=is_required(user.role),
    )


def has_factor(user: User) -> bool:
    """Whether this person has a second factor that counts."""
    return (
        Totp.objects.filter(user=user, confirmed_at__isnull=False).exists()
        or Passkey.objects.filter(user=user).exists()
    )


def with_factor() -> set[int]:
    """The keys of all people who have a second factor."""
    apps = Totp.objects.filter(confirmed_at__isnull=False).values_list("user_id", flat=True)
    return {*apps, *Passkey.objects.values_list("user_id", flat=True)}


def is_required(role: str) -> bool:
    """Whether people of this role must have a second factor."""
    if role == Role.ADMINISTRATOR and settings.FACTOR_FOR_ADMINISTRATORS:
        return True
    return RequiredRole.objects.filter(role=role).exists()


def required_roles() -> set[str]:
    """The roles that must have one: those that were chosen, and administrators where the settings say so."""
    always = {str(Role.ADMINISTRATOR)} if settings.FACTOR_FOR_ADMINISTRATORS else set()
    return always | set(RequiredRole.objects.values_list("role", flat=True))


def _named(passkeys: list[Passkey]) -> list[NamedPasskey]:
    """The passkeys with their names, oldest first."""
    seen: dict[str, int] = {}
    named = []
    for passkey in passkeys:
        day = date_format(timezone.localtime(passkey.created_at), "SHORT_DATE_FORMAT")
        seen[day] = seen.get(day, 0) + 1
        name = _("Passkey of %(day)s") % {"day": day}
        if seen[day] > 1:
            name = _("Passkey of %(day)s, number %(number)s") % {"day": day, "number": seen[day]}
        named.append(NamedPasskey(pk=passkey.pk, name=name, used_at=passkey.used_at))
    return named
