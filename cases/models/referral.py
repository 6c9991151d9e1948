"""URLs of a report passed on to a recipient."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.codes import ActionTaken
from cases.models.constraints import count, not_before, one_of, together
from cases.models.recipient import Recipient
from cases.models.report import ImportBatch, Report


class Referral(models.Model):
    """So many URLs of a report, passed on to one recipient, and what became of it.

    ``import_batch``: the file that had the last word on it; NULL when that was a person.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="referrals")
    recipient = models.ForeignKey(Recipient, verbose_name=_("recipient"), on_delete=models.PROTECT, db_index=False)
    url_count = models.PositiveIntegerField(_("URLs"))
    sent_date = models.DateField(_("sent on"))
    acknowledged_date = models.DateField(_("acknowledged on"), null=True, blank=True)
    acted_date = models.DateField(_("acted on"), null=True, blank=True)
    action = models.CharField(
        _("action taken"),
        max_length=16,
        choices=ActionTaken,
        null=True,
        blank=True,
        db_collation="C",
    )
    import_batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, db_index=False)

    class Meta:
        ordering = ("pk",)
        indexes = (
            models.Index(name="referral_by_sent_date", fields=["sent_date", "id"]),
            models.Index(name="referral_waiting", fields=["sent_date", "id"], condition=Q(acted_date__isnull=True)),
        )
        constraints = (
            count("url_count", name="referral_url_count_in_range", least=1),
            one_of("action", ActionTaken, name="referral_action_is_known"),
            together("acted_date", "action", name="referral_acted_on_with_action"),
            not_before("acknowledged_date", "sent_date", name="referral_acknowledged_after_sent"),
            not_before("acted_date", "sent_date", name="referral_acted_after_sent"),
        )

    def __str__(self) -> str:
        return f"{self.report_id}/{self.pk}"
