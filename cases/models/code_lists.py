"""Code lists: data, not code. A code is for ever; its labels, order and whether it is offered may change."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.codes import NOT_RECORDED, CountsAs
from cases.models.constraints import matches, one_of
from hotline.metadata_only import validate_label
from hotline.metadata_only.constraints import patterns_of
from hotline.metadata_only.kinds import AGE_BAND_SQL, CODE_SQL, COUNTRY_SQL

CODE_LENGTH = 32


def code_field(**options: Any) -> "models.CharField[str, str]":
    """A column for a code, compared byte by byte: quicker to group by, and the same order everywhere."""
    return models.CharField(**{"max_length": CODE_LENGTH, "db_collation": "C", **options})


class CodeListQuerySet(models.QuerySet[Any]):
    """What the screens ask of a code list."""

    def offered(self) -> Self:
        """The codes to choose from, in their order."""
        return self.filter(is_active=True)


class CodeListItem(models.Model):
    """A code with its two labels. Abstract."""

    code = code_field(primary_key=True)
    label_nl = models.CharField(_("label in Dutch"), max_length=60, validators=[validate_label])
    label_en = models.CharField(_("label in English"), max_length=60, validators=[validate_label])
    is_active = models.BooleanField(_("offered"), default=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = CodeListQuerySet.as_manager()

    code_pattern: ClassVar[str] = CODE_SQL

    class Meta:
        abstract = True
        ordering = ("position", "code")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The label in the reader's language."""
        return self.label_nl if (get_language() or "").startswith("nl") else self.label_en


def code_rules(name: str, pattern: str = CODE_SQL) -> tuple[models.CheckConstraint, ...]:
    """What holds for the codes and labels of every list."""
    return (
        matches("code", pattern, name=f"{name}_code_is_plain"),
        *patterns_of(f"cases_{name}", but=("code", "family")),
        models.CheckConstraint(name=f"{name}_code_is_not_reserved", condition=~Q(code=NOT_RECORDED)),
    )


class Source(CodeListItem):
    """Where a report came from."""

    class Meta(CodeListItem.Meta):
        constraints = code_rules("source")


class Outcome(CodeListItem):
    """What triage decided of a URL, and what that counts as.

    ``precedence``: 1 is the most serious; a report's own outcome is that of its findings with the lowest.
    """

    counts_as = models.CharField(_("counts as"), max_length=16, choices=CountsAs, db_collation="C")
    precedence = models.PositiveSmallIntegerField(_("precedence"), unique=True)

    class Meta(CodeListItem.Meta):
        constraints = (
            *code_rules("outcome"),
            one_of("counts_as", CountsAs, name="outcome_counts_as_is_known"),
            # A finding repeats counts_as beside its outcome; a foreign key on the pair keeps the two in step.
            models.UniqueConstraint(name="outcome_with_counts_as", fields=["code", "counts_as"]),
        )


class Sex(CodeListItem):
    """Sex shown."""

    class Meta(CodeListItem.Meta):
        constraints = code_rules("sex")


class SiteType(CodeListItem):
    """What sort of site a URL is on."""

    class Meta(CodeListItem.Meta):
        constraints = code_rules("sitetype")


class HostingCountry(CodeListItem):
    """ISO 3166-1 alpha-2, plus 'not traceable' and 'undetermined'."""

    has_inhope_hotline = models.BooleanField(_("has an INHOPE hotline"), default=False)

    code_pattern = COUNTRY_SQL

    class Meta(CodeListItem.Meta):
        constraints = code_rules("hostingcountry", COUNTRY_SQL)


class AgeBand(CodeListItem):
    """A band of whole years, ``from_year`` to ``to_year`` inclusive; both NULL for 'undetermined'."""

    from_year = models.PositiveSmallIntegerField(null=True)
    to_year = models.PositiveSmallIntegerField(null=True)

    code_pattern = AGE_BAND_SQL

    class Meta(CodeListItem.Meta):
        constraints = (
            *code_rules("ageband", AGE_BAND_SQL),
            models.CheckConstraint(
                name="ageband_within_0_to_17",
                # Not NULL is said in so many words: a comparison with NULL is unknown, and a CHECK lets unknown pass.
                condition=Q(from_year__isnull=False, to_year__isnull=False)
                & Q(from_year__gte=0, from_year__lte=F("to_year"), to_year__lte=17)
                | Q(from_year__isnull=True, to_year__isnull=True, code="undetermined"),
            ),
            models.UniqueConstraint(name="ageband_is_named_once", fields=["from_year", "to_year"]),
        )


class AgeScheme(CodeListItem):
    """A named way of cutting 0 to 17 into bands. One is the default that forms offer.

    A scheme that is cut anew becomes a new version: a row with a code of its own, in the same ``family``. What was
    recorded in the old one stays as it was. ``valid_from`` is the day it came into use, NULL when it always was.
    """

    family = code_field()
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    valid_from = models.DateField(_("in use from"), null=True, blank=True)
    is_default = models.BooleanField(default=False)
    bands = models.ManyToManyField(AgeBand, through="AgeSchemeBand", related_name="schemes")

    class Meta(CodeListItem.Meta):
        constraints = (
            *code_rules("agescheme"),
            models.UniqueConstraint(name="agescheme_one_default", fields=["is_default"], condition=Q(is_default=True)),
            matches("family", CODE_SQL, name="agescheme_family_is_plain"),
            models.CheckConstraint(name="agescheme_version_from_1", condition=Q(version__gte=1)),
            models.UniqueConstraint(name="agescheme_version_once", fields=["family", "version"]),
        )


class AgeSchemeBand(models.Model):
    """A band as one scheme has it; the scheme's own name for it where it has one (infant, pubescent)."""

    scheme = models.ForeignKey(AgeScheme, on_delete=models.PROTECT)
    band = models.ForeignKey(AgeBand, on_delete=models.PROTECT)
    label_nl = models.CharField(max_length=60, blank=True)
    label_en = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("scheme", "band__from_year", "pk")
        constraints = (
            models.UniqueConstraint(name="agescheme_band_once", fields=["scheme", "band"]),
            *patterns_of("cases_ageschemeband"),
        )

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.band_id}"


class CodeList(models.TextChoices):
    """The lists that outside codes speak of."""

    SOURCE = "source", _("source")
    OUTCOME = "outcome", _("outcome")
    SEX = "sex", _("sex")
    AGE_BAND = "age_band", _("age band")
    SITE_TYPE = "site_type", _("site type")
    HOSTING_COUNTRY = "hosting_country", _("hosting country")
    ACTION_TAKEN = "action_taken", _("action taken")


class OutsideCode(models.Model):
    """What another scheme (ICCAM, SCART, the DSA database) calls one of our codes."""

    code_list = models.CharField(max_length=16, choices=CodeList)
    code = code_field()
    scheme = code_field(max_length=16)
    outside_code = models.CharField(max_length=64, db_collation="C")

    class Meta:
        ordering = ("code_list", "code", "scheme", "outside_code")
        constraints = (
            models.UniqueConstraint(name="outsidecode_once", fields=["code_list", "code", "scheme", "outside_code"]),
            one_of("code_list", CodeList, name="outsidecode_list_is_known"),
            *patterns_of("cases_outsidecode"),
        )

    def __str__(self) -> str:
        return f"{self.scheme} {self.outside_code}"
