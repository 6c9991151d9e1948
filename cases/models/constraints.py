"""One helper for each kind of rule that the database itself keeps."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from hotline.metadata_only import MAX_COUNT


def one_of(field: str, choices: type[models.TextChoices], *, name: str) -> models.CheckConstraint:
    """The field holds one of these codes, or NULL where the column allows it."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": choices.values}))


def count(field: str, *, name: str, least: int = 0) -> models.CheckConstraint:
    """The field is a whole number from ``least`` to the largest count there is."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__gte": least, f"{field}__lte": MAX_COUNT}))


def not_before(later: str, earlier: str, *, name: str) -> models.CheckConstraint:
    """One date is not before another; a NULL passes."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{later}__gte": F(earlier)}))


def matches(field: str, pattern: str, *, name: str) -> models.CheckConstraint:
    """The field fits a pattern, in PostgreSQL's regular expressions."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__regex": pattern}))


def together(first: str, second: str, *, name: str) -> models.CheckConstraint:
    """Both fields are NULL, or neither is."""
    both: dict[str, Any] = {f"{first}__isnull": True, f"{second}__isnull": True}
    neither: dict[str, Any] = {f"{first}__isnull": False, f"{second}__isnull": False}
    return models.CheckConstraint(name=name, condition=Q(**both) | Q(**neither))
