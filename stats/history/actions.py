"""Writes to the published totals of past years. Each leaves an audit event, in the same transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from cases.actions import audit
from cases.actions.errors import ActionError, NotAllowedError
from hotline.accounts.permissions import Permission
from hotline.days import hotline_day
from hotline.metadata_only import validate_label
from stats.history.importing import known_values, read_totals, spellings
from stats.models import PublishedTotal
from stats.periods import Year
from stats.published_figures import MAX_TOTAL, PUBLISHED, Total

if TYPE_CHECKING:
    from hotline.accounts.models import User


class UnknownFigureError(ActionError):
    """No figure of this key can have a published total."""

    def __init__(self) -> None:
        super().__init__("figure", "figure", _("Choose one of the options listed."))


class TotalValueError(ActionError):
    """No whole number, or one too large."""

    def __init__(self) -> None:
        super().__init__("value", "value", _("Use a whole number from 0 to 999999999."))


class SourceError(ActionError):
    """A source that is no plain label."""

    def __init__(self) -> None:
        super().__init__("source", "source", _("Name the source in 2 to 60 letters, without addresses."))


class SpellingError(ActionError):
    """Another total has this source in other capitals."""

    def __init__(self) -> None:
        super().__init__("source", "spelling", _("This source is known in other capitals. Spell it the same."))


class NotEndedError(ActionError):
    """A year that is still running has no total yet."""

    def __init__(self) -> None:
        super().__init__("year", "not_ended", _("Use a year that has ended."))


class KnownError(ActionError):
    """The source's total of this figure and year is there already."""

    def __init__(self) -> None:
        super().__init__(
            "source", "known", _("This source's total of this figure and year is known. Remove it first to change it.")
        )


@dataclass(frozen=True, slots=True)
class Written:
    """What an import did: how many totals it added, gave another value, and found as they were."""

    added: int
    replaced: int
    known: int


def add(*, by: "User", now: datetime, year: Year, figure: str, value: int, source: str) -> PublishedTotal:
    """Enter one total.

    Raises ``ActionError``.
    """
    _allow(by)
    total = Total(year=year, figure=figure, value=value, source=source)
    _check(total, today=hotline_day(now))
    try:
        with transaction.atomic():
            return _add(total, by=by, now=now)
    except IntegrityError as error:
        raise KnownError from error


@transaction.atomic
def remove(*, by: "User", now: datetime, total: PublishedTotal) -> None:
    """Take a total out.

    Raises ``NotAllowedError``.
    """
    _allow(by)
    if PublishedTotal.objects.filter(pk=total.pk).delete()[0]:
        _record("total_remove", total, total.value, None, by=by, now=now)


def import_file(
    *, by: "User | None", now: datetime, path: Path, replace: bool = False, dry_run: bool = False
) -> Written:
    """Enter the totals of a file that are not known yet: all of them, or none. ``by`` None is the system: a command.

    A known total with another value is replaced only when asked. Raises ``HistoryRefusedError``.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Whoever else writes totals waits for our commit; nobody who reads them does.
            cursor.execute("LOCK TABLE stats_publishedtotal IN SHARE ROW EXCLUSIVE MODE")
        known = known_values()
        totals = read_totals(path, today=hotline_day(now), known=known, replace=replace)
        new = [total for total in totals if total.key not in known]
        other = [total for total in totals if known.get(total.key, total.value) != total.value]
        if not dry_run:
            for total in new:
                _add(total, by=by, now=now)
            for total in other:
                _change(total, by=by, now=now)
    return Written(len(new), len(other), len(totals) - len(new) - len(other))


def _add(total: Total, *, by: "User | None", now: datetime) -> PublishedTotal:
    row = PublishedTotal.objects.create(
        first_month=total.year.first,
        figure=total.figure,
        value=total.value,
        source=total.source,
        actor=by.reference if by else None,
        entered_at=now,
    )
    _record("total_add", row, None, row.value, by=by, now=now)
    return row


def _change(total: Total, *, by: "User | None", now: datetime) -> None:
    row = PublishedTotal.objects.get(first_month=total.year.first, figure=total.figure, source=total.source)
    before, row.value, row.entered_at = row.value, total.value, now
    row.actor = by.reference if by else None
    row.save(update_fields=["value", "actor", "entered_at"])
    _record("total_change", row, before, row.value, by=by, now=now)


def _allow(by: "User") -> None:
    if not by.may(Permission.HISTORY_MANAGE):
        raise NotAllowedError


def _check(total: Total, *, today: date) -> None:
    if total.year.until > today:
        raise NotEndedError
    if total.figure not in PUBLISHED:
        raise UnknownFigureError
    if not 0 <= total.value <= MAX_TOTAL:
        raise TotalValueError
    try:
        validate_label(total.source)
    except ValidationError as error:
        raise SourceError from error
    spelled = spellings(PublishedTotal.objects.values_list("source", flat=True))
    if spelled.get(total.source.casefold(), total.source) != total.source:
        raise SpellingError


def _record(
    verb: str, row: PublishedTotal, before: int | None, after: int | None, *, by: "User | None", now: datetime
) -> None:
    """The log says which year and figure, and the numbers; of the source, a typed text, only that there is one."""
    changes: dict[str, Any] = audit.changes_between({"value": before}, {"value": after})
    if before is None:
        changes["published_by"] = [None, audit.CHANGED]
    key = f"{row.year.months[0]}-{row.figure}"
    audit.record(audit.Event(verb=verb, subject="total", subject_key=key, changes=changes), by=by, now=now)
