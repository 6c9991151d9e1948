"""Writes to the ledger of what was recorded from when to when."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.actions import audit
from cases.actions.errors import ActionError, NotAllowedError
from cases.codes import Dimension
from cases.models import CoveragePeriod
from cases.models.report import EARLIEST_DATE
from hotline.accounts.permissions import Permission

if TYPE_CHECKING:
    from hotline.accounts.models import User


class TooEarlyError(ActionError):
    """Before any report can have been received."""

    def __init__(self) -> None:
        super().__init__("from_date", "too_early", _("This is before the first day a report may have."))


class UpsideDownError(ActionError):
    """An end before the beginning."""

    def __init__(self) -> None:
        super().__init__("to_date", "before_from", _("The end is before the beginning."))


class OverlapError(ActionError):
    """A day is recorded once."""

    def __init__(self) -> None:
        super().__init__(
            "from_date", "overlap", _("Another period of the same dimension holds some of these days. Change that one.")
        )


def add(*, by: "User", now: datetime, dimension: Dimension, from_date: date, to_date: date | None) -> CoveragePeriod:
    """Say that a dimension was recorded from one day to another, both included; None is until further notice.

    Raises ``ActionError``.
    """
    return _write(CoveragePeriod(dimension=dimension), "coverage_add", by=by, now=now, days=(from_date, to_date))


def change(
    *, by: "User", now: datetime, period: CoveragePeriod, from_date: date, to_date: date | None
) -> CoveragePeriod:
    """Put the days of a period right, or end it.

    Raises ``ActionError``.
    """
    return _write(period, "coverage_change", by=by, now=now, days=(from_date, to_date))


@transaction.atomic
def remove(*, by: "User", now: datetime, period: CoveragePeriod) -> None:
    """Take a period out of the ledger: its days count as not recorded again.

    Raises ``NotAllowedError``.
    """
    if not by.may(Permission.COVERAGE_MANAGE):
        raise NotAllowedError
    key, before = _key(period), _audited(period)
    if CoveragePeriod.objects.filter(pk=period.pk).delete()[0]:
        _record("coverage_remove", key, audit.changes_between(before, {}), by=by, now=now)


def _write(
    period: CoveragePeriod, verb: str, *, by: "User", now: datetime, days: tuple[date, date | None]
) -> CoveragePeriod:
    if not by.may(Permission.COVERAGE_MANAGE):
        raise NotAllowedError
    before = _audited(period) if period.pk else {}
    period.from_date, period.to_date = days
    _check(period)
    changes = audit.changes_between(before, _audited(period))
    if not changes:
        return period
    try:
        with transaction.atomic():
            period.save()
            _record(verb, _key(period), changes, by=by, now=now)
    except IntegrityError as error:  # someone else wrote an overlapping period since the check
        raise OverlapError from error
    return period


def _check(period: CoveragePeriod) -> None:
    if period.from_date < EARLIEST_DATE:
        raise TooEarlyError
    if period.to_date and period.to_date < period.from_date:
        raise UpsideDownError
    others = CoveragePeriod.objects.filter(dimension=period.dimension).exclude(pk=period.pk)
    if period.to_date:
        others = others.filter(from_date__lte=period.to_date)
    if others.filter(Q(to_date__isnull=True) | Q(to_date__gte=period.from_date)).exists():
        raise OverlapError


def _key(period: CoveragePeriod) -> str:
    """What the log calls a period: its dimension first, which stays when the period is gone."""
    return f"{period.dimension}-{period.pk}"


def _audited(period: CoveragePeriod) -> dict[str, Any]:
    return {"dimension": period.dimension, "from_date": period.from_date, "to_date": period.to_date}


def _record(verb: str, key: str, changes: audit.Changes, *, by: "User", now: datetime) -> None:
    audit.record(audit.Event(verb=verb, subject="coverage", subject_key=key, changes=changes), by=by, now=now)
