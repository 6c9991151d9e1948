"""Writes to accounts. Each is one transaction, and is announced in it (:mod:`hotline.accounts.signals`)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hotline.accounts.ending import end_sessions
from hotline.accounts.invitations import open_invitation, use_up, withdraw_open
from hotline.accounts.models import InvitationKind, User
from hotline.accounts.permissions import Permission, Role
from hotline.accounts.signals import AccountEvent, account_changed


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


class SwitchedOffError(AccountError):
    """Someone who may not sign in is not invited to."""

    message = _("This person may not sign in. Switch the account on first.")


class ErasedError(AccountError):
    """Who this was is erased, for good."""

    message = _("This person's name is erased. Nothing about the account can be changed any more.")


class UsernameTakenError(AccountError):
    """Two people can not sign in under one name."""

    field = "username"
    message = _("This user name is taken.")


@transaction.atomic
def add(*, by: User | None, now: datetime, username: str, name: str, role: Role, language: str) -> tuple[User, str]:
    """Make an account; returns it with the code of its invitation, which is kept nowhere.

    ``by`` is None for whoever runs the server. Raises ``NotAllowedError`` or ``UsernameTakenError``.
    """
    _check_manager(by)
    if User.objects.filter(username=username).exists():
        raise UsernameTakenError
    user = User(username=username, name=name, role=role, language=language, created_at=now)
    user.set_unusable_password()
    user.full_clean()
    user.save()
    _announce("user_add", user, by=by, now=now, changes=_changes({}, _audited(user)))
    return user, open_invitation(user, kind=InvitationKind.ACCOUNT, now=now)


@transaction.atomic
def change(*, by: User, now: datetime, user: User, name: str, role: Role, language: str, is_active: bool) -> User:
    """Change who a person is here. Another role, or switched off: sessions end at the next request.

    Raises ``NotAllowedError``, ``ErasedError`` or ``LastAdministratorError``.
    """
    _check_manager(by)
    # Locks all administrators, in one order: of two who switch each other off at once, the second sees the first.
    administrators = list(User.objects.by_role(Role.ADMINISTRATOR).order_by("pk").select_for_update())
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.erased_at is not None:
        raise ErasedError
    stays = role == Role.ADMINISTRATOR and is_active
    if not stays and [administrator.pk for administrator in administrators] == [user.pk]:
        raise LastAdministratorError
    is_another = role != user.role or is_active != user.is_active
    user = _write(user, by=by, now=now, name=name, role=role, language=language, is_active=is_active)
    if is_another:
        end_sessions(user)
    if not is_active:
        withdraw_open(user, now=now)
    return user


@transaction.atomic
def choose_language(*, user: User, now: datetime, language: str) -> User:
    """Keep a person's own choice of language."""
    user = User.objects.select_for_update().get(pk=user.pk)
    return _write(user, by=user, now=now, language=language)


@transaction.atomic
def invite(*, by: User | None, now: datetime, user: User) -> str:
    """Invite someone to choose a new password, and return the code, which is kept nowhere.

    The present password stops working, sessions end, and an earlier invitation is withdrawn. ``by`` is None for whoever
    runs the server. Raises ``NotAllowedError`` or ``SwitchedOffError``.
    """
    _check_manager(by)
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise SwitchedOffError
    kind = InvitationKind.PASSWORD if user.has_usable_password() else InvitationKind.ACCOUNT
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sessions(user)
    _announce("invite", user, by=by, now=now)
    return open_invitation(user, kind=kind, now=now)


@transaction.atomic
def withdraw_invitation(*, by: User, now: datetime, user: User) -> bool:
    """Withdraw the open invitation of someone, and say whether there was one.

    Raises ``NotAllowedError``.
    """
    _check_manager(by)
    was_open = withdraw_open(user, now=now)
    if was_open:
        _announce("invite_withdraw", user, by=by, now=now)
    return was_open


@transaction.atomic
def accept_invitation(*, now: datetime, code: str, password: str) -> User:
    """Choose a password by an invitation, which is used up by it; of two at once, one wins.

    Raises ``InvitationGoneError``.
    """
    user = use_up(code, now=now)
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user)
    _announce("invite_accept", user, by=user, now=now)
    return user


@transaction.atomic
def choose_password(*, user: User, now: datetime, password: str) -> User:
    """Set a person's own new password; every other session of theirs ends."""
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user)
    _announce("password_change", user, by=user, now=now)
    return user


@transaction.atomic
def sign_out_elsewhere(*, user: User, now: datetime) -> None:
    """End all sessions of a person; the caller keeps the one it is asked from (``update_session_auth_hash``)."""
    end_sessions(user)
    _announce("sign_out_elsewhere", user, by=user, now=now)


def signed_in(*, user: User, now: datetime) -> None:
    """Announce that someone signed in."""
    _announce("sign_in", user, by=user, now=now)


def signed_out(*, user: User, now: datetime) -> None:
    """Announce that someone signed out."""
    _announce("sign_out", user, by=user, now=now)


def sign_in_failed(*, username: str, now: datetime) -> None:
    """Announce a refused sign-in: under the account's reference if there is one, and never what was typed."""
    _announce_try("sign_in_failed", username, now=now)


def sign_in_limited(*, username: str, now: datetime) -> None:
    """Announce that tries under this user name are refused without being looked at, for a while."""
    _announce_try("sign_in_limited", username, now=now)


def _announce_try(verb: str, username: str, *, now: datetime) -> None:
    reference = User.objects.filter(username=username).values_list("reference", flat=True).first()
    account_changed.send(sender=User, event=AccountEvent(verb=verb, reference=reference, by=None, now=now))


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


def _check_manager(by: User | None) -> None:
    if by is not None and not by.may(Permission.USERS_MANAGE):
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
