"""The one door through which a report's state goes.

Every write to a report goes through :func:`pass_through`: the table of transitions decides whether the step is
possible and allowed, and a compare-and-swap on ``version`` decides who of two was first.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F

from cases.actions import audit
from cases.actions.closing import refuse_retired
from cases.actions.errors import ChangedMeanwhileError, NotAllowedError, NotPossibleError
from cases.models import Report
from cases.signals import announce
from cases.transitions import Transition, TransitionError, Verb, transition

if TYPE_CHECKING:
    from hotline.accounts.models import User


def check(report: Report, verb: Verb, by: "User") -> Transition:
    """The transition, if this person may take this step with this report.

    Raises ``NotPossibleError`` or ``NotAllowedError``.
    """
    try:
        found = transition(report.state, verb)
    except TransitionError as error:
        raise NotPossibleError from error
    if not by.may(found.permission):
        raise NotAllowedError
    return found


def pass_through(
    report: Report,
    verb: Verb,
    *,
    by: "User",
    now: datetime,
    set_fields: dict[str, Any] | None = None,
    events: tuple[audit.Event, ...] = (),
) -> Report:
    """Take one step with a report: check it, write it if no one else did first, and leave events.

    Side effects, all in the caller's transaction: the report's row (state, ``set_fields``, version), one audit event
    for the step with what it changed, the given ``events``, and a hint to recount after commit. Updates ``report``
    itself.

    Raises ``NotPossibleError``, ``NotAllowedError``, ``RetiredMonthError``, and ``ChangedMeanwhileError`` when the row
    has another version than ``report`` was read with.
    """
    step = check(report, verb, by)
    refuse_retired([report.received_date])
    after: dict[str, Any] = {"state": step.to.value, **(set_fields or {})}
    before = {name: _stored(report, name) for name in after}
    written = Report.objects.filter(pk=report.pk, version=report.version).update(version=F("version") + 1, **after)
    if written != 1:
        raise ChangedMeanwhileError
    changes = {name.removesuffix("_id"): change for name, change in audit.changes_between(before, after).items()}
    audit.record(event_of(report, verb.value, changes), *events, by=by, now=now)
    for name, value in after.items():
        setattr(report, name, value)
    report.version += 1
    announce()
    return report


def _stored(report: Report, name: str) -> Any:
    return getattr(report, audit.stored_name(Report, name.removesuffix("_id")))


def event_of(report: Report, verb: str, changes: audit.Changes) -> audit.Event:
    """An event about the report itself."""
    return audit.Event(verb=verb, subject="report", subject_key=str(report.pk), report_id=report.pk, changes=changes)
