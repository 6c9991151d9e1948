"""Organisations that reports are referred to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.codes import RecipientKind
from cases.models.code_lists import HostingCountry
from cases.models.constraints import matches, one_of
from hotline.metadata_only import validate_code, validate_label
from hotline.metadata_only.kinds import CODE_SQL, LABEL_SQL


class Recipient(models.Model):
    """An organisation: its name is one of the few typed texts, by administrators only.

    ``code`` is what files and other programs call it. It is given once and stays when the name changes.
    """

    code = models.CharField(_("code"), max_length=32, unique=True, db_collation="C", validators=[validate_code])
    name = models.CharField(_("name"), max_length=60, unique=True, validators=[validate_label])
    kind = models.CharField(_("kind"), max_length=16, choices=RecipientKind, db_collation="C")
    country = models.ForeignKey(
        HostingCountry, verbose_name=_("country"), on_delete=models.PROTECT, null=True, blank=True
    )
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        ordering = ("kind", "name", "pk")
        constraints = (
            one_of("kind", RecipientKind, name="recipient_kind_is_known"),
            matches("code", CODE_SQL, name="recipient_code_is_plain"),
            matches("name", LABEL_SQL, name="recipient_name_is_plain"),
        )

    def __str__(self) -> str:
        return self.name
