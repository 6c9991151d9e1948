"""Erasing who a person was. The log holds a random reference only: nothing in it changes, and its seal agrees.

What backups and PostgreSQL's own write-ahead log still hold goes with them (docs/operations.md).
"""

import secrets
import string
import uuid
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from hotline.accounts.actions import AccountError, NotAllowedError
from hotline.accounts.models import ERASED, User
from hotline.accounts.permissions import Permission
from hotline.accounts.signals import AccountEvent, account_changed

USERNAME_LETTERS = 20


class StillSwitchedOnError(AccountError):
    """Someone who may sign in is not erased."""

    message = _("This account is switched on. Switch it off first.")


@transaction.atomic
def erase(*, by: User, now: datetime, user: User) -> User:
    """Erase name, user name, password and all that is kept for signing in, for good. Once erased, nothing more happens.

    The row stays, with role and language: reports and the audit log refer to it, and pages say 'a former colleague'.
    Raises ``NotAllowedError`` or ``StillSwitchedOnError``.
    """
    if not by.may(Permission.USERS_MANAGE):
        raise NotAllowedError
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.erased_at is not None:
        return user
    if user.is_active:
        raise StillSwitchedOnError
    _forget_what_belongs_to(user)
    user.username = "".join(secrets.choice(string.ascii_lowercase) for _letter in range(USERNAME_LETTERS))
    user.name = ERASED
    user.last_login = None
    user.session_stamp = uuid.uuid4()
    user.erased_at = now
    user.set_unusable_password()
    user.save()
    event = AccountEvent(verb="user_erase", reference=user.reference, by=by, now=now)
    account_changed.send(sender=User, event=event)
    return user


def _forget_what_belongs_to(user: User) -> None:
    """Remove every row that would go with the account's own: sessions, factors, passkeys, invitations, identities."""
    for relation in user._meta.related_objects:  # noqa: SLF001 - Django's documented way to ask
        if relation.on_delete is models.CASCADE:
            relation.related_model._base_manager.filter(**{relation.field.name: user}).delete()  # noqa: SLF001 - the same
