"""Code lists and recipients, to be read: administrators change them on their pages."""

from typing import Any

from django.db.models import F
from rest_framework.request import Request
from rest_framework.response import Response

from cases.codes import ActionTaken, Answer
from cases.models import Recipient
from cases.offered import LISTS
from hotline.accounts.permissions import Permission
from hotline.api.views import HotlineView


class CodeListsView(HotlineView):
    """Every list a report or a finding takes its codes from."""

    permission = Permission.REPORT_VIEW

    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """By field, each code with its labels and whether it is offered now, in the order of the lists."""
        lists = {name: [_entry(entry) for entry in model.objects.all()] for name, model in LISTS.items()}
        fixed: dict[str, Any] = {"self_generated": Answer.values, "action": ActionTaken.values}
        return Response({**lists, **fixed})


class RecipientsView(HotlineView):
    """The organisations that URLs are passed on to."""

    permission = Permission.REPORT_VIEW

    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Each by its number, which referrals name."""
        rows = Recipient.objects.values("id", "code", "name", "kind", "is_active", country_code=F("country_id"))
        return Response({"recipients": list(rows)})


def _entry(entry: Any) -> dict[str, Any]:
    found = {name: getattr(entry, name) for name in ("code", "label_nl", "label_en", "is_active")}
    if hasattr(entry, "counts_as"):
        found["counts_as"] = entry.counts_as
    return found
