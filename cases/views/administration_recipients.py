"""Administration of recipients."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cases.actions import recipients as actions
from cases.forms_administration import ChangeRecipientForm, NewRecipientForm
from cases.models import Recipient
from cases.views.saving import saved
from hotline.accounts.access import requires
from hotline.accounts.permissions import Permission


@requires(Permission.RECIPIENTS_MANAGE)
@require_safe
def recipients(request: HttpRequest) -> HttpResponse:
    """All organisations."""
    everyone = Recipient.objects.select_related("country").order_by("-is_active", "kind", "name", "pk")
    return render(request, "administration/recipients.html", {"recipients": everyone})


@requires(Permission.RECIPIENTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_recipient(request: HttpRequest) -> HttpResponseBase:
    """A new organisation."""
    form = NewRecipientForm(request.POST or None)
    if saved(request, form, actions.add):
        return redirect("administration:recipients")
    return render(request, "administration/recipient.html", {"form": form})


@requires(Permission.RECIPIENTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def change_recipient(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change one."""
    recipient = get_object_or_404(Recipient, pk=pk)
    now_so = {name: getattr(recipient, name) for name in ("name", "kind", "country", "is_active")}
    form = ChangeRecipientForm(request.POST or None, initial=now_so)
    if saved(request, form, actions.change, recipient=recipient):
        return redirect("administration:recipients")
    return render(request, "administration/recipient.html", {"form": form, "recipient": recipient})
