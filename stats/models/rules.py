"""The ledger of counting rules: which version is in force from when to when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from cases.models.code_lists import code_field
from cases.models.constraints import not_before
from hotline.metadata_only.constraints import patterns_of
from stats.figures import VERSIONS
from stats.periods import Month


class CountingRule(models.Model):
    """A version of a figure's counting rule is in force in each month from one to another, both included.

    Months are written as their first days; ``to_month`` NULL is 'until further notice'. Two versions of one figure may
    be in force at once: that is a change-over. What follows for a period is worked out in :mod:`stats.rules`.
    """

    figure = code_field(verbose_name=_("figure"))
    version = models.PositiveSmallIntegerField(_("version"))
    from_month = models.DateField(_("from"))
    to_month = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        ordering = ("figure", "from_month", "version")
        constraints = (
            *patterns_of("stats_countingrule"),
            models.CheckConstraint(
                name="countingrule_version_is_declared",
                condition=Q(*(Q(figure=figure, version=version) for figure, version in VERSIONS), _connector=Q.OR),
            ),
            models.CheckConstraint(
                name="countingrule_months_begin",
                condition=Q(from_month__day=1) & (Q(to_month__isnull=True) | Q(to_month__day=1)),
            ),
            not_before("to_month", "from_month", name="countingrule_to_after_from"),
            *(
                ExclusionConstraint(
                    name=f"countingrule_no_overlap_{figure}_{version}",
                    expressions=[
                        (
                            Func(
                                "from_month",
                                "to_month",
                                models.Value("[]"),
                                function="daterange",
                                output_field=DateRangeField(),
                            ),
                            RangeOperators.OVERLAPS,
                        ),
                    ],
                    condition=Q(figure=figure, version=version),
                )
                for figure, version in VERSIONS
            ),
        )

    def __str__(self) -> str:
        return f"{self.figure} {self.version} {self.from_month:%Y-%m}"

    @property
    def first(self) -> Month:
        """The first month."""
        return Month.containing(self.from_month)

    @property
    def last(self) -> Month | None:
        """The last month, None for until further notice."""
        return Month.containing(self.to_month) if self.to_month else None
