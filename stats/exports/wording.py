"""What every form says of a release besides its numbers: words in the active language, and machine codes."""

from collections.abc import Mapping
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stats.coverage import Coverage, Recorded, Status
from stats.declarations import UNIT_LABELS, Unit
from stats.periods import Period
from stats.publication import Publication, ReleaseFacts, ReleaseStatus
from stats.words.presenters import period_label

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STATUS_LABELS: "Mapping[Status, StrOrPromise]" = {
    Status.NORMAL: gettext_lazy("normal"),
    Status.PROVISIONAL: gettext_lazy("provisional"),
    Status.NOT_COLLECTED: gettext_lazy("not recorded"),
    Status.BREAK: gettext_lazy("break in series"),
    Status.SUPPRESSED: gettext_lazy("suppressed"),
}
_LETTERS = {Recorded.FULL: "F", Recorded.PARTLY: "P", Recorded.NONE: "N"}
_EXPLAINED: "Mapping[Status, StrOrPromise]" = {
    Status.NORMAL: gettext_lazy("A normal number."),
    Status.PROVISIONAL: gettext_lazy("Provisional: it may still change."),
    Status.NOT_COLLECTED: gettext_lazy("Not recorded: there is no number, and it is not 0."),
    Status.BREAK: gettext_lazy("Break in series: not recorded, or not counted, in the same manner throughout."),
    Status.SUPPRESSED: gettext_lazy(
        "Suppressed: below %(threshold)s, or it would give such a number away by subtraction. It is not 0."
    ),
}


class Fact(NamedTuple):
    """A fact of a release: its machine key and code, and both in words."""

    key: str
    code: str | int
    label: str
    text: str


def status_explained(status: Status, *, threshold: str) -> str:
    """What a status means, in a sentence or two."""
    text = str(_EXPLAINED[status])
    return text % {"threshold": threshold} if status is Status.SUPPRESSED else text


def coverage_letters(coverage: Coverage) -> str:
    """A letter for each month in order: F in full, P partly, N not recorded."""
    return "".join(_LETTERS[month] for month in coverage.months)


def last_day(period: Period) -> date:
    """The period's last day."""
    return period.until - timedelta(days=1)


def unit_words(unit: Unit | None) -> str:
    """The unit's name; '' where there is none."""
    return str(UNIT_LABELS[unit]) if unit else ""


def status_words(facts: ReleaseFacts) -> str:
    """'final', or 'revised (2): correction'."""
    if facts.status is not ReleaseStatus.REVISED:
        return str(facts.status.label)
    return f"{facts.status.label} ({facts.revision}): {_reason(facts)}"


def use_words(publication: Publication) -> str:
    """Whether it may leave the house."""
    if publication.is_internal:
        return _("Exact, for internal use: not to be published")
    return _("protected, for publication")


def data_words(facts: ReleaseFacts) -> str:
    """Whether the data are real."""
    return _("Made-up data, for demonstration only") if facts.is_synthetic else _("the hotline's own records")


def warnings(publication: Publication) -> list[str]:
    """What must be seen wherever a number is: that the data are made up, or exact."""
    return [
        *([data_words(publication.facts)] if publication.facts.is_synthetic else []),
        *([use_words(publication)] if publication.is_internal else []),
    ]


def release_facts(publication: Publication) -> list[Fact]:
    """All that is known of a release, in the order in which every form tells it."""
    facts = publication.facts
    moment = facts.released_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    day = date_format(facts.released_date, "DATE_FORMAT")
    before = facts.previous_digest or _("none: this is the first release")
    return [
        Fact("release", facts.number, _("Release number"), str(facts.number)),
        Fact("release_period", str(facts.period), _("Period"), period_label(facts.period)),
        Fact("release_status", facts.status.value, _("Status"), status_words(facts)),
        Fact("revision", facts.revision, _("Revision"), str(facts.revision)),
        Fact("reason", facts.reason.value if facts.reason else "", _("Reason"), _reason(facts)),
        Fact("released_date", facts.released_date.isoformat(), _("Released on"), day),
        Fact("released_at", moment, _("Released at (UTC)"), moment),
        Fact("digest", facts.digest, _("Digest (SHA-256)"), facts.digest),
        Fact("previous_digest", facts.previous_digest, _("Digest of the release before"), before),
        *_audit_facts(facts),
        Fact("definitions", facts.definitions, _("Definitions version"), facts.definitions),
        Fact("threshold", facts.threshold, _("Disclosure threshold"), str(facts.threshold)),
        Fact("data", "synthetic" if facts.is_synthetic else "real", _("Data"), data_words(facts)),
        Fact("use", "internal" if publication.is_internal else "public", _("Use"), use_words(publication)),
    ]


def _audit_facts(facts: ReleaseFacts) -> list[Fact]:
    """The head of the sealed audit log; nothing of a release that was made before there was one."""
    if facts.audit_block is None:
        return []
    return [
        Fact("audit_block", facts.audit_block, _("Audit log sealed up to block"), str(facts.audit_block)),
        Fact("audit_head", facts.audit_head, _("Digest of that block"), facts.audit_head),
    ]


def _reason(facts: ReleaseFacts) -> str:
    return str(facts.reason.label) if facts.reason else _("not revised")
