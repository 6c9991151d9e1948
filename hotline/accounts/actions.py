"""Writes to accounts. Each is one transaction, and is announced in it (:mod:`hotline.accounts.signals`)."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hotline.accounts.models import User
from hotline.accounts.permissions import Permission, Role
from hotline.accounts.signals import AccountEvent, account_changed

# Without the letters and digits that are taken for each other when read out or copied.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 4, 5


class AccountError(Exception):
    """A rule of accounts that a change would break. ``field`` is where a form shows it; the message holds no value."""

    field: str | None = None
    message = _("This can not be done.")


class NotAllowedError(AccountError):
    """Someone without the permission."""

    message = _("Your role may not do this.")


class LastAdministratorError(AccountError):
    """The last active administrator would lose the role or be switched off, and no one could undo it."""

    field = "role"
    message = _("This is the last active administrator. Make someone else administrator first.")


class UsernameTakenError(AccountError):
    """Two people can not sign in under one name."""

    field = "username"
    message = _("This user name is taken.")


def temporary_password() -> str:
    """A password to be shown once and changed at once: 20 random characters, some 99 bits."""
    groups = ("".join(secrets.choice(_ALPHABET) for _letter in range(_GROUP_LENGTH)) for _group in range(_GROUPS))
    return "-".join(groups)


@transaction.atomic
def add(*, by: User, now: datetime, username: str, name: str, role: Role, language: str) -> tuple[User, str]:
    """Make an account; returns it with its temporary password, which is kept nowhere.

    Raises ``NotAllowedError`` or ``UsernameTakenError``.
    """
    _check_manager(by)
    if User.objects.filter(username=username).exists():
        raise UsernameTakenError
    password = temporary_password()
    user = User(username=username, name=name, role=role, language=language, created_at=now)
    user.set_password(password)
    user.full_clean()
    user.save()
    _announce("user_add", user, by=by, now=now, changes=_changes({}, _audited(user)))
    return user, password


@transaction.atomic
def change(*, by: User, now: datetime, user: User, name: str, role: Role, language: str, is_active: bool) -> User:
    """Change who a person is here. Switched off, a person is out at the next request.

    Raises ``NotAllowedError`` or ``LastAdministratorError``.
    """
    _check_manager(by)
    # Locks all administrators, in one order: of two who switch each other off at once, the second sees the first.
    administrators = list(User.objects.by_role(Role.ADMINISTRATOR).order_by("pk").select_for_update())
    user = User.objects.select_for_update().get(pk=user.pk)
    stays = role == Role.ADMINISTRATOR and is_active
    if not stays and [administrator.pk for administrator in administrators] == [user.pk]:
        raise LastAdministratorError
    return _write(user, by=by, now=now, name=name, role=role, language=language, is_active=is_active)


@transaction.atomic
def choose_language(*, user: User, now: datetime, language: str) -> User:
    """Keep a person's own choice of language."""
    user = User.objects.select_for_update().get(pk=user.pk)
    return _write(user, by=user, now=now, language=language)


@transaction.atomic
def reset_password(*, by: User, now: datetime, user: User) -> str:
    """Give someone a new temporary password and return it; sessions under the old one end.

    Raises ``NotAllowedError``.
    """
    _check_manager(by)
    password = temporary_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    _announce("password_reset", user, by=by, now=now)
    return password


@transaction.atomic
def choose_password(*, user: User, now: datetime, password: str) -> User:
    """Set a person's own new password; every other session of theirs ends."""
    user.set_password(password)
    user.save(update_fields=["password"])
    _announce("password_change", user, by=user, now=now)
    return user


def signed_in(*, user: User, now: datetime) -> None:
    """Announce that someone signed in."""
    _announce("sign_in", user, by=user, now=now)


def signed_out(*, user: User, now: datetime) -> None:
    """Announce that someone signed out."""
    _announce("sign_out", user, by=user, now=now)


def sign_in_failed(*, username: str, now: datetime) -> None:
    """Announce a refused sign-in: under the account's reference if there is one, and never what was typed."""
    reference = User.objects.filter(username=username).values_list("reference", flat=True).first()
    account_changed.send(sender=User, event=AccountEvent(verb="sign_in_failed", reference=reference, by=None, now=now))


def _write(user: User, *, by: User, now: datetime, **fields: str | bool) -> User:
    """Set the fields that differ, if any do, and announce them."""
    before, old_name = _audited(user), user.name
    for field_name, value in fields.items():
        setattr(user, field_name, value)
    changes = _changes(before, _audited(user))
    if user.name != old_name:
        changes["name"] = [None, "changed"]
    if changes:
        user.full_clean()
        user.save(update_fields=list(fields))
        _announce("user_change", user, by=by, now=now, changes=changes)
    return user


def _check_manager(by: User) -> None:
    if not by.may(Permission.USERS_MANAGE):
        raise NotAllowedError


def _audited(user: User) -> dict[str, str]:
    return {"role": str(user.role), "language": user.language, "is_active": "yes" if user.is_active else "no"}


def _changes(before: dict[str, str], after: dict[str, str]) -> dict[str, list[str | None]]:
    return {name: [before.get(name), new] for name, new in after.items() if before.get(name) != new}


def _announce(
    verb: str, user: User, *, by: User | None, now: datetime, changes: dict[str, list[str | None]] | None = None
) -> None:
    event = AccountEvent(verb=verb, reference=user.reference, by=by, now=now, changes=changes or {})
    account_changed.send(sender=User, event=event)
