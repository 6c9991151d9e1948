"""What has been counted, and what is to be counted again."""

from django.db import models
from django.db.models.functions import Now

from hotline.metadata_only.constraints import patterns_of


class MonthlyCount(models.Model):
    """One cell: a base figure in a month, in total (``breakdown`` 'total') or for one part of a breakdown.

    ``code_a`` to ``code_c`` are the part's codes, '' where the breakdown has fewer; a part nobody was asked about has
    the code 'not_recorded'. Only parts that occur have a row: within a counted month a missing one is zero.
    """

    month = models.DateField()
    figure = models.CharField(max_length=32, db_collation="C")
    breakdown = models.CharField(max_length=32, db_collation="C")
    code_a = models.CharField(max_length=32, db_collation="C", blank=True)
    code_b = models.CharField(max_length=32, db_collation="C", blank=True)
    code_c = models.CharField(max_length=32, db_collation="C", blank=True, db_default="")
    value = models.BigIntegerField()

    class Meta:
        ordering = ("month", "figure", "breakdown", "code_a", "code_b", "code_c")
        constraints = (
            models.UniqueConstraint(
                name="monthlycount_cell",
                fields=["month", "breakdown", "figure", "code_a", "code_b", "code_c"],
                include=["value"],
            ),
            *patterns_of("stats_monthlycount"),
            models.CheckConstraint(name="monthlycount_not_negative", condition=models.Q(value__gte=0)),
            models.CheckConstraint(name="monthlycount_month_begins", condition=models.Q(month__day=1)),
        )

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.figure} {self.breakdown} {self.code_a} {self.code_b} {self.code_c}"


class DirtyMonth(models.Model):
    """A mark that a month's records changed: an append-only log, written by triggers in the writer's transaction.

    One row per statement and month. The worker deletes just the marks it saw before it recounted. One row per month
    would lose a late commit (DO NOTHING) or make all writers of the month wait for each other (DO UPDATE).
    """

    month = models.DateField()
    marked_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(name="dirtymonth_by_month", fields=["month", "id"]),)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class CountedMonth(models.Model):
    """That a month has been counted, when, and by which declarations.

    A month without one, but with marks, waits for its first count: its figures are unknown, not 0. A month with
    neither never had a record, since every write leaves a mark: its figures are 0. ``definitions`` is the digest of
    the SQL it was counted with, so that a month counted before a figure was declared is known, and recounted.
    """

    month = models.DateField(primary_key=True)
    counted_at = models.DateTimeField()
    definitions = models.CharField(max_length=16, db_collation="C", default="")

    class Meta:
        constraints = patterns_of("stats_countedmonth")

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Verification(models.Model):
    """One run of the independent recount: how many cells it compared, and how many differed."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    cells = models.PositiveIntegerField()
    differences = models.PositiveIntegerField()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d} {self.differences}"
