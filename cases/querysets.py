"""The vocabulary: what one may ask of reports. Chainable, each ordered or filtering, none both by accident."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from cases.codes import OPEN_STATES, ReferralStatus, State

if TYPE_CHECKING:
    from cases.models.report import Report  # noqa: F401 - the name in the string below, which the type checker reads
    from hotline.accounts.models import User

# The states of two tabs of the queue: their indexes hold just these.
TRIAGE_STATES = (State.RECEIVED, State.IN_TRIAGE)
WAITING_STATES = (State.ASSESSED, State.REFERRED)
WAITING_STATUSES = (ReferralStatus.TO_REFER, ReferralStatus.REFERRED, ReferralStatus.ACKNOWLEDGED)


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports."""

    def counted(self) -> Self:
        """All but the void ones."""
        return self.exclude(state=State.VOID)

    def open(self) -> Self:
        """Something is still to be done."""
        return self.filter(state__in=OPEN_STATES)

    def to_triage(self) -> Self:
        """Received or in triage: URLs are still to be assessed."""
        return self.filter(state__in=TRIAGE_STATES)

    def unassigned(self) -> Self:
        """With no one."""
        return self.filter(assignee__isnull=True)

    def waiting_for(self, user: "User") -> Self:
        """Open, and with this person."""
        return self.open().filter(assignee=user)

    def waiting_on_referral(self) -> Self:
        """Open, and to be referred or not yet answered by every recipient."""
        return self.filter(state__in=WAITING_STATES, referral_status__in=WAITING_STATUSES)

    def received_from(self, first: date, until: date) -> Self:
        """Received on or after ``first`` and before ``until``."""
        return self.filter(received_date__gte=first, received_date__lt=until)

    def oldest_first(self) -> Self:
        """In the order they came in."""
        return self.order_by("received_date", "pk")

    def newest_first(self) -> Self:
        """The last one first."""
        return self.order_by("-received_date", "-pk")

    def with_assessed_count(self) -> Self:
        """Each with ``assessed_count``, the number of its URLs that findings cover, and ``left_count``, of the rest."""
        findings = apps.get_model("cases", "Finding")  # by name: its module imports this one
        tallies = findings.objects.filter(report=OuterRef("pk")).order_by().values("report")
        counted = tallies.annotate(total=Sum("url_count")).values("total")
        # A subquery, not a join: it is worked out for the rows of the page and not for the whole list.
        assessed = Coalesce(Subquery(counted), 0, output_field=models.BigIntegerField())
        return self.annotate(assessed_count=assessed, left_count=F("url_count") - assessed)
