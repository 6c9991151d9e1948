"""One way from a form to an action, for the pages where a refusal is shown on the form."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.actions.errors import ActionError
from hotline.accounts.access import signed_in
from hotline.forms import MetadataForm


def saved(request: HttpRequest, form: MetadataForm, action: Callable[..., Any], **known: Any) -> bool:
    """Whether this was a POST, the form was right, and the action took it; the form bears what was refused.

    The action gets ``by`` and ``now``, what is ``known`` besides, and the form's fields.
    """
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        action(by=signed_in(request), now=timezone.now(), **known, **form.cleaned_data)
    except ActionError as error:
        form.add_error(error.field or None, error.message)
        return False
    messages.success(request, _("Saved."))
    return True
