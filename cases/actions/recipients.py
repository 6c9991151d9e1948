"""Writes to the list of organisations that reports are referred to."""

import re
import unicodedata
from collections.abc import Container
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.actions import audit
from cases.actions.errors import ActionError, NotAllowedError
from cases.models import HostingCountry, Recipient
from hotline.accounts.permissions import Permission
from hotline.metadata_only import CODE, is_label

if TYPE_CHECKING:
    from hotline.accounts.models import User


class RecipientNameError(ActionError):
    """A name that is no plain label."""

    def __init__(self) -> None:
        super().__init__("name", "label", _("Use letters, spaces and hyphens only."))


class RecipientTakenError(ActionError):
    """Two recipients can not bear one name."""

    def __init__(self) -> None:
        super().__init__("name", "taken", _("There is a recipient of this name already."))


class RecipientCodeError(ActionError):
    """A code that is no plain code."""

    def __init__(self) -> None:
        super().__init__("code", "code", _("Use lower case letters and digits with single underscores."))


class CodeTakenError(ActionError):
    """Two recipients can not bear one code."""

    def __init__(self) -> None:
        super().__init__("code", "taken", _("There is a recipient with this code already."))


# As long as the column.
MAX_CODE = 32


@transaction.atomic
def add(
    *, by: "User", now: datetime, name: str, kind: str, country: HostingCountry | None, code: str = ""
) -> Recipient:
    """Add an organisation; it is offered at once. Without a code it is given one, made from its name.

    Raises ``ActionError``.
    """
    _check(by, name)
    taken = set(Recipient.objects.values_list("code", flat=True))
    if code and not (CODE.match(code) and len(code) <= MAX_CODE):
        raise RecipientCodeError
    if code in taken:
        raise CodeTakenError
    recipient = Recipient.objects.create(code=code or code_from(name, taken), name=name, kind=kind, country=country)
    _record("recipient_add", recipient, {}, by=by, now=now)
    return recipient


def code_from(name: str, taken: Container[str]) -> str:
    """A code that is not taken, as like the name as may be. Pure."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = re.sub("[^a-z0-9]+", "_", letters)[: MAX_CODE - 5].strip("_")
    stem = plain if CODE.match(plain) else "recipient"
    codes = (stem if number == 1 else f"{stem}_{number}" for number in count(1))
    return next(code for code in codes if code not in taken)


@transaction.atomic
def change(
    *,
    by: "User",
    now: datetime,
    recipient: Recipient,
    name: str,
    kind: str,
    country: HostingCountry | None,
    is_active: bool,
) -> Recipient:
    """Change an organisation, or offer it no longer; referrals to it stay.

    Raises ``ActionError``.
    """
    recipient = Recipient.objects.select_for_update().get(pk=recipient.pk)
    _check(by, name, but=recipient)
    before, renamed = _audited(recipient), recipient.name != name
    recipient.name, recipient.kind, recipient.country, recipient.is_active = name, kind, country, is_active
    if renamed or _audited(recipient) != before:
        recipient.save()
        _record("recipient_change", recipient, before, by=by, now=now, renamed=renamed)
    return recipient


def _check(by: "User", name: str, but: Recipient | None = None) -> None:
    if not by.may(Permission.RECIPIENTS_MANAGE):
        raise NotAllowedError
    if not is_label(name):
        raise RecipientNameError
    others = Recipient.objects.exclude(pk=but.pk) if but else Recipient.objects.all()
    if others.filter(name__iexact=name).exists():
        raise RecipientTakenError


def _audited(recipient: Recipient) -> dict[str, Any]:
    """What the log holds of it: neither its name nor the code that says the same."""
    return {"kind": recipient.kind, "country": recipient.country_id, "is_active": recipient.is_active}


def _record(
    verb: str, recipient: Recipient, before: dict[str, Any], *, by: "User", now: datetime, renamed: bool = False
) -> None:
    changes = audit.changes_between(before, _audited(recipient))
    if renamed:
        changes["name"] = [None, audit.CHANGED]
    audit.record(
        audit.Event(verb=verb, subject="recipient", subject_key=str(recipient.pk), changes=changes), by=by, now=now
    )
