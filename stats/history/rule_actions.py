"""Writes to the ledger of counting rules. Each leaves an audit event, in the same transaction."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.actions import audit
from cases.actions.errors import ActionError, NotAllowedError
from hotline.accounts.permissions import Permission
from stats.figures import VERSIONS
from stats.models import CountingRule
from stats.periods import Month

if TYPE_CHECKING:
    from hotline.accounts.models import User


class UndeclaredError(ActionError):
    """No figure has this version."""

    def __init__(self) -> None:
        super().__init__("rule", "undeclared", _("Choose one of the options listed."))


class UpsideDownError(ActionError):
    """An end before the beginning."""

    def __init__(self) -> None:
        super().__init__("to_month", "before_from", _("The end is before the beginning."))


class OverlapError(ActionError):
    """A version is in force once."""

    def __init__(self) -> None:
        super().__init__(
            "from_month",
            "overlap",
            _("Another entry has this version of the rule in force in some of these months. Change that one."),
        )


def add(*, by: "User", now: datetime, rule: tuple[str, int], from_month: Month, to_month: Month | None) -> CountingRule:
    """Put a version of a figure's counting rule in force from one month to another; None is until further notice.

    ``rule`` is the figure's key and the version. Raises ``ActionError``.
    """
    if rule not in VERSIONS:
        raise UndeclaredError
    figure, version = rule
    return _write(CountingRule(figure=figure, version=version), "rule_add", (from_month, to_month), by=by, now=now)


def change(
    *, by: "User", now: datetime, entry: CountingRule, from_month: Month, to_month: Month | None
) -> CountingRule:
    """Put the months of an entry right, or end it.

    Raises ``ActionError``.
    """
    return _write(entry, "rule_change", (from_month, to_month), by=by, now=now)


@transaction.atomic
def remove(*, by: "User", now: datetime, entry: CountingRule) -> None:
    """Take an entry out of the ledger.

    Raises ``NotAllowedError``.
    """
    _allow(by)
    key, before = _key(entry), _audited(entry)
    if CountingRule.objects.filter(pk=entry.pk).delete()[0]:
        _record("rule_remove", key, audit.changes_between(before, {}), by=by, now=now)


def _write(
    entry: CountingRule, verb: str, months: tuple[Month, Month | None], *, by: "User", now: datetime
) -> CountingRule:
    _allow(by)
    before = _audited(entry) if entry.pk else {}
    first, last = months
    entry.from_month, entry.to_month = first.first, last.first if last else None
    _check(entry)
    changes = audit.changes_between(before, _audited(entry))
    if not changes:
        return entry
    try:
        with transaction.atomic():
            entry.save()
            _record(verb, _key(entry), changes, by=by, now=now)
    except IntegrityError as error:  # someone else wrote an overlapping entry since the check
        raise OverlapError from error
    return entry


def _allow(by: "User") -> None:
    if not by.may(Permission.RULES_MANAGE):
        raise NotAllowedError


def _check(entry: CountingRule) -> None:
    if entry.to_month and entry.to_month < entry.from_month:
        raise UpsideDownError
    others = CountingRule.objects.filter(figure=entry.figure, version=entry.version).exclude(pk=entry.pk)
    if entry.to_month:
        others = others.filter(from_month__lte=entry.to_month)
    if others.filter(Q(to_month__isnull=True) | Q(to_month__gte=entry.from_month)).exists():
        raise OverlapError


def _key(entry: CountingRule) -> str:
    return f"{entry.figure}-{entry.version}"


def _audited(entry: CountingRule) -> dict[str, Any]:
    return {"from_month": entry.from_month, "to_month": entry.to_month}


def _record(verb: str, key: str, changes: audit.Changes, *, by: "User", now: datetime) -> None:
    audit.record(audit.Event(verb=verb, subject="rule", subject_key=key, changes=changes), by=by, now=now)
