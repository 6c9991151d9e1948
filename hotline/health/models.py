"""What is known of the machinery itself: ticks, checks of the schema, backups."""

from django.db import models
from django.db.models import Q

from hotline.metadata_only.kinds import SHA256_SQL


class Clock(models.TextChoices):
    """What ticks."""

    BEAT = "beat"  # sent by beat, written by a worker: both are at work


class Tick(models.Model):
    """When a clock last ticked. One row a clock."""

    clock = models.CharField(primary_key=True, max_length=16, choices=Clock, db_collation="C")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(name="tick_clock_is_known", condition=Q(clock__in=Clock.values)),)

    def __str__(self) -> str:
        return self.clock


class SchemaCheck(models.Model):
    """One run of the nightly check of the schema: how many things are not as this version makes them."""

    finished_at = models.DateTimeField()
    faults = models.PositiveIntegerField()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d} {self.faults}"


class Backup(models.Model):
    """A backup that was made: when, how large, and the digest that its manifest gives."""

    made_at = models.DateTimeField()
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_collation="C")

    class Meta:
        ordering = ("-pk",)
        constraints = (models.CheckConstraint(name="backup_sha256_is_plain", condition=Q(sha256__regex=SHA256_SQL)),)

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}"
