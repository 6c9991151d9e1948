"""What an endpoint refuses with before any action is asked. A leaf: DRF's views import the parsers that raise it."""

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException


class BodyTooBigError(APIException):
    """More than a request may carry."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_big"
    default_detail = _("This is more than a request may carry.")


class VersionMissingError(APIException):
    """An amend that does not say which version of the record it was made for."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "version_missing"
    default_detail = _("Send If-Match with the ETag that the record was read with.")
