"""Writes to second factors. Each is one transaction, and is announced in it (:mod:`hotline.accounts.signals`).

That a code, a counter or a challenge is used once is decided by one statement each, so that of two requests at once
one is refused.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from hotline.accounts.actions import AccountError
from hotline.accounts.ending import end_sessions
from hotline.accounts.factors import recovery, totp, vault
from hotline.accounts.factors.announcing import announce
from hotline.accounts.factors.models import Passkey, RecoveryCode, Totp
from hotline.accounts.factors.queries import has_factor, is_required
from hotline.accounts.models import User

logger = logging.getLogger(__name__)

SET_UP_SECONDS = 15 * 60
MAX_PASSKEYS = 10


class WrongCodeError(AccountError):
    """Not the code of now, or one that was used before."""

    field = "code"
    message = _("This is not the present code. Wait for the next one and type that.")


class SetUpOverError(AccountError):
    """Nothing is being set up, or it was begun too long ago."""

    message = _("Setting up took too long. Begin again.")


class LastFactorError(AccountError):
    """Somebody who must have a second factor would have none."""

    message = _("You must have a second factor. Add another one first.")


class PasskeyTakenError(AccountError):
    """The key is known already, here or with somebody else."""

    message = _("This passkey can not be added. Use another device or key.")


class TooManyPasskeysError(AccountError):
    """Nobody needs so many."""

    message = _("You have as many passkeys as there may be. Remove one first.")


@transaction.atomic
def begin_totp(*, user: User, now: datetime) -> None:
    """Make a secret for an authenticator app. It counts for nothing until ``confirm_totp``."""
    _lock(user)
    Totp.objects.filter(user=user, confirmed_at__isnull=True).delete()
    Totp.objects.create(user=user, secret=vault.seal(totp.new_secret(), owner=_owner(user)), created_at=now)


def waiting_secret(*, user: User, now: datetime) -> bytes:
    """The secret that is being set up, 20 bytes.

    Raises ``SetUpOverError``.
    """
    return _open(_waiting(user, now), user)


@transaction.atomic
def confirm_totp(*, user: User, now: datetime, code: str) -> None:
    """Let the app that is being set up count, in place of an earlier one, once it has shown a right code.

    Raises ``WrongCodeError`` or ``SetUpOverError``.
    """
    _lock(user)
    waiting = _waiting(user, now)
    steps = totp.matching_steps(_open(waiting, user), code, now=now)
    if not steps:
        raise WrongCodeError
    is_first = not has_factor(user)
    Totp.objects.filter(user=user, confirmed_at__isnull=False).delete()
    waiting.confirmed_at, waiting.last_step = now, steps[-1]
    waiting.save(update_fields=["confirmed_at", "last_step"])
    _added("totp_set", user, now=now, is_first=is_first)


def use_totp(*, user: User, now: datetime, code: str) -> bool:
    """Whether this is a code of the person's app that was not used before; it is used by that."""
    app = Totp.objects.filter(user=user, confirmed_at__isnull=False).first()
    if app is None:
        return False
    for step in totp.matching_steps(_open(app, user), code, now=now):
        unused = Totp.objects.filter(Q(last_step__isnull=True) | Q(last_step__lt=step), pk=app.pk)
        if unused.update(last_step=step):
            return True
    return False


@transaction.atomic
def remove_totp(*, user: User, now: datetime) -> None:
    """Take the authenticator app away.

    Raises ``LastFactorError``.
    """
    _lock(user)
    _remove(Totp.objects.filter(user=user), "totp_removed", user, now=now)


@transaction.atomic
def renew_recovery_codes(*, user: User, now: datetime) -> list[str]:
    """Make new recovery codes and return them, to be shown this once; earlier ones stop working."""
    _lock(user)
    codes = recovery.new_codes()
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=recovery.hash_of(code, owner=_owner(user)), created_at=now) for code in codes
    )
    announce("recovery_renewed", user, by=user, now=now)
    return codes


@transaction.atomic
def use_recovery_code(*, user: User, now: datetime, code: str) -> bool:
    """Whether this is one of the person's recovery codes that are left; it is gone by that."""
    hashes = recovery.hashes_of(code, owner=_owner(user))
    deleted, _by_model = RecoveryCode.objects.filter(user=user, code_hash__in=hashes).delete()
    if deleted:
        announce("recovery_used", user, by=user, now=now)
    return bool(deleted)


@transaction.atomic
def add_passkey(*, user: User, now: datetime, credential_id: str, public_key: str, sign_count: int) -> Passkey:
    """Keep a passkey that was checked.

    Raises ``PasskeyTakenError`` or ``TooManyPasskeysError``.
    """
    _lock(user)
    if Passkey.objects.filter(user=user).count() >= MAX_PASSKEYS:
        raise TooManyPasskeysError
    is_first = not has_factor(user)
    passkey, is_new = Passkey.objects.get_or_create(
        credential_id=credential_id,
        defaults={"user": user, "public_key": public_key, "sign_count": sign_count, "created_at": now},
    )
    if not is_new:
        raise PasskeyTakenError
    _added("passkey_added", user, now=now, is_first=is_first)
    return passkey


def use_passkey(*, passkey: Passkey, now: datetime, sign_count: int) -> bool:
    """Whether the counter is still what it was when the signature was checked; it is the new one by that."""
    unmoved = Passkey.objects.filter(pk=passkey.pk, sign_count=passkey.sign_count)
    return unmoved.update(sign_count=sign_count, used_at=now) == 1


@transaction.atomic
def remove_passkey(*, user: User, now: datetime, pk: int) -> None:
    """Take a passkey of one's own away; one that is gone already, or somebody else's, changes nothing.

    Raises ``LastFactorError``.
    """
    _lock(user)
    _remove(Passkey.objects.filter(user=user, pk=pk), "passkey_removed", user, now=now)


def failed(*, user: User, now: datetime) -> None:
    """Announce that a second factor was refused after a right password."""
    announce("factor_failed", user, by=None, now=now)


def _added(verb: str, user: User, *, now: datetime, is_first: bool) -> None:
    """Announce a factor. The first one ends the sessions that were signed in without: they would be a way around."""
    if is_first:
        end_sessions(user)
    announce(verb, user, by=user, now=now)


def _remove(rows: QuerySet[Totp] | QuerySet[Passkey], verb: str, user: User, *, now: datetime) -> None:
    """Delete a factor, if the person may be without it; with the last one the recovery codes go, too."""
    deleted, _by_model = rows.delete()
    if not deleted:
        return
    if not has_factor(user):
        if is_required(user.role):
            raise LastFactorError  # which undoes the transaction
        RecoveryCode.objects.filter(user=user).delete()
    announce(verb, user, by=user, now=now)


def _lock(user: User) -> None:
    """One change of somebody's factors at a time: of two that each take the last but one, the second sees the first."""
    User.objects.select_for_update().only("pk").get(pk=user.pk)


def _waiting(user: User, now: datetime) -> Totp:
    since = now - timedelta(seconds=SET_UP_SECONDS)
    waiting = Totp.objects.filter(user=user, confirmed_at__isnull=True, created_at__gte=since).first()
    if waiting is None:
        raise SetUpOverError
    return waiting


def _owner(user: User) -> str:
    return str(user.reference)


def _open(app: Totp, user: User) -> bytes:
    try:
        return vault.unseal(app.secret, owner=_owner(user))
    except vault.SealError:
        logger.exception("A second factor can not be opened: FACTOR_SECRET is another than when it was set up")
        raise
