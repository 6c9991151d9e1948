"""Jobs: what takes too long for a page to wait for. The truth about a job is its row, never a message.

A worker claims a job by compare-and-swap and writes under its claim only, so of two workers one goes on. A worker
that was killed leaves a job whose heartbeat is old; it is then claimed anew. Running one twice gives the same bytes,
and never two releases (:mod:`stats.jobs.queue`).
"""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.metadata_only.constraints import patterns_of
from stats.models.releases import Release
from stats.publication import Document, Form, Reason, ReleaseStatus

if TYPE_CHECKING:
    from hotline.accounts.models import User

SHORT = 16
STALE = timedelta(seconds=60)


class Kind(models.TextChoices):
    """What a job makes."""

    FREEZE = "freeze", _("release")
    EXPORT = "export", _("export")


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", _("waiting for its turn")
    RUNNING = "running", _("being made")
    DONE = "done", pgettext_lazy("job", "finished")
    CANCELLED = "cancelled", pgettext_lazy("job", "cancelled")
    FAILED = "failed", pgettext_lazy("job", "not finished")


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class Step(models.TextChoices):
    """What a job is doing."""

    COUNT = "count", _("counting what waits and verifying the counts")
    COPY = "copy", _("protecting and copying the figures")
    READ = "read", _("reading the release")
    WRITE = "write", _("writing the document")
    KEEP = "keep", _("keeping the document")


class JobQuerySet(models.QuerySet["ExportJob"]):
    """Jobs."""

    def listed(self) -> "JobQuerySet":
        """Without their files, the last asked for first."""
        return self.defer("content").select_related("release").order_by("-requested_at", "-key")

    def asked_by(self, user: "User") -> "JobQuerySet":
        """One person's own."""
        return self.filter(requested_by=user.reference)

    def unfinished(self) -> "JobQuerySet":
        """Waiting for their turn, or being made."""
        return self.filter(state__in=UNFINISHED)

    def stalled(self, now: datetime) -> "JobQuerySet":
        """Said to be made, by a worker that has not been heard of for a minute."""
        return self.filter(state=JobState.RUNNING, heartbeat_at__lte=now - STALE)

    def expired(self, now: datetime) -> "JobQuerySet":
        """Finished, and past the day until which their file is kept."""
        return self.filter(state=JobState.DONE, expires_at__lte=now)


def _code(length: int = SHORT, **options: object) -> "models.CharField[str, str]":
    return models.CharField(max_length=length, db_collation="C", **options)  # type: ignore[arg-type]


class ExportJob(models.Model):
    """A release to be made, or a document of one.

    Of an export: ``release``, ``document``, ``form``, ``language``. Of a freeze: the period, ``status`` and
    ``reason``; ``release`` is what has become of it. ``claim`` is the worker's that is at it. ``failure`` is a code.
    ``requested_by`` is a person's reference, as in the audit log.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = _code(choices=Kind)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="jobs", db_index=False)
    document = _code(choices=Document, blank=True)
    form = _code(choices=[(form.value, form.value) for form in Form], blank=True)
    language = _code(2, choices=[("nl", "nl"), ("en", "en")], blank=True)
    first_month = models.DateField(null=True)
    months = models.PositiveSmallIntegerField(null=True)
    status = _code(choices=ReleaseStatus, blank=True)
    reason = _code(choices=Reason, blank=True)
    state = _code(choices=JobState, default=JobState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)
    step = _code(choices=Step, blank=True, default="")
    failure = _code(blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    requested_by = models.UUIDField()
    requested_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    content = models.BinaryField(null=True)
    sha256 = _code(64, blank=True, default="")
    size = models.PositiveIntegerField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ("-requested_at", "-key")
        indexes = (
            models.Index(name="exportjob_by_person", fields=["requested_by", "-requested_at"]),
            models.Index(name="exportjob_unfinished", fields=["sent_at"], condition=Q(state__in=["queued", "running"])),
        )
        constraints = (
            *patterns_of("stats_exportjob"),
            models.CheckConstraint(name="exportjob_kind_is_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="exportjob_state_is_known", condition=Q(state__in=JobState.values)),
            models.CheckConstraint(name="exportjob_progress_is_percent", condition=Q(progress__lte=100)),
            models.CheckConstraint(
                name="exportjob_says_what_is_made",
                condition=Q(kind=Kind.EXPORT, release__isnull=False, first_month__isnull=True, months__isnull=True)
                & ~Q(document="")
                & ~Q(form="")
                & ~Q(language="")
                | Q(kind=Kind.FREEZE, first_month__isnull=False, months__isnull=False, document="", form="")
                & ~Q(status=""),
            ),
            models.CheckConstraint(
                name="exportjob_at_work_has_claim",
                condition=~Q(state=JobState.RUNNING) | Q(claim__isnull=False, heartbeat_at__isnull=False),
            ),
            models.CheckConstraint(
                name="exportjob_file_has_digest",
                condition=Q(content__isnull=True) | ~Q(sha256="") & Q(size__isnull=False, expires_at__isnull=False),
            ),
            # One freeze of a period at a time, however often the button is pressed.
            models.UniqueConstraint(
                name="exportjob_one_freeze",
                fields=["first_month", "months"],
                condition=Q(kind=Kind.FREEZE, state__in=["queued", "running"]),
            ),
        )

    def __str__(self) -> str:
        return str(self.key)

    @property
    def is_unfinished(self) -> bool:
        """Whether it waits or is being made."""
        return self.state in UNFINISHED

    def has_file(self, now: datetime) -> bool:
        """Whether its file can be had."""
        return self.state == JobState.DONE and self.expires_at is not None and self.expires_at > now
