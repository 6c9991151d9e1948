"""Bodies: JSON as RFC 8259 has it, no larger and no deeper than there is use for."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from hotline.api.errors import BodyTooBigError


class StrictJSONParser(BaseParser):
    """JSON in UTF-8 without NaN, without a name that occurs twice in one object, and of a bounded size.

    Raises ``ParseError`` with code ``not_json``, ``BodyTooBigError``. Neither repeats what was sent.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - DRF's signature
    ) -> Any:
        """What the body says."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise BodyTooBigError
        try:
            return json.loads(body.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_once_each)
        except (ValueError, RecursionError):
            raise ParseError(_("The body is not JSON, or not as strictly as it has to be."), "not_json") from None


def _refuse(_constant: str) -> Any:
    msg = "NaN and Infinity are no JSON"
    raise ValueError(msg)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "a name occurs twice"
        raise ValueError(msg)
    return found
