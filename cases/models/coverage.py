"""The ledger of what was recorded from when to when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from cases.codes import Dimension
from cases.models.constraints import not_before, one_of


class CoveragePeriod(models.Model):
    """A dimension was recorded on each day from ``from_date`` to ``to_date`` inclusive; NULL is 'until further notice'.

    That something is recorded is a fact of the recording, so the ledger lives here; what follows from it for a
    month's or a year's figure is worked out in :mod:`stats.coverage`.
    """

    dimension = models.CharField(_("dimension"), max_length=16, choices=Dimension, db_collation="C")
    from_date = models.DateField(_("from"))
    to_date = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        ordering = ("dimension", "from_date")
        constraints = (
            one_of("dimension", Dimension, name="coverageperiod_dimension_is_known"),
            not_before("to_date", "from_date", name="coverageperiod_to_after_from"),
            *(
                ExclusionConstraint(
                    name=f"coverageperiod_no_overlap_{dimension.value}",
                    expressions=[
                        (
                            Func(
                                "from_date",
                                "to_date",
                                models.Value("[]"),
                                function="daterange",
                                output_field=DateRangeField(),
                            ),
                            RangeOperators.OVERLAPS,
                        ),
                    ],
                    condition=Q(dimension=dimension.value),
                )
                for dimension in Dimension
            ),
        )

    def __str__(self) -> str:
        return f"{self.dimension} {self.from_date}"
