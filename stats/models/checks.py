"""Runs of the nightly checks: of every release there is, of the sealed audit log; and of the nightly removal."""

from django.db import models

from hotline.metadata_only.constraints import patterns_of


class ChainCheck(models.Model):
    """One run: how many releases were checked, and how many things were wrong with them."""

    finished_at = models.DateTimeField()
    releases = models.PositiveIntegerField()
    faults = models.PositiveIntegerField()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d} {self.faults}"


class AuditCheck(models.Model):
    """One run of the check of the sealed audit log: what was looked at, and how many things were wrong with it."""

    finished_at = models.DateTimeField()
    events = models.PositiveBigIntegerField()
    blocks = models.PositiveBigIntegerField()
    faults = models.PositiveIntegerField()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d} {self.faults}"


class RetentionRun(models.Model):
    """How many rows one sweep of the nightly removal removed, and when."""

    finished_at = models.DateTimeField()
    sweep = models.CharField(max_length=32, db_collation="C")
    removed = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("-pk",)
        constraints = patterns_of("stats_retentionrun")

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d} {self.sweep} {self.removed}"
