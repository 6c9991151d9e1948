"""What every endpoint is: who may enter, the key that a write comes with, and the version it was made for."""

import re
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.actions import keys
from cases.actions.errors import ChangedMeanwhileError
from cases.actions.keys import Answer, KeyMissingError
from hotline.accounts.access import Declaration, signed_in
from hotline.accounts.models import User
from hotline.api.errors import VersionMissingError
from hotline.api.fields import StrictSerializer

# As the header's draft has it, in quotes, or bare as most clients send it.
_KEY = re.compile(r'"?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})"?\Z')
_VERSION = re.compile(r'"([0-9]{1,9})"\Z')
S = TypeVar("S", bound=StrictSerializer)


class HotlineView(APIView):
    """An endpoint. It declares ``permission`` as pages do."""

    permission: Declaration

    @property
    def by(self) -> User:
        """Who asks."""
        return signed_in(self.request)

    def once(self, verb: str, write: Callable[[], Answer]) -> Answer:
        """Write what this request asks, or give the answer it was given before under the same Idempotency-Key.

        ``write`` reads and checks the body as well: what was written is answered again whatever has changed since. It
        runs in one transaction with the key. Raises ``KeyMissingError`` (400), ``KeyReusedError`` (422),
        ``InFlightError`` (409), and what ``write`` raises.
        """
        match = _KEY.match(self.request.headers.get("Idempotency-Key", ""))
        if match is None:
            raise KeyMissingError
        return keys.once(
            key=uuid.UUID(match[1]),
            by=self.by,
            verb=verb,
            content={"address": self.request.get_full_path(), "body": self.request.data},
            write=write,
            now=timezone.now(),
            wait=False,
        )

    def checked(self, serializer: type[S], **options: Any) -> S:
        """The body, checked. Raises ``ValidationError``."""
        checked = serializer(data=self.request.data, context=self.get_serializer_context(), **options)
        checked.is_valid(raise_exception=True)
        return checked

    def get_serializer_context(self) -> dict[str, Any]:
        """What serializers may ask."""
        return {"request": self.request, "view": self}

    def expected_version(self) -> int:
        """The version that an amend was made for, by If-Match; ``*`` is none.

        Raises ``VersionMissingError`` (428), ``ChangedMeanwhileError`` (412) for a tag that never was one of ours.
        """
        said = self.request.headers.get("If-Match")
        if said is None:
            raise VersionMissingError
        match = _VERSION.match(said)
        if match is None:
            raise ChangedMeanwhileError
        return int(match[1])


def versioned(
    request: Request, data: Any, *, version: int, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """An answer with its version as ETag; 304 without a body for who has it already."""
    tag = f'"{version}"'
    if request.method in {"GET", "HEAD"} and tag in request.headers.get("If-None-Match", "").split(", "):
        return Response(status=304, headers={"ETag": tag})
    return Response(data, status=status, headers={"ETag": tag, **(headers or {})})


def repeated(answer: Answer) -> dict[str, str]:
    """The header that says so when an answer is given once more."""
    return {"Idempotency-Replayed": "true"} if answer.is_repeat else {}
