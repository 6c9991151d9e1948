"""Holds the models to the list of columns: a system check, at every manage.py command and at every start.

It looks at models and never at a database, so it speaks before a migration is made.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error
from django.db import connection, models
from django.db.models import Q

from hotline.metadata_only import CODE
from hotline.metadata_only.findings import Finding, Rule
from hotline.metadata_only.kinds import Kind
from hotline.metadata_only.tables import TABLES

# Kept as varchar, so their type alone does not show what they are for.
FREE = (models.FileField, models.FilePathField, models.URLField, models.EmailField)
# Made by Django's migration recorder, which is no installed application.
NO_MODEL = {"django_migrations"}
OURS = ("hotline", "cases", "stats")


def check_models(app_configs: Iterable[AppConfig] | None = None, **_options: Any) -> list[CheckMessage]:  # noqa: ARG001
    """The system check: an error for each column that the list does not allow, whatever application it is of."""
    found = findings_of(apps.get_models(include_auto_created=True))
    missing = (
        TABLES.keys() - {_about(model).db_table for model in apps.get_models(include_auto_created=True)} - NO_MODEL
    )
    found += [Finding(table, Rule.MISSING) for table in missing]
    return [
        Error(str(finding), hint="hotline/metadata_only says what a column may be.", id="metadata_only.E001")
        for finding in sorted(found)
    ]


def _about(model: type[models.Model]) -> Any:
    return model._meta  # noqa: SLF001 - so called, and documented for everybody


def findings_of(there: Iterable[type[models.Model]]) -> list[Finding]:
    """What the list does not allow in these models."""
    return [finding for model in there if not _about(model).proxy for finding in _findings(model)]


def _findings(model: type[models.Model]) -> Iterator[Finding]:
    about = _about(model)
    table = about.db_table
    if table not in TABLES:
        yield Finding(table, Rule.UNLISTED)
        return
    kinds = TABLES[table]
    said = [part for constraint in about.constraints for part in _conditions(constraint)]
    columns = {str(field.column): field for field in about.local_concrete_fields}
    if about.db_table_comment:
        yield Finding(table, Rule.COMMENT)
    for name, field in columns.items():
        if name not in kinds:
            yield Finding(f"{table}.{name}", Rule.UNLISTED)
            continue
        for rule in _broken(field, kinds[name], said, is_ours=model.__module__.startswith(OURS)):
            yield Finding(f"{table}.{name}", rule)
    for name in kinds.keys() - columns.keys():
        yield Finding(f"{table}.{name}", Rule.MISSING)


def _broken(
    field: "models.Field[Any, Any]", kind: Kind, said: list[tuple[str, Any]], *, is_ours: bool
) -> Iterator[Rule]:
    if isinstance(field, FREE):
        yield Rule.FREE_TEXT
    # Django makes some keys of its own tables as another whole number than their models say.
    if type_of(field) != kind.type and (is_ours or {type_of(field), kind.type} != {"integer", "bigint"}):
        yield Rule.TYPE
    if field.db_comment:
        yield Rule.COMMENT
    if not is_ours:
        return  # the database alone has the CHECKs of other people's tables
    if kind.pattern and (f"{field.name}__regex", kind.pattern) not in said:
        yield Rule.PATTERN
    if kind.listed and not any(name == f"{field.name}__in" and _are_codes(value) for name, value in said):
        yield Rule.LISTED


def type_of(field: "models.Field[Any, Any]") -> str:
    """The column's type as PostgreSQL writes it, from what Django would make. Asks no database."""
    made = str(field.db_parameters(connection)["type"])
    return made.replace("varchar", "character varying").replace(", ", ",")


def _conditions(constraint: models.BaseConstraint) -> Iterator[tuple[str, Any]]:
    """The lookups that all have to hold by a CHECK."""
    if isinstance(constraint, models.CheckConstraint) and isinstance(constraint.condition, Q):
        yield from _all_of(constraint.condition)


def _all_of(condition: Q) -> Iterator[tuple[str, Any]]:
    if condition.negated or (condition.connector != Q.AND and len(condition.children) > 1):
        return
    for child in condition.children:
        if isinstance(child, Q):
            yield from _all_of(child)
        elif isinstance(child, tuple):
            yield child


def _are_codes(value: Any) -> bool:
    return all(isinstance(code, str) and (not code or CODE.match(code)) for code in value)
