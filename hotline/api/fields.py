"""Fields that take one JSON type each, and serializers that take no field they do not know."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from hotline.api.problems import refuse
from hotline.metadata_only import ISO_DATE, MAX_COUNT

if TYPE_CHECKING:
    _Serializer = serializers.Serializer[Any]
    _Field = serializers.Field[Any, Any, Any, Any]
else:
    _Serializer = serializers.Serializer
    _Field = serializers.Field


class StrictSerializer(_Serializer):
    """Refuses an object with a field that is not declared. The answer says which there are, not which was sent."""

    def to_internal_value(self, data: Any) -> Any:
        """The validated fields. Raises ``ValidationError``."""
        if isinstance(data, Mapping) and not data.keys() <= self.fields.keys():
            names = ", ".join(sorted(name for name, field in self.fields.items() if not field.read_only))
            raise refuse(_("There is a field that is not known here. Known are: %s.") % names, "unknown_field")
        return super().to_internal_value(data)


class WholeNumber(_Field):
    """A JSON integer from 0 to 1,000,000: no text, no fraction, no true."""

    default_error_messages = {
        "not_a_number": _("Give a whole number from 0 to 1,000,000."),
    }

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if type(data) is not int or not 0 <= data <= MAX_COUNT:
            self.fail("not_a_number")
        return int(data)

    def to_representation(self, value: int) -> int:
        """The number."""
        return value


class Day(_Field):
    """A date as text, YYYY-MM-DD."""

    default_error_messages = {"not_a_date": _("Give a date as YYYY-MM-DD.")}

    def to_internal_value(self, data: Any) -> date:
        """The date."""
        try:
            return date.fromisoformat(data if isinstance(data, str) and ISO_DATE.match(data) else "")
        except ValueError:
            self.fail("not_a_date")

    def to_representation(self, value: date) -> str:
        """The date as text."""
        return value.isoformat()


class Code(_Field):
    """A code as text: of a list, or one of ``among``. Whether a list has it is asked for all codes at once."""

    default_error_messages = {"not_a_code": _("Give a code of the list.")}

    def __init__(self, *, among: list[str] | None = None, **options: Any) -> None:
        self.among = among
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        """The code."""
        longest = 32
        if not isinstance(data, str) or len(data) > longest or (self.among is not None and data not in self.among):
            self.fail("not_a_code")
        return str(data)

    def to_representation(self, value: Any) -> Any:
        """The code as it is."""
        return value
