"""Runs of the check of every release there is."""

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
