"""A form's key, as pages carry it: drawn fresh with every form, and sent back with it."""

import re
import uuid
from collections.abc import Callable
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from cases.actions import keys
from cases.actions.keys import Answer, KeyMissingError, KeyReusedError
from hotline.accounts.access import signed_in

FORM_KEY = "form_key"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
# What a form sends that is not what it asks. That closed months are confirmed is part of how it is asked.
NOT_CONTENT = ("csrfmiddlewaretoken", FORM_KEY, "confirmed_months")


class Sent:
    """A form that was sent: what it asks is its address and its fields, and its verb is the name of the route."""

    def __init__(self, request: HttpRequest) -> None:
        self.key = _key_of(request.POST.get(FORM_KEY))
        self.by = signed_in(request)
        self.verb = (request.resolver_match and request.resolver_match.url_name) or ""
        fields: dict[str, Any] = {name: values for name, values in request.POST.lists() if name not in NOT_CONTENT}
        self.content = {"address": request.get_full_path(), "fields": fields}
        self.is_broken = FORM_KEY in request.POST and self.key is None

    def earlier(self) -> Answer | None:
        """The answer this was given before, if it was: asked before the form is looked at, as the world has moved on.

        A key that was used for something else is refused when it comes to writing.
        """
        if self.key is None:
            return None
        try:
            return keys.answer_to(keys.Sending(key=self.key, by=self.by, verb=self.verb, content=self.content))
        except KeyReusedError:
            return None

    def once(self, write: Callable[[], models.Model], *, needs_key: bool = False) -> Answer:
        """Write what was sent, once; the answer leads to the record that ``write`` gives.

        A form without a key is written without this guard, where it does not need one.

        Raises ``ActionError``.
        """
        if self.is_broken or (needs_key and self.key is None):
            raise KeyMissingError
        if self.key is None:
            return Answer.to(write())
        return keys.once(
            key=self.key,
            by=self.by,
            verb=self.verb,
            content=self.content,
            write=lambda: Answer.to(write()),
            now=timezone.now(),
        )


def _key_of(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text and _UUID.match(text) else None
