"""One incoming report."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.codes import OPEN_STATES, ImportKind, ReferralStatus, State
from cases.models.code_lists import Outcome, Source
from cases.models.constraints import count, matches, one_of
from cases.querysets import TRIAGE_STATES, WAITING_STATES, WAITING_STATUSES, ReportQuerySet
from hotline.metadata_only.kinds import SHA256_SQL

EARLIEST_DATE = date(1990, 1, 1)
# The day of receipt as two expressions, which the index by date alone does not have: see cases.listing.
_DAY = ExpressionWrapper(F("received_date") + Value(0), output_field=models.DateField())
_DAY_OF_OUTCOME = ExpressionWrapper(F("received_date") - Value(0), output_field=models.DateField())
_IS_WAITING = Q(
    state__in=[state.value for state in WAITING_STATES],
    referral_status__in=[status.value for status in WAITING_STATUSES],
)


class ImportBatch(models.Model):
    """One file that was imported, as counts. What it brought points here, and its history begins with it.

    New, same and changed are counts of reports, or of referrals in a file of those. ``digest``: the file's SHA-256,
    NULL when it came through a pipe or before digests were kept.
    """

    imported_at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=16, choices=ImportKind, default=ImportKind.REPORTS, db_collation="C")
    digest = models.CharField(max_length=64, null=True, db_collation="C")
    row_count = models.PositiveIntegerField()
    new_count = models.PositiveIntegerField()
    same_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    # Findings of new reports.
    finding_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("pk",)
        constraints = (
            one_of("kind", ImportKind, name="importbatch_kind_is_known"),
            matches("digest", SHA256_SQL, name="importbatch_digest_is_plain"),
        )

    def __str__(self) -> str:
        return str(self.pk)


class Report(models.Model):
    """One incoming report: a date, a source, a number of URLs, and where it stands.

    ``received_date`` is a date in the hotline's own zone, never worked out again from a timestamp; a constraint of
    the migrations forbids one after the hotline's today. ``outcome`` and ``referral_status`` follow from findings
    and referrals (:mod:`cases.actions.derive`); NULL is 'not yet' for the first and 'not recorded' for the second.
    """

    received_date = models.DateField(_("received on"))
    source = models.ForeignKey(Source, verbose_name=_("source"), on_delete=models.PROTECT, db_index=False)
    url_count = models.PositiveIntegerField(_("URLs"))
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.RECEIVED, db_collation="C")
    outcome = models.ForeignKey(Outcome, verbose_name=_("outcome"), on_delete=models.PROTECT, null=True, db_index=False)
    referral_status = models.CharField(
        _("referral status"),
        max_length=16,
        choices=ReferralStatus,
        null=True,
        default=ReferralStatus.NOT_NEEDED,
        db_collation="C",
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("with"), on_delete=models.SET_NULL, null=True, db_index=False
    )
    # Set once from received_date: what a report is called does not change when its date is put right.
    reference_year = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)
    entered_at = models.DateTimeField(db_default=Now())
    import_batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, db_index=False)

    objects = ReportQuerySet.as_manager()

    if TYPE_CHECKING:
        # What with_assessed_count() adds.
        assessed_count: int
        left_count: int

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(name="report_by_date", fields=["received_date", "id"]),
            # A page of a list narrowed to anything is read off these, part by part (cases.listing).
            models.Index("source", "state", _DAY, "id", name="report_by_source", include=["received_date"]),
            models.Index(
                "outcome",
                "source",
                "state",
                _DAY_OF_OUTCOME,
                "id",
                name="report_by_outcome",
                include=["received_date"],
                condition=Q(outcome__isnull=False),
            ),
            # What is to be done is little, whatever was done before.
            models.Index(
                name="report_to_triage",
                fields=["received_date", "id"],
                condition=Q(state__in=[state.value for state in TRIAGE_STATES]),
            ),
            models.Index(
                "source",
                "state",
                _DAY,
                "id",
                name="report_waiting",
                include=["received_date", "referral_status"],
                condition=_IS_WAITING,
            ),
            models.Index(
                "outcome",
                "source",
                "state",
                _DAY_OF_OUTCOME,
                "id",
                name="report_waiting_by_outcome",
                include=["received_date"],
                condition=_IS_WAITING & Q(outcome__isnull=False),
            ),
            models.Index(
                name="report_open_by_assignee",
                fields=["assignee", "received_date", "id"],
                condition=Q(state__in=[state.value for state in OPEN_STATES]) & Q(assignee__isnull=False),
            ),
            # Late entries are found and counted in the index alone.
            models.Index(name="report_by_entry", fields=["entered_at"], include=["received_date", "state"]),
        )
        constraints = (
            count("url_count", name="report_url_count_in_range"),
            one_of("state", State, name="report_state_is_known"),
            one_of("referral_status", ReferralStatus, name="report_referral_status_is_known"),
            models.CheckConstraint(name="report_received_since_1990", condition=Q(received_date__gte=EARLIEST_DATE)),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """As people say and type it: ``2024-0001234``."""
        return f"{self.reference_year}-{self.pk:07d}"


class SenderKey(models.Model):
    """By what an imported report is known again: keyed hashes of the sender's own number and of the numbers sent."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, primary_key=True)
    key_hash = models.UUIDField(unique=True)
    content_hash = models.UUIDField()

    def __str__(self) -> str:
        return str(self.pk)
