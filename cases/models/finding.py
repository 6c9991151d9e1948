"""A tally inside a report."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.codes import FINDING_DIMENSIONS, Answer, CountsAs
from cases.models.code_lists import AgeBand, HostingCountry, Outcome, Sex, SiteType
from cases.models.constraints import count, one_of
from cases.models.report import Report


class Finding(models.Model):
    """So many URLs of a report share one assessment.

    ``counts_as`` repeats the outcome's own, kept true by a foreign key on the pair (migrations), so that the
    database can forbid the five fields below it on anything but a confirmed outcome. Each of the five is NULL when
    it was not recorded, which is not 'undetermined'. The findings of a report never add up to more than its
    ``url_count``: a trigger of the migrations sees to it.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="findings")
    outcome = models.ForeignKey(
        Outcome, verbose_name=_("outcome"), on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    counts_as = models.CharField(max_length=16, choices=CountsAs, db_collation="C", editable=False)
    url_count = models.PositiveIntegerField(_("URLs"))
    self_generated = models.CharField(
        _("self-generated"),
        max_length=16,
        choices=Answer,
        null=True,
        blank=True,
        db_collation="C",
    )
    sex = models.ForeignKey(
        Sex, verbose_name=_("sex shown"), on_delete=models.PROTECT, null=True, blank=True, db_index=False
    )
    age_band = models.ForeignKey(
        AgeBand, verbose_name=_("age band"), on_delete=models.PROTECT, null=True, blank=True, db_index=False
    )
    hosting_country = models.ForeignKey(
        HostingCountry,
        verbose_name=_("hosting country"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
    )
    site_type = models.ForeignKey(
        SiteType, verbose_name=_("site type"), on_delete=models.PROTECT, null=True, blank=True, db_index=False
    )

    class Meta:
        ordering = ("pk",)
        constraints = (
            count("url_count", name="finding_url_count_in_range"),
            one_of("counts_as", CountsAs, name="finding_counts_as_is_known"),
            one_of("self_generated", Answer, name="finding_self_generated_is_known"),
            models.CheckConstraint(
                name="finding_only_confirmed_has_details",
                condition=Q(counts_as=CountsAs.CONFIRMED)
                | Q(**{f"{dimension.value}__isnull": True for dimension in FINDING_DIMENSIONS}),
            ),
        )

    def __str__(self) -> str:
        return f"{self.report_id}/{self.pk}"
