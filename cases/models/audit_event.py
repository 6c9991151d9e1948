"""What was done, by whom, when: append-only."""

from django.db import models
from django.db.models.functions import Now


class AuditEvent(models.Model):
    """One thing that was done.

    ``actor`` is a person's random reference, NULL for the system; there is no name here and no foreign key, so that
    the log outlives what it speaks of. ``changes`` maps a field to ``[before, after]``, each null or a string of
    digits, a date or a code: a constraint of the migrations refuses anything else. Triggers refuse UPDATE, DELETE and
    TRUNCATE to everyone.
    """

    at = models.DateTimeField(db_default=Now())
    actor = models.UUIDField(null=True)
    verb = models.CharField(max_length=32, db_collation="C")
    subject = models.CharField(max_length=16, db_collation="C")
    subject_key = models.CharField(max_length=40, db_collation="C")
    report_id = models.BigIntegerField(null=True)
    changes = models.JSONField(default=dict)

    class Meta:
        ordering = ("pk",)
        indexes = (
            # One for each way the log is read: all, by person, by verb, of a report. Always newest first, by keyset.
            models.Index(name="auditevent_by_time", fields=["at", "id"]),
            models.Index(name="auditevent_by_actor", fields=["actor", "at", "id"]),
            models.Index(name="auditevent_by_verb", fields=["verb", "at", "id"]),
            models.Index(
                name="auditevent_of_report", fields=["report_id", "id"], condition=models.Q(report_id__isnull=False)
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="auditevent_codes_are_plain",
                condition=models.Q(
                    verb__regex=r"^[a-z_]{1,32}$",
                    subject__regex=r"^[a-z_]{1,16}$",
                    subject_key__regex=r"^[A-Za-z0-9_-]{1,40}$",
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.verb} {self.subject} {self.subject_key}"
