"""Errors as RFC 9457 problem details: field and rule, never the value.

``type`` is an address of ours that ends in the rule (docs/api.md lists them), ``errors`` has one entry for each field
that breaks a rule. The name of an unknown field is the sender's own word, so it is not said back either.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from cases.actions.closing import ClosedMonthError
from cases.actions.errors import ActionError
from hotline.api.errors import BodyTooBigError

CONTENT_TYPE = "application/problem+json"
TYPES = "/api/v1/problems/"
# Where DRF puts what is wrong with the whole.
WHOLE = "non_field_errors"
# What an action refuses with, by its rule; any other rule is about a field.
STATUS_OF = {
    "not_allowed": status.HTTP_403_FORBIDDEN,
    "not_possible": status.HTTP_409_CONFLICT,
    "closed_month": status.HTTP_409_CONFLICT,
    "retired_month": status.HTTP_409_CONFLICT,
    "in_flight": status.HTTP_409_CONFLICT,
    "to_refer": status.HTTP_409_CONFLICT,
    "urls_left": status.HTTP_409_CONFLICT,
    "changed_meanwhile": status.HTTP_412_PRECONDITION_FAILED,
    "key_missing": status.HTTP_400_BAD_REQUEST,
}
# What an action says of a form, as a program is told it.
SAID_OF_A_FORM = {
    "key_missing": _("Send an Idempotency-Key with every write: a UUID that was never used before."),
    "key_reused": _("This Idempotency-Key was used before, for something else. Nothing was written."),
    "changed_meanwhile": _("The record is not as it was when it was read. Read it again."),
}


class Broken(NamedTuple):
    """A rule that was broken: the field's path with dots ('' for the whole), the rule's code, a sentence."""

    field: str
    rule: str
    message: str


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to what a view raised; None for what is our own fault."""
    if isinstance(error, ActionError):
        return _of_action(error)
    if isinstance(error, RequestDataTooBig):
        error = BodyTooBigError()
    response = exception_handler(error, context)
    if response is None:
        return None
    broken = list(_broken(getattr(error, "detail", error)))
    return _problem(response.status_code, broken, headers=dict(response.headers))


def _of_action(error: ActionError) -> Response:
    code = STATUS_OF.get(error.rule, status.HTTP_422_UNPROCESSABLE_ENTITY)
    message = SAID_OF_A_FORM.get(error.rule, error.message)
    response = _problem(code, [Broken(error.field.replace("-", "."), error.rule, str(message))])
    if isinstance(error, ClosedMonthError):
        response.data["months"] = [str(month) for month in error.months]
    return response


def _problem(code: int, broken: list[Broken], *, headers: dict[str, str] | None = None) -> Response:
    first = broken[0] if broken else Broken("", "error", "")
    rule = "invalid" if len(broken) > 1 or first.field else first.rule
    title = first.message if rule == first.rule else _("Some fields break a rule.")
    kept = {
        name: value for name, value in (headers or {}).items() if name in {"Allow", "Retry-After", "WWW-Authenticate"}
    }
    data = {
        "type": f"{TYPES}{rule}",
        "title": str(title),
        "status": code,
        "errors": [one._asdict() for one in broken],
    }
    return Response(data, status=code, headers=kept, content_type=CONTENT_TYPE)


def _broken(detail: Any, path: str = "") -> Iterator[Broken]:
    """Each broken rule of DRF's nested errors."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _broken(inner, path if name == WHOLE else f"{path}.{name}".lstrip("."))
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            yield from _broken(inner, path if isinstance(inner, ErrorDetail) else f"{path}.{place}")
    elif isinstance(detail, ErrorDetail):
        yield Broken(path, detail.code or "invalid", str(detail))
    else:
        yield Broken(
            path, "not_found" if isinstance(detail, Exception) else "invalid", str(_("There is nothing here."))
        )


def refuse(message: Any, rule: str, *, field: str = "") -> ValidationError:
    """The error of one field, or of the whole, to be raised."""
    error = [ErrorDetail(str(message), code=rule)]
    return ValidationError({field or WHOLE: error})
