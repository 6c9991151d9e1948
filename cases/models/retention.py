"""What is left of records that were removed at the end of their time."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class RetiredMonth(models.Model):
    """A month whose reports are removed. Its counts stay as they were published, and nothing is written in it any more.

    ``release``: the final release that held it then. How many were removed so far is counted here; a report goes when
    every month that it counts in is here: that of its receipt, and those its referrals were sent in.
    """

    month = models.DateField(primary_key=True)
    retired_at = models.DateTimeField(db_default=Now())
    release = models.PositiveIntegerField()
    reports = models.PositiveBigIntegerField(default=0)
    findings = models.PositiveBigIntegerField(default=0)
    referrals = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ("month",)
        constraints = (models.CheckConstraint(name="retiredmonth_begins", condition=Q(month__day=1)),)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class RetentionLimit(models.Model):
    """What the owner of the schema allows the application to remove: set by ``migrate``, from the settings.

    One row. ``audit_years`` NULL: no audit event is removed. The application's role can not write here.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    audit_years = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(name="retentionlimit_is_one_row", condition=Q(id=1)),
            models.CheckConstraint(name="retentionlimit_a_year_at_least", condition=Q(audit_years__gte=1)),
        )

    def __str__(self) -> str:
        return str(self.audit_years)
