"""Writes to the findings of a report in triage."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from cases.actions import audit
from cases.actions.closing import NOTHING_CONFIRMED, Confirmed, ask_first, sent_of
from cases.actions.door import check, pass_through
from cases.actions.errors import ActionError
from cases.actions.standing import restanding
from cases.actions.writing import FindingRow
from cases.closed_months import Assessed, Contribution
from cases.codes import FINDING_DIMENSIONS, CountsAs
from cases.models import AgeBand, Finding, HostingCountry, Outcome, Report, Sex, SiteType
from cases.transitions import Verb
from hotline.metadata_only import MAX_COUNT

if TYPE_CHECKING:
    from hotline.accounts.models import User


@dataclass(frozen=True, kw_only=True)
class Tally:
    """So many URLs that share one assessment. None in the last five is 'not recorded'."""

    outcome: Outcome
    url_count: int
    self_generated: str | None = None
    sex: Sex | None = None
    age_band: AgeBand | None = None
    hosting_country: HostingCountry | None = None
    site_type: SiteType | None = None

    @property
    def counts_as(self) -> str:
        """What its outcome counts as."""
        return self.outcome.counts_as


def check_tallies(tallies: Sequence[Tally], *, url_count: int) -> None:
    """Refuse tallies that say more than there is, or too much of a URL that was not confirmed.

    Raises ``ActionError`` whose field is 'findings' or 'findings-<place>-<name>', places from 0.
    """
    for place, tally in enumerate(tallies):
        if not 0 <= tally.url_count <= MAX_COUNT:
            field = f"findings-{place}-url_count"
            raise ActionError(field, "out_of_range", _("Give a whole number from 0 to 1,000,000."))
        if tally.counts_as == CountsAs.CONFIRMED:
            continue
        for dimension in FINDING_DIMENSIONS:
            if getattr(tally, dimension.value) is not None:
                field = f"findings-{place}-{dimension.value}"
                raise ActionError(field, "only_confirmed", _("This is recorded of confirmed URLs only."))
    if sum(tally.url_count for tally in tallies) > url_count:
        field = "findings"
        raise ActionError(field, "too_many", _("The findings add up to more URLs than the report has."))


def finding_row(tally: Tally) -> FindingRow:
    """A tally as a finding of it is stored."""
    return FindingRow(
        outcome=tally.outcome.pk,
        counts_as=tally.counts_as,
        url_count=tally.url_count,
        self_generated=tally.self_generated or None,
        sex=_code(tally.sex),
        age_band=_code(tally.age_band),
        hosting_country=_code(tally.hosting_country),
        site_type=_code(tally.site_type),
    )


def _code(entry: Model | None) -> str | None:
    return entry.pk if entry else None


def write_findings(report: Report, tallies: Sequence[Tally]) -> list[Finding]:
    """Insert the findings, in one statement."""
    return Finding.objects.bulk_create(
        Finding(
            report=report,
            counts_as=tally.counts_as,
            **{field.name: getattr(tally, field.name) or _nothing(field.name) for field in fields(tally)},
        )
        for tally in tallies
    )


def _nothing(name: str) -> Any:
    return 0 if name == "url_count" else None


def finding_events(report: Report, findings: Sequence[Finding], verb: str = "assess") -> list[audit.Event]:
    """One event for each finding written."""
    return [_event(report, finding, verb, audit.changes_between({}, content(finding))) for finding in findings]


def _event(report: Report, finding: Finding, verb: str, changes: audit.Changes) -> audit.Event:
    return audit.Event(verb=verb, subject="finding", subject_key=str(finding.pk), report_id=report.pk, changes=changes)


def content(finding: Finding) -> dict[str, Any]:
    """A finding's fields by name, codes as they are stored."""
    return {
        "outcome": finding.outcome_id,
        "url_count": finding.url_count,
        "self_generated": finding.self_generated,
        "sex": finding.sex_id,
        "age_band": finding.age_band_id,
        "hosting_country": finding.hosting_country_id,
        "site_type": finding.site_type_id,
    }


@transaction.atomic
def replace(
    *, by: "User", now: datetime, report: Report, tallies: Sequence[Tally], confirmed: Confirmed = NOTHING_CONFIRMED
) -> Report:
    """Make these the findings of a report in triage, leaving those that are already so.

    The report's outcome and referral status follow. Returns the report.

    Raises ``ActionError`` naming field and rule, or that someone else was first; ``ClosedMonthError`` when findings
    would change in a closed month that was not confirmed.
    """
    check(report, Verb.ASSESS, by)
    check_tallies(tallies, url_count=report.url_count)
    # Locked before reading, so that of two writers the second sees what the first has done, and is refused by version.
    Report.objects.select_for_update().get(pk=report.pk)
    findings = list(report.findings.all())
    stale, fresh = _differing(findings, tallies)
    if stale or fresh:
        _ask_first(report, findings, tallies, confirmed)
    removed = tuple(
        _event(report, finding, "retract", audit.changes_between(content(finding), {})) for finding in stale
    )
    Finding.objects.filter(pk__in=[finding.pk for finding in stale]).delete()
    added = write_findings(report, fresh)
    return pass_through(
        report,
        Verb.ASSESS,
        by=by,
        now=now,
        set_fields=restanding(report),
        events=(*removed, *finding_events(report, added)),
    )


def _ask_first(report: Report, findings: Sequence[Finding], tallies: Sequence[Tally], confirmed: Confirmed) -> None:
    def contribution(rows: Sequence[Finding | Tally]) -> Contribution:
        return Contribution(
            received_date=report.received_date,
            url_count=report.url_count,
            assessed=tuple(Assessed(row.counts_as, row.url_count) for row in rows),
            sent=sent,
        )

    sent = sent_of(report)
    before, after = contribution(findings), contribution(tallies)
    # The months it was sent in as well: what was sent is counted by the outcome of its report, too.
    ask_first(before.days, before=before, after=after, confirmed=confirmed)


def _differing(findings: Sequence[Finding], tallies: Sequence[Tally]) -> tuple[list[Finding], list[Tally]]:
    """The findings that no tally says any more, and the tallies that no finding says yet."""
    stale, fresh = list(findings), []
    for tally in tallies:
        same = next((finding for finding in stale if _is_same(finding, tally)), None)
        if same:
            stale.remove(same)
        else:
            fresh.append(tally)
    return stale, fresh


def _is_same(finding: Finding, tally: Tally) -> bool:
    theirs = {field.name: audit.plain(getattr(tally, field.name)) for field in fields(tally)}
    return {name: audit.plain(value) for name, value in content(finding).items()} == theirs
