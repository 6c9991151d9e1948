"""What is wrong and what to do, in words, in the active language. Numbers and times only."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.health.alarms import Alarm, Finding, State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LABELS: "dict[Alarm, StrOrPromise]" = {
    Alarm.DATABASE: _("Database"),
    Alarm.MIGRATIONS: _("Version of the database"),
    Alarm.BROKER: _("Message broker"),
    Alarm.BEAT: _("Clock"),
    Alarm.WORKER: _("Worker"),
    Alarm.COUNTING: _("Counting"),
    Alarm.COUNTS: _("Counts agree with the records"),
    Alarm.RELEASES: _("Releases are what was frozen"),
    Alarm.SEALING: _("Sealing of the audit log"),
    Alarm.AUDIT: _("Audit log is whole"),
    Alarm.SCHEMA: _("Nothing but metadata fits"),
    Alarm.BACKUP: _("Backup"),
    Alarm.JOBS: pgettext_lazy("alarm", "Exports and releases"),
    Alarm.DISK: _("Disk"),
    Alarm.LOGS: _("Log settings of PostgreSQL"),
}
STATES: "dict[State, StrOrPromise]" = {
    State.GOOD: pgettext_lazy("alarm", "good"),
    State.LATE: pgettext_lazy("alarm", "late"),
    State.WRONG: pgettext_lazy("alarm", "wrong"),
    State.UNKNOWN: pgettext_lazy("alarm", "not known"),
}
# What is the case, when it is late or wrong.
SAID: "dict[Alarm, StrOrPromise]" = {
    Alarm.DATABASE: _("It does not answer."),
    Alarm.MIGRATIONS: _("Migrations of this version were not applied."),
    Alarm.BROKER: _("It does not answer. Reports can be logged all the same; they are counted when it is back."),
    Alarm.BEAT: _("No tick has come: nothing is counted, sealed or checked by itself."),
    Alarm.WORKER: _("Messages wait and no worker takes them: nothing is counted, sealed or checked by itself."),
    Alarm.COUNTING: _("Changes wait to be counted for more than a minute."),
    Alarm.COUNTS: _("Cells differ from the records."),
    Alarm.RELEASES: _("Releases are not as they were frozen."),
    Alarm.SEALING: _("Events wait to be sealed for more than a minute."),
    Alarm.AUDIT: _("Events or blocks of the audit log were changed, added or removed."),
    Alarm.SCHEMA: _("The database has columns or rules that are not those of this version."),
    Alarm.BACKUP: _("There is none of the last day."),
    Alarm.JOBS: _("Exports or releases failed in the last week."),
    Alarm.DISK: _("Less than a twentieth is free."),
    Alarm.LOGS: _("PostgreSQL could write values into its log."),
}
NOT_CHECKED = _("Not checked in the last day.")
CHECKED = {Alarm.COUNTS, Alarm.RELEASES, Alarm.AUDIT, Alarm.SCHEMA}
TO_DO: "dict[Alarm, StrOrPromise]" = {
    Alarm.DATABASE: _("Start PostgreSQL; its log says why it ended."),
    Alarm.MIGRATIONS: _("Make a backup, then run: manage.py migrate"),
    Alarm.BROKER: _("Start the broker. Nothing is lost: what is to be counted stands in the database."),
    Alarm.BEAT: _("Start the process beat."),
    Alarm.WORKER: _("Start a worker, or a second one; the log of the worker says why it ended."),
    Alarm.COUNTING: _("See whether worker and beat run. Counts are made again from the records; none is lost."),
    Alarm.COUNTS: _("Run manage.py verify_counts, which names each cell. Freeze nothing until it is explained."),
    Alarm.RELEASES: _("Run manage.py verify_releases. Compare with the digest in a published form. Publish nothing."),
    Alarm.SEALING: _("See whether worker and beat run; the log of the worker says why sealing failed."),
    Alarm.AUDIT: _("Run manage.py verify_audit, which names them. Find out who had the owner's rights. Keep backups."),
    Alarm.SCHEMA: _("Run manage.py check_schema, which names them. Find out who changed the schema."),
    Alarm.BACKUP: _("Run manage.py backup, and see why it does not run every night."),
    Alarm.JOBS: _("Open Exports and try again; the log of the worker says why."),
    Alarm.DISK: _("Make room, or a larger disk. A full disk stops logging reports."),
    Alarm.LOGS: _("Start PostgreSQL with docker/postgres/hotline.conf, or its settings."),
}
NOT_CHECKED_TO_DO = _("See whether worker and beat run at night; the log of the worker says why a check failed.")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page. ``since`` None: not known, or it never happened."""

    label: "StrOrPromise"
    state: str
    state_label: "StrOrPromise"
    said: "StrOrPromise"
    to_do: "StrOrPromise"
    since: datetime | None
    number: int


def line(finding: Finding) -> Line:
    """What the page says of one finding; nothing to do where all is well."""
    said: StrOrPromise = ""
    to_do: StrOrPromise = ""
    if finding.is_alarm:
        unchecked = finding.alarm in CHECKED and finding.state is State.LATE
        said = NOT_CHECKED if unchecked else SAID[finding.alarm]
        to_do = NOT_CHECKED_TO_DO if unchecked else TO_DO[finding.alarm]
    return Line(
        LABELS[finding.alarm],
        finding.state.value,
        STATES[finding.state],
        said,
        to_do,
        finding.since,
        finding.number,
    )
