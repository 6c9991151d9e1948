"""Audit event -> sentence, in the reader's language.

Events carry references and codes. Names are looked up here, when someone reads: a person whose name was erased is
"someone no longer here", and the log stays true.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cases.actions.audit import CHANGED
from cases.codes import ActionTaken, Answer, CountsAs, Dimension, RecipientKind, ReferralStatus, State
from cases.models import (
    AgeBand,
    AuditEvent,
    CodeList,
    CodeListItem,
    HostingCountry,
    Outcome,
    Recipient,
    Report,
    Sex,
    SiteType,
    Source,
)
from cases.sentences import FIELDS, GONE, OTHER, SENTENCES, SYSTEM, WORDS
from hotline.accounts.models import User
from hotline.accounts.permissions import Role
from hotline.metadata_only import ISO_DATE, WHOLE_NUMBER

DIGEST_SHOWN = 12


@dataclass(frozen=True)
class Sentence:
    """One event as people read it."""

    at: datetime
    text: str


LISTS: dict[str, type[CodeListItem]] = {
    "source": Source,
    "outcome": Outcome,
    "sex": Sex,
    "age_band": AgeBand,
    "hosting_country": HostingCountry,
    "country": HostingCountry,
    "site_type": SiteType,
}
CHOICES: dict[str, type[models.TextChoices]] = {
    "state": State,
    "referral_status": ReferralStatus,
    "self_generated": Answer,
    "action": ActionTaken,
    "kind": RecipientKind,
    "counts_as": CountsAs,
    "role": Role,
    "dimension": Dimension,
    "is_active": Answer,
    **{f"factor_{role}": Answer for role in Role.values},
}


def sentences(events: Iterable[AuditEvent], *, on_its_page: bool = False) -> list[Sentence]:
    """The events as sentences, in the order given; a handful of queries, however many there are.

    ``on_its_page`` says "this report" where all are of the one the reader looks at.
    """
    kept = list(events)
    names = _Names([] if on_its_page else kept, report=_("this report") if on_its_page else "")
    return [Sentence(at=event.at, text=_sentence(event, names)) for event in kept]


def _sentence(event: AuditEvent, names: "_Names") -> str:
    subject = "code" if event.subject in CodeList.values else event.subject
    template = SENTENCES.get((subject, event.verb), OTHER)
    head = str(template) % {
        "who": names.actor(event.actor),
        "what": names.report(event.report_id),
        "whom": names.account(event.subject_key) if event.subject == "user" else "",
        "name": names.subject(event),
        "verb": event.verb,
        "subject": event.subject,
    }
    # The database keeps no order of fields.
    changes = {field: event.changes[field] for field in FIELDS if field in event.changes}
    # Of what was removed it is told what it was, as of what was added what it is.
    if all(after is None for _before, after in event.changes.values()):
        changes = {field: [None, before] for field, (before, _after) in changes.items()}
    details = [_detail(field, change, names) for field, change in changes.items()]
    return f"{capfirst(head)}: {', '.join(details)}." if details else f"{capfirst(head)}."


def _detail(field: str, change: list[str | None], names: "_Names") -> str:
    """One field's change: 'state: received → in triage', or 'URLs: 10' where there was nothing before."""
    before, after = change
    label = str(FIELDS[field])
    if after == CHANGED:
        return _("%(field)s: changed") % {"field": label}
    nothing = pgettext("audit value", "nothing")
    old = nothing if before is None else names.value(field, before)
    new = nothing if after is None else names.value(field, after)
    return f"{label}: {new}" if before is None else f"{label}: {old} → {new}"


class _Names:
    """What references and codes are called now: looked up once for all events, and only when one asks."""

    def __init__(self, events: list[AuditEvent], *, report: str = "") -> None:
        self._events = events
        self._report = report
        self._labels: dict[type[CodeListItem], dict[str, str]] = {}

    def actor(self, reference: UUID | None) -> str:
        """The person who did it, or the system."""
        return str(SYSTEM) if reference is None else self.account(str(reference))

    def account(self, reference: str) -> str:
        """The person an account's reference belongs to."""
        if reference == "none":
            return _("someone who has no account")
        return self._people.get(reference, str(GONE))

    def report(self, key: int | None) -> str:
        """The report as people call it."""
        if key is None or self._report:
            return self._report
        return _("report %(reference)s") % {"reference": self._reports.get(key, key)}

    def subject(self, event: AuditEvent) -> str:
        """A recipient's name, a code's label, the dimension of a coverage period, where the subject is one."""
        if event.subject == "recipient":
            return self._recipients.get(event.subject_key, event.subject_key)
        if event.subject == "coverage":
            return self.value("dimension", event.subject_key.partition("-")[0])
        return self.value(event.subject, event.subject_key) if event.subject in LISTS else event.subject_key

    def value(self, field: str, value: str) -> str:
        """One side of a change."""
        show = self._shows.get(field)
        if show:
            return show(value)
        if field in LISTS:
            return self._label(LISTS[field], value)
        if field in CHOICES:
            return str(dict(CHOICES[field].choices).get(value, value))
        if ISO_DATE.match(value):
            return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
        return number_format(int(value), force_grouping=True) if WHOLE_NUMBER.match(value) else value

    @cached_property
    def _shows(self) -> Mapping[str, Callable[[str], str]]:
        return {
            "assignee": lambda key: self._people.get(key, str(GONE)),
            "recipient": lambda key: self._recipients.get(key, key),
            "language": lambda code: str(dict(settings.LANGUAGES).get(code, code)),
            "period": lambda text: text.replace("_", ".."),
            "status": lambda code: str(WORDS.get(code, code)),
            "reason": lambda code: str(WORDS.get(code, code)),
            "document": lambda code: str(WORDS.get(code, code)),
            "format": str.upper,
            "digest": lambda text: f"{text[:DIGEST_SHOWN]}…",
        }

    def _label(self, model: type[CodeListItem], code: str) -> str:
        if model not in self._labels:
            self._labels[model] = {item.code: item.label for item in model._default_manager.all()}  # noqa: SLF001
        return self._labels[model].get(code, code)

    @cached_property
    def _people(self) -> dict[str, str]:
        """Names by reference, and by key for the one an event calls by it; a hotline has tens of people."""
        people: dict[str, str] = {}
        for person in User.objects.only("pk", "reference", "name", "erased_at"):
            people[str(person.reference)] = people[str(person.pk)] = person.shown_name
        return people

    @cached_property
    def _reports(self) -> dict[int, str]:
        keys = {event.report_id for event in self._events if event.report_id is not None}
        return {report.pk: report.reference for report in Report.objects.filter(pk__in=keys)}

    @cached_property
    def _recipients(self) -> dict[str, str]:
        return {str(key): name for key, name in Recipient.objects.values_list("pk", "name")}
