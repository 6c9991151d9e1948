"""Runs of the nightly checks: of every release there is, of the sealed audit log."""

from django.db import models


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
