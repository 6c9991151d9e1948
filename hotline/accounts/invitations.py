"""Invitations: a code that is shown once to the administrator who makes it, and by which a person chooses a password.

There is no e-mail in the product. The administrator passes the link on; the code is in the part of the link that a
browser keeps to itself (after ``#``), so that no log of any server has it. It is kept as a hash, is used once, expires
(HOTLINE_INVITATION_DAYS) and can be withdrawn.
"""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from hotline.accounts.models import Invitation, InvitationKind, User

# Without the letters and digits that are taken for each other when read out or copied.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 6, 5
CODE = re.compile(rf"[{_ALPHABET}]{{{_GROUPS * _GROUP_LENGTH}}}\Z")


class InvitationGoneError(Exception):
    """There is no open invitation of this code: it was used, withdrawn, has expired or never was."""

    message = _("This invitation is not valid any more. Ask your administrator for a new one.")


def new_code() -> str:
    """A code to be shown once: 30 random characters in groups, 148 bits."""
    groups = ("".join(secrets.choice(_ALPHABET) for _letter in range(_GROUP_LENGTH)) for _group in range(_GROUPS))
    return "-".join(groups)


def plain_code(typed: str) -> str:
    """The code as it was made, without hyphens and spaces; '' for what can be none."""
    code = re.sub(r"[\s-]", "", typed).lower()
    return code if CODE.match(code) else ""


def open_invitation(user: User, *, kind: InvitationKind, now: datetime) -> str:
    """Make an invitation in the place of one that is open, and return its code. Part of the caller's transaction."""
    withdraw_open(user, now=now)
    code = new_code()
    expires_at = now + timedelta(days=settings.INVITATION_DAYS)
    Invitation.objects.create(user=user, kind=kind, code_hash=_hash(code), created_at=now, expires_at=expires_at)
    return code


def withdraw_open(user: User, *, now: datetime) -> bool:
    """Withdraw the invitation that is open, and say whether there was one. Part of the caller's transaction."""
    return bool(Invitation.objects.filter(user=user, used_at=None, withdrawn_at=None).update(withdrawn_at=now))


def invited(code: str, *, now: datetime) -> User | None:
    """Whose open invitation this is the code of, if it is one's."""
    waiting = Invitation.objects.waiting(now).filter(code_hash=_hash(code), user__is_active=True)
    found = waiting.select_related("user").first()
    return found.user if found else None


def use_up(code: str, *, now: datetime) -> User:
    """Use an invitation up and return whose it is, locked. Of two at once one gets it: the other finds it used.

    Part of the caller's transaction. Raises ``InvitationGoneError``.
    """
    if Invitation.objects.waiting(now).filter(code_hash=_hash(code)).update(used_at=now) != 1:
        raise InvitationGoneError
    user = User.objects.select_for_update(of=("self",)).get(invitations__code_hash=_hash(code))
    if not user.is_active:
        raise InvitationGoneError
    return user


def _hash(code: str) -> str:
    """The hash it is kept under. The code has 148 random bits: no salt is needed."""
    return hashlib.sha256(plain_code(code).encode()).hexdigest()
