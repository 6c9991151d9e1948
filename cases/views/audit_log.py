"""The audit log, for the auditor."""

import re
import uuid
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cases.audit_queries import LogPage, Wanted, page_of_log
from cases.presenters import sentences
from cases.queries import find_by_reference
from cases.sentences import SYSTEM, VERBS
from hotline.accounts.access import requires
from hotline.accounts.models import User
from hotline.accounts.permissions import Permission
from hotline.forms import MetadataForm

MONTH = re.compile(r"(?P<year>(?:19|20|21)[0-9]{2})-(?P<month>0[1-9]|1[0-2])\Z")
REFERENCE = re.compile(r"[0-9]{4}-[0-9]{1,18}\Z")
KEY = re.compile(r"[0-9]{1,18}\Z")
BY_SYSTEM = "system"


class LogFilter(MetadataForm):
    """What of the log to show."""

    month = forms.CharField(
        label=_("Month"), required=False, max_length=7, widget=forms.TextInput(attrs={"type": "month"})
    )
    verb = forms.ChoiceField(label=_("What was done"), required=False)
    person = forms.ChoiceField(label=_("By whom"), required=False)
    report = forms.CharField(
        label=_("Report"),
        required=False,
        max_length=24,
        widget=forms.TextInput(attrs={"placeholder": "2024-0001234", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        anything = ("", _("everything"))
        people = User.objects.shown_names().items()
        choices: dict[str, list[tuple[Any, Any]]] = {
            "verb": [anything, *VERBS.items()],
            "person": [("", _("everyone")), (BY_SYSTEM, SYSTEM), *((str(key), name) for key, name in people)],
        }
        for name, listed in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = listed

    def clean_month(self) -> tuple[datetime, datetime] | None:
        """The month's first moment, and the one after its last, on the hotline's clock."""
        text = self.cleaned_data["month"]
        if not text:
            return None
        found = MONTH.match(text)
        if not found:
            raise ValidationError(_("Type a month as year-month, such as 2024-01."), code="month")
        year, month = int(found["year"]), int(found["month"])
        zone = ZoneInfo(settings.TIME_ZONE)
        until = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
        return datetime(year, month, 1, tzinfo=zone), until

    def clean_report(self) -> int | None:
        """The key of the report that is called so."""
        text = self.cleaned_data["report"]
        if not text:
            return None
        report = find_by_reference(text) if REFERENCE.match(text) else None
        if report is None:
            raise ValidationError(_("There is no report of this number. It looks like 2024-0001234."), code="report")
        return report.pk

    def wanted(self) -> Wanted:
        """What to read, once the form is valid."""
        since, until = self.cleaned_data["month"] or (None, None)
        person = self.cleaned_data["person"]
        return Wanted(
            since=since,
            until=until,
            verb=self.cleaned_data["verb"] or None,
            actor=uuid.UUID(person) if person and person != BY_SYSTEM else None,
            by_system=person == BY_SYSTEM,
            report_id=self.cleaned_data["report"],
        )


@requires(Permission.AUDIT_VIEW)
@require_safe
def audit_log(request: HttpRequest) -> HttpResponse:
    """What was done, by whom, when: sentences, newest first."""
    form = LogFilter(request.GET)
    page = LogPage([], None, None)
    if form.is_valid():
        page = page_of_log(
            form.wanted(), older_than=_key(request.GET.get("older")), newer_than=_key(request.GET.get("newer"))
        )
    filters = {name: request.GET[name] for name in form.fields if request.GET.get(name) and not form[name].errors}
    context = {
        "form": form,
        "sentences": sentences(page.events),
        "newer_url": page.newer and f"?{urlencode({**filters, 'newer': page.newer})}",
        "older_url": page.older and f"?{urlencode({**filters, 'older': page.older})}",
        "is_filtered": bool(filters),
    }
    return render(request, "cases/audit_log.html", context)


def _key(text: str | None) -> int | None:
    return int(text) if text and KEY.match(text) else None
