"""Releases: frozen copies of tables. Rows are added in one transaction, and never changed.

Triggers of the migrations refuse every UPDATE, DELETE and TRUNCATE, and any row added to a release that another
transaction made. What a superuser does all the same, the digest shows (:mod:`stats.releases.chain`).
"""

from django.db import models
from django.db.models import Q

from hotline.metadata_only.constraints import patterns_of
from hotline.metadata_only.kinds import SHA256_SQL
from stats.declarations import Unit
from stats.publication import Reason, ReleaseStatus
from stats.tables import Part, Shape

SHORT, LABEL, TEXT = 32, 120, 400


def _code(length: int = SHORT, **options: object) -> "models.CharField[str, str]":
    return models.CharField(max_length=length, db_collation="C", **options)  # type: ignore[arg-type]


def _text(length: int = LABEL) -> "models.CharField[str, str]":
    return models.CharField(max_length=length, blank=True)


class Release(models.Model):
    """One frozen period. Its key is its number: releases are numbered without gaps, and chained by digest."""

    number = models.PositiveIntegerField(primary_key=True)
    first_month = models.DateField()
    months = models.PositiveSmallIntegerField()
    status = _code(16, choices=ReleaseStatus)
    revision = models.PositiveSmallIntegerField(default=0)
    reason = _code(16, choices=Reason, blank=True, default="")
    released_at = models.DateTimeField()
    released_date = models.DateField()
    actor = models.UUIDField(null=True)
    definitions = _code(16)
    threshold = models.PositiveSmallIntegerField()
    is_synthetic = models.BooleanField()
    previous_digest = _code(64, blank=True)
    digest = _code(64, unique=True)
    # The newest block of the sealed audit log when it was made: printed in what leaves the house, it is a head that is
    # known outside. NULL and '': there was none, as in releases made before the log was sealed.
    audit_block = models.PositiveBigIntegerField(null=True)
    audit_head = _code(64, blank=True, default="", db_default="")
    # The transaction that made it, by a trigger: rows are added to a release by that one and no other.
    written_in = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("number",)
        indexes = (models.Index(name="release_by_period", fields=["first_month", "months", "number"]),)
        constraints = (
            models.CheckConstraint(name="release_month_begins", condition=Q(first_month__day=1)),
            models.CheckConstraint(name="release_length_is_known", condition=Q(months__in=[1, 3, 12])),
            models.CheckConstraint(name="release_status_is_known", condition=Q(status__in=ReleaseStatus.values)),
            models.CheckConstraint(name="release_reason_is_known", condition=Q(reason__in=["", *Reason.values])),
            models.CheckConstraint(
                name="release_revision_has_reason",
                condition=Q(status=ReleaseStatus.REVISED, revision__gte=1) & ~Q(reason="")
                | ~Q(status=ReleaseStatus.REVISED) & Q(revision=0, reason=""),
            ),
            models.CheckConstraint(name="release_digest_is_sha256", condition=Q(digest__regex=SHA256_SQL)),
            *patterns_of("stats_release", but=("digest",)),
            models.CheckConstraint(
                name="release_audit_head_is_of_a_block",
                condition=Q(audit_block__isnull=True, audit_head="") | Q(audit_block__gte=1) & ~Q(audit_head=""),
            ),
            # One final release of a period, and one of each revision, whoever else tries at the same moment.
            models.UniqueConstraint(
                name="release_once",
                fields=["first_month", "months", "status", "revision"],
                condition=~Q(status=ReleaseStatus.PROVISIONAL),
            ),
        )

    def __str__(self) -> str:
        return str(self.number)


class FrozenTable(models.Model):
    """A table of a release."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="tables", db_index=False)
    position = models.PositiveSmallIntegerField()
    key = _code()
    shape = _code(16, choices=[(shape.value, shape.value) for shape in Shape])
    title_nl = _text()
    title_en = _text()
    stub_nl = _text()
    stub_en = _text()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(name="frozentable_position", fields=["release", "position"]),
            *patterns_of("stats_frozentable"),
        )

    def __str__(self) -> str:
        return self.key


class FrozenLine(models.Model):
    """A row or a column of a frozen table: its key and label."""

    table = models.ForeignKey(FrozenTable, on_delete=models.PROTECT, related_name="lines", db_index=False)
    is_column = models.BooleanField()
    position = models.PositiveSmallIntegerField()
    key = _code()
    label_nl = _text()
    label_en = _text()
    unit = _code(16, choices=[(unit.value, unit.value) for unit in Unit], blank=True)
    part = _code(16, choices=[(part.value, part.value) for part in Part])
    figure = _code(blank=True)

    class Meta:
        ordering = ("is_column", "position")
        constraints = (
            models.UniqueConstraint(name="frozenline_position", fields=["table", "is_column", "position"]),
            *patterns_of("stats_frozenline"),
        )

    def __str__(self) -> str:
        return self.key


class FrozenCell(models.Model):
    """A cell of a frozen table, exact. ``coverage`` has a letter a month: F full, P partly, N none.

    ``places`` is how many decimals the value is shown with: 0 for a count, 2 for a share. ``is_suppressed``: a form
    that leaves the house shows Q instead.
    """

    table = models.ForeignKey(FrozenTable, on_delete=models.PROTECT, related_name="cells", db_index=False)
    row = models.PositiveSmallIntegerField()
    column = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    places = models.PositiveSmallIntegerField()
    lower = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    upper = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    numerator = models.BigIntegerField(null=True)
    numerator_lower = models.BigIntegerField(null=True)
    numerator_upper = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    status = _code(1)
    coverage = _code(12)
    rule = _code(16, blank=True)
    scheme = _code(64, blank=True)
    source = models.CharField(max_length=60, blank=True)
    is_suppressed = models.BooleanField()

    class Meta:
        ordering = ("row", "column")
        constraints = (
            models.UniqueConstraint(name="frozencell_place", fields=["table", "row", "column"]),
            *patterns_of("stats_frozencell"),
        )

    def __str__(self) -> str:
        return f"{self.row},{self.column}"


class FrozenPassport(models.Model):
    """A figure's passport as it read when a release was made."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="passports", db_index=False)
    position = models.PositiveSmallIntegerField()
    key = _code()
    unit = _code(16, choices=[(unit.value, unit.value) for unit in Unit])
    label_nl = _text()
    label_en = _text()
    numerator_nl = _text(TEXT)
    numerator_en = _text(TEXT)
    denominator_nl = _text(TEXT)
    denominator_en = _text(TEXT)
    rule_nl = _text(TEXT)
    rule_en = _text(TEXT)
    requires = _code(160)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(name="frozenpassport_position", fields=["release", "position"]),
            *patterns_of("stats_frozenpassport"),
        )

    def __str__(self) -> str:
        return self.key
