"""What an analyst does in one go on the triage form."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from cases.actions import findings, reports
from cases.actions.closing import NOTHING_CONFIRMED, Confirmed
from cases.actions.findings import Tally
from cases.models import Report

if TYPE_CHECKING:
    from hotline.accounts.models import User


@transaction.atomic
def decide(
    *, by: "User", now: datetime, report: Report, tallies: Sequence[Tally], confirmed: Confirmed = NOTHING_CONFIRMED
) -> Report:
    """Make these the report's findings, and end its triage when no URL is left to assess.

    Raises ``ActionError`` naming field and rule, or that someone else was first; ``ClosedMonthError`` when a closed
    month would change that was not confirmed.
    """
    findings.replace(by=by, now=now, report=report, tallies=tallies, confirmed=confirmed)
    if tallies and sum(tally.url_count for tally in tallies) == report.url_count:
        reports.finish(by=by, now=now, report=report)
    return report
