"""What administrators do about other people's factors. Nobody can see a secret; who lost theirs gets a fresh start."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hotline.accounts.actions import AccountError, NotAllowedError
from hotline.accounts.ending import end_sessions
from hotline.accounts.factors.announcing import announce, announce_rule
from hotline.accounts.factors.models import Identity, Passkey, RecoveryCode, RequiredRole, Totp
from hotline.accounts.factors.queries import required_roles, with_factor
from hotline.accounts.models import User
from hotline.accounts.permissions import Permission, Role


class OwnFactorsError(AccountError):
    """An open session is not enough to take one's own second factor away."""

    message = _("Change your own factors under My account.")


class IdentityTakenError(AccountError):
    """Two accounts can not be one person at the provider."""

    field = "subject"
    message = _("This is linked to another account.")


@transaction.atomic
def reset(*, by: User, now: datetime, user: User) -> None:
    """Take all of somebody's factors away and end their sessions: they were lost.

    Raises ``NotAllowedError`` or ``OwnFactorsError``.
    """
    _check_manager(by)
    if by.pk == user.pk:
        raise OwnFactorsError
    reset_as_system(user=user, by=by, now=now)


@transaction.atomic
def reset_as_system(*, user: User, by: User | None, now: datetime) -> None:
    """The same without asking who does it: for whoever runs the server (``manage.py reset_factors``)."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _delete_factors(user)
    end_sessions(user)
    announce("factors_reset", user, by=by, now=now)


@transaction.atomic
def require(*, by: User, now: datetime, roles: set[Role]) -> None:
    """Ask for a second factor from these roles and no others; administrators' is not to be switched off.

    Sessions of people who must have one now and have none end: the next sign-in sets it up.
    Raises ``NotAllowedError``.
    """
    _check_manager(by)
    # One change at a time; the table may be empty, so it is the administrators' rows that are locked.
    list(User.objects.by_role(Role.ADMINISTRATOR).order_by("pk").select_for_update())
    before = required_roles()
    RequiredRole.objects.exclude(role__in=roles).delete()
    RequiredRole.objects.bulk_create(
        [RequiredRole(role=role, since=now) for role in sorted(roles)], ignore_conflicts=True
    )
    after = required_roles()
    for user in User.objects.filter(role__in=after - before).exclude(pk__in=with_factor()).order_by("pk"):
        end_sessions(user)
    changes = {f"factor_{role}": _yes_no(role in before, role in after) for role in sorted(before ^ after)}
    if changes:
        announce_rule("factor_rule", by=by, now=now, changes=changes)


@transaction.atomic
def link(*, by: User, now: datetime, user: User, subject_hash: str, known_hashes: list[str]) -> None:
    """Let a person sign in as this subject of the provider, and as no other.

    ``known_hashes``: the subject's hash under every key, ``subject_hash`` the one to keep.
    Raises ``NotAllowedError`` or ``IdentityTakenError``.
    """
    _check_manager(by)
    user = User.objects.select_for_update().get(pk=user.pk)
    if Identity.objects.filter(subject_hash__in=known_hashes).exclude(user=user).exists():
        raise IdentityTakenError
    Identity.objects.filter(user=user).delete()
    Identity.objects.create(user=user, subject_hash=subject_hash, created_at=now)
    end_sessions(user)
    announce("identity_linked", user, by=by, now=now)


@transaction.atomic
def unlink(*, by: User, now: datetime, user: User) -> None:
    """Let a person no longer sign in at the provider; sessions end.

    Raises ``NotAllowedError``.
    """
    _check_manager(by)
    user = User.objects.select_for_update().get(pk=user.pk)
    deleted, _by_model = Identity.objects.filter(user=user).delete()
    if deleted:
        end_sessions(user)
        announce("identity_unlinked", user, by=by, now=now)


def _check_manager(by: User) -> None:
    if not by.may(Permission.USERS_MANAGE):
        raise NotAllowedError


def _delete_factors(user: User) -> None:
    Totp.objects.filter(user=user).delete()
    Passkey.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()


def _yes_no(before: bool, after: bool) -> list[str | None]:  # noqa: FBT001 - a pair
    return ["yes" if before else "no", "yes" if after else "no"]
