"""The CHECKs that the list of columns asks for, as a model's Meta takes them: the pattern stands in the list alone."""

from django.db import models
from django.db.models import Q

from hotline.metadata_only.tables import TABLES


def patterns_of(table: str, *, but: tuple[str, ...] = ()) -> tuple[models.CheckConstraint, ...]:
    """A CHECK for each column of the table that has a pattern, but for those whose CHECK the model spells out."""
    return tuple(
        models.CheckConstraint(
            name=f"{_short(table)}_{column}_is_plain", condition=Q(**{f"{column}__regex": kind.pattern})
        )
        for column, kind in TABLES[table].items()
        if kind.pattern and column not in but
    )


def _short(table: str) -> str:
    return table.partition("_")[2]
