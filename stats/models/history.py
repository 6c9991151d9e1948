"""What is known of past years only because it was published."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.code_lists import code_field
from cases.models.constraints import matches
from hotline.metadata_only import validate_label
from hotline.metadata_only.kinds import LABEL_SQL
from stats.periods import Month, Year
from stats.published_figures import MAX_TOTAL, PUBLISHED


class PublishedTotal(models.Model):
    """One figure of one year, as a source published it. Nothing here counted it, and it is never added to a count.

    ``first_month`` is the first day of the twelve months it is of. ``source`` names the publisher or the publication,
    to the strict pattern of a label.
    """

    first_month = models.DateField(_("year"))
    figure = code_field(verbose_name=_("figure"))
    value = models.BigIntegerField(_("value"))
    source = models.CharField(_("published by"), max_length=60, validators=[validate_label])
    actor = models.UUIDField(null=True)
    entered_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("first_month", "figure", "source")
        constraints = (
            models.UniqueConstraint(name="publishedtotal_once", fields=["first_month", "figure", "source"]),
            models.CheckConstraint(name="publishedtotal_month_begins", condition=Q(first_month__day=1)),
            models.CheckConstraint(name="publishedtotal_figure_is_known", condition=Q(figure__in=list(PUBLISHED))),
            models.CheckConstraint(name="publishedtotal_value_fits", condition=Q(value__gte=0, value__lte=MAX_TOTAL)),
            matches("source", LABEL_SQL, name="publishedtotal_source_is_plain"),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.figure}"

    @property
    def year(self) -> Year:
        """The twelve months it is of."""
        first = Month.containing(self.first_month)
        return Year(first.year, first.month)
