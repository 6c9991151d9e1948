"""What the API's views share."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """Errors as RFC 9457 problem details: field and rule, never the value."""
    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = {"type": "about:blank", "status": response.status_code, "errors": _codes(error)}
    response.content_type = "application/problem+json"
    return response


def _codes(error: Any) -> Any:
    codes = getattr(error, "get_codes", None)
    return codes() if codes else []
