"""The nightly sweeps: each removes one kind of row that is past its time, some in each transaction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from cases.actions import retention
from cases.models import Report, RequestKey, RetiredMonth
from hotline.accounts.factors.models import Once
from hotline.accounts.models import Invitation, Session
from hotline.health.models import Backup, SchemaCheck
from hotline.retention_policy import (
    CHECK_DAYS,
    FORM_KEY_DAYS,
    INVITATION_DAYS,
    JOB_DAYS,
)
from stats.models import AuditCheck, ChainCheck, ExportJob, JobState, RetentionRun, Verification
from stats.retention import months

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BATCH = 1_000
Due = Callable[[datetime], int]
Remove = Callable[[datetime], Iterator[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One kind of row. ``due``: how many are past their time; ``remove`` removes them, and gives how many, by batch."""

    key: str
    label: "StrOrPromise"
    due: Due
    remove: Remove


def _of_rows(key: str, label: "StrOrPromise", past: Callable[[datetime], "models.QuerySet[Any]"]) -> Sweep:
    """A sweep of plain rows: those of a query."""

    def remove(now: datetime) -> Iterator[int]:
        while True:
            with transaction.atomic():
                keys = list(past(now).order_by("pk").values_list("pk", flat=True)[:BATCH])
                _total, gone = past(now).filter(pk__in=keys).delete()
            if not keys:
                return
            yield sum(gone.values())

    return Sweep(key=key, label=label, due=lambda now: past(now).count(), remove=remove)


def _sessions(now: datetime) -> "models.QuerySet[Any]":
    return Session.objects.filter(expire_date__lt=now)


def _invitations(now: datetime) -> "models.QuerySet[Any]":
    return Invitation.objects.filter(expires_at__lt=now - timedelta(days=INVITATION_DAYS))


def _used_once(now: datetime) -> "models.QuerySet[Any]":
    return Once.objects.filter(expires_at__lt=now)


def _form_keys(now: datetime) -> "models.QuerySet[Any]":
    return RequestKey.objects.filter(written_at__lt=now - timedelta(days=FORM_KEY_DAYS))


def _jobs(now: datetime) -> "models.QuerySet[Any]":
    ended = ExportJob.objects.filter(
        state__in=[JobState.DONE, JobState.CANCELLED, JobState.FAILED], content__isnull=True
    )
    return ended.filter(finished_at__lt=now - timedelta(days=JOB_DAYS))


def _old_but_the_last(model: type[models.Model], moment: str) -> Callable[[datetime], "models.QuerySet[Any]"]:
    """Runs of a nightly check that are past their time. The newest stays, however old: how it went is to be told."""

    def past(now: datetime) -> "models.QuerySet[Any]":
        rows = model._default_manager.order_by("-pk")  # noqa: SLF001 - Django's documented way to ask
        newest = rows.values_list("pk", flat=True).first()
        return rows.filter(**{f"{moment}__lt": now - timedelta(days=CHECK_DAYS)}).exclude(pk=newest).order_by()

    return past


def _audit_due(_now: datetime) -> int:
    return retention.removable_audit_events()


def _audit_removed(_now: datetime) -> Iterator[int]:
    while removed := retention.prune_audit():
        yield removed


def _reports_due(now: datetime) -> int:
    ready = sum(found.reports for found in months.candidates(now=now) if found.waits is None)
    left = sum(
        Report.objects.filter(received_date__year=first.year, received_date__month=first.month).count()
        for first in RetiredMonth.objects.values_list("month", flat=True)
    )
    return ready + left


def _reports_removed(now: datetime) -> Iterator[int]:
    for _found in months.retire_old_months(now=now):
        pass
    yield from months.remove_records(now=now)


SWEEPS = (
    _of_rows("sessions", _("Sessions that have ended"), _sessions),
    _of_rows("invitations", _("Invitations"), _invitations),
    _of_rows("used_once", _("Codes and steps that were used"), _used_once),
    _of_rows("form_keys", _("Keys of forms that were sent"), _form_keys),
    _of_rows("export_jobs", _("Exports and releases that were asked for"), _jobs),
    _of_rows("verifications", _("Runs of the check of the counts"), _old_but_the_last(Verification, "finished_at")),
    _of_rows("chain_checks", _("Runs of the check of the releases"), _old_but_the_last(ChainCheck, "finished_at")),
    _of_rows("audit_checks", _("Runs of the check of the audit log"), _old_but_the_last(AuditCheck, "finished_at")),
    _of_rows("schema_checks", _("Runs of the check of the schema"), _old_but_the_last(SchemaCheck, "finished_at")),
    _of_rows("backups", _("Notes of backups"), _old_but_the_last(Backup, "made_at")),
    _of_rows("retention_runs", _("Runs of this removal"), _old_but_the_last(RetentionRun, "finished_at")),
    Sweep(key="reports", label=_("Reports, with findings and referrals"), due=_reports_due, remove=_reports_removed),
    Sweep(key="audit_events", label=_("Audit events"), due=_audit_due, remove=_audit_removed),
)


def due(*, now: datetime) -> dict[str, int]:
    """How many rows each sweep would remove now. Nothing is written."""
    return {sweep.key: sweep.due(now) for sweep in SWEEPS}


def run(*, now: datetime) -> dict[str, int]:
    """Run every sweep and note how many rows each removed. Killed at any moment, the next run goes on."""
    removed: dict[str, int] = {}
    for sweep in SWEEPS:
        removed[sweep.key] = sum(sweep.remove(now))
        RetentionRun.objects.create(finished_at=now, sweep=sweep.key, removed=removed[sweep.key])
    return removed


def last_run() -> dict[str, RetentionRun]:
    """The last run of each sweep, by its key."""
    newest = RetentionRun.objects.order_by("sweep", "-pk").distinct("sweep")
    return {row.sweep: row for row in newest}
