"""One way from a form to an action, for the pages where a refusal is shown on the form."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.errors import ActionError
from cases.views.keyed import Sent
from hotline.forms import MetadataForm


def saved(request: HttpRequest, form: MetadataForm, action: Callable[..., Any], **known: Any) -> bool:
    """Whether this was a POST, the form was right, and the action took it; the form bears what was refused.

    The action gets ``by`` and ``now``, what is ``known`` besides, and the form's fields, and gives the record written.
    What was saved before is saved once.
    """
    if request.method != "POST":
        return False
    sent = Sent(request)
    if not sent.earlier():
        if not form.is_valid():
            return False
        try:
            sent.once(lambda: action(by=sent.by, now=timezone.now(), **known, **form.cleaned_data))
        except ActionError as error:
            form.add_error(error.field or None, error.message)
            return False
    messages.success(request, _("Saved."))
    return True


def done(request: HttpRequest, write: Callable[[], models.Model], *, said: str) -> None:
    """Do what a button asks, once, and say so, or why not. ``write`` gives the record that it was done to."""
    sent = Sent(request)
    try:
        if not sent.earlier():
            sent.once(write)
    except ActionError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, said)
