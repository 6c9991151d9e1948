"""Where a report stands, worked out from what is in the database or about to be."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cases.actions.derive import Part, Passing, derive_outcome, derive_referral_status
from cases.codes import State
from cases.models import Outcome, Report

if TYPE_CHECKING:
    from cases.actions.findings import Tally


def standing_of(tallies: "Sequence[Tally]", *, url_count: int) -> dict[str, Any]:
    """State, outcome and referral status of a new report with these tallies."""
    parts = [Part(tally.outcome.pk, tally.counts_as, tally.url_count) for tally in tallies]
    if not tallies:
        state = State.RECEIVED
    elif sum(part.url_count for part in parts) < url_count:
        state = State.IN_TRIAGE
    else:
        state = State.ASSESSED
    precedence = {tally.outcome.pk: tally.outcome.precedence for tally in tallies}
    return {
        "state": state,
        "outcome_id": derive_outcome(parts, precedence),
        "referral_status": derive_referral_status(parts, []),
    }


def restanding(report: Report) -> dict[str, Any]:
    """Outcome and referral status as they follow from the report's rows now."""
    rows = report.findings.values_list("outcome_id", "counts_as", "url_count")
    parts = [Part(*row) for row in rows]
    precedence = dict(Outcome.objects.values_list("pk", "precedence"))
    passings = [
        Passing(is_acknowledged=acknowledged is not None, action=action)
        for acknowledged, action in report.referrals.values_list("acknowledged_date", "action")
    ]
    return {
        "outcome_id": derive_outcome(parts, precedence),
        "referral_status": derive_referral_status(parts, passings),
    }
