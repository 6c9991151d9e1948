"""The audit log's seal: blocks of events, chained by digest. Append-only, like the log.

What is not sealed yet stands in :class:`UnsealedEvent`, written by a trigger in the transaction of the event itself. So
an event that is committed long after ones with larger keys is not passed over, whatever the order of keys.
"""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now

from cases.models.constraints import matches
from hotline.metadata_only.constraints import patterns_of

SHA256 = r"^[0-9a-f]{64}$"


class UnsealedEvent(models.Model):
    """An event that is in no block yet. Removed by the transaction that seals it."""

    event_id = models.BigIntegerField(primary_key=True)
    written_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.event_id)


class AuditBlock(models.Model):
    """Events sealed together. Its key is its number: from 1, without gaps.

    ``rows_digest`` is over the events' canonical form, ``digest`` over that, every other column, the ranges of keys
    and the digest of the block before (:mod:`cases.seal.form`): the chain can be checked when the events themselves
    were removed at the end of their time.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    first_event = models.BigIntegerField()
    last_event = models.BigIntegerField()
    events = models.PositiveIntegerField()
    rows_digest = models.CharField(max_length=64, db_collation="C")
    previous_digest = models.CharField(max_length=64, blank=True, db_collation="C")
    digest = models.CharField(max_length=64, unique=True, db_collation="C")
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.CheckConstraint(name="auditblock_number_from_1", condition=Q(number__gte=1)),
            models.CheckConstraint(name="auditblock_holds_events", condition=Q(events__gte=1)),
            matches("rows_digest", SHA256, name="auditblock_rows_digest_is_sha256"),
            matches("digest", SHA256, name="auditblock_digest_is_sha256"),
            *patterns_of("cases_auditblock", but=("rows_digest", "digest")),
            # The first block follows on nothing; every other on one.
            models.CheckConstraint(
                name="auditblock_follows_on_one",
                condition=Q(number=1, previous_digest="") | Q(number__gt=1, previous_digest__regex=SHA256),
            ),
        )

    def __str__(self) -> str:
        return str(self.number)


class AuditRange(models.Model):
    """Keys of events that follow each other without a gap, all of one block. No key is in two ranges."""

    block = models.ForeignKey(AuditBlock, on_delete=models.PROTECT, related_name="ranges")
    first_event = models.BigIntegerField()
    last_event = models.BigIntegerField()

    class Meta:
        ordering = ("first_event",)
        constraints = (
            models.CheckConstraint(name="auditrange_in_order", condition=Q(last_event__gte=F("first_event"))),
            ExclusionConstraint(
                name="auditrange_event_once",
                expressions=[
                    (Func("first_event", "last_event", Value("[]"), function="int8range"), RangeOperators.OVERLAPS)
                ],
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_event}-{self.last_event}"
