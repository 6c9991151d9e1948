"""Fixed meanings that code and constraints rely on. A leaf: no models, no queries.

What a hotline may rename, order or switch off is data, in :mod:`cases.models.code_lists`.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(TextChoices):
    """Where a report stands in the workflow."""

    RECEIVED = "received", _("received")
    IN_TRIAGE = "in_triage", _("in triage")
    ASSESSED = "assessed", _("assessed")
    REFERRED = "referred", pgettext_lazy("state", "referred")
    CLOSED = "closed", _("closed")
    VOID = "void", _("void")


OPEN_STATES = (State.RECEIVED, State.IN_TRIAGE, State.ASSESSED, State.REFERRED)


class ReferralStatus(TextChoices):
    """How far the passing on of a report has come. It follows from its findings and referrals."""

    NOT_NEEDED = "not_needed", _("not needed")
    TO_REFER = "to_refer", _("to refer")
    REFERRED = "referred", pgettext_lazy("referral status", "referred")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    COMPLETED = "completed", _("completed")
    REFUSED = "refused", _("refused")


class CountsAs(TextChoices):
    """What an outcome counts as in the figures."""

    CONFIRMED = "confirmed", _("confirmed")
    NOT_CONFIRMED = "not_confirmed", _("not confirmed")
    UNASSESSABLE = "unassessable", _("unassessable")
    DUPLICATE = "duplicate", _("duplicate")
    OUT_OF_REMIT = "out_of_remit", _("out of remit")


class Answer(TextChoices):
    """An answer to yes or no. NULL is a fourth thing: not recorded."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    UNDETERMINED = "undetermined", _("undetermined")


class RecipientKind(TextChoices):
    """What sort of organisation a report is referred to."""

    HOSTING_PROVIDER = "hosting_provider", _("hosting provider")
    PLATFORM = "platform", _("platform")
    REGISTRAR = "registrar", _("registrar")
    POLICE = "police", _("police")
    PARTNER_HOTLINE = "partner_hotline", _("partner hotline")


class ActionTaken(TextChoices):
    """What a recipient did with a referral."""

    REMOVED = "removed", _("removed")
    DISABLED = "disabled", _("disabled")
    RESTRICTED = "restricted", _("restricted")
    NONE = "none", pgettext_lazy("action taken", "none")
    REFUSED = "refused", _("refused")


class Dimension(TextChoices):
    """What is or is not recorded from some date on; the coverage ledger speaks of these."""

    REPORTS = "reports", _("reports")
    ASSESSMENT = "assessment", _("assessment")
    SELF_GENERATED = "self_generated", _("self-generated")
    SEX = "sex", _("sex")
    AGE_BAND = "age_band", _("age band")
    HOSTING_COUNTRY = "hosting_country", _("hosting country")
    SITE_TYPE = "site_type", _("site type")
    REFERRALS = "referrals", _("referrals")


# What is recorded of a finding only when its outcome counts as confirmed.
FINDING_DIMENSIONS = (
    Dimension.SELF_GENERATED,
    Dimension.SEX,
    Dimension.AGE_BAND,
    Dimension.HOSTING_COUNTRY,
    Dimension.SITE_TYPE,
)


class ImportKind(TextChoices):
    """What a file that is imported speaks of."""

    REPORTS = "reports", _("reports")
    REFERRALS = "referrals", _("referrals")


UNDETERMINED = "undetermined"
# In tables, the part nobody was asked about. Never a code of a list: a constraint forbids it there.
NOT_RECORDED = "not_recorded"
# Of codes that a country list needs besides ISO 3166-1.
NOT_TRACEABLE = "not_traceable"
