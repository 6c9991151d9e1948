"""Holds the database itself to the list of columns: ``manage.py check_schema``, and the tests."""

from collections.abc import Iterator

from hotline.metadata_only.catalogue import Catalogue, Column, Cursor, read
from hotline.metadata_only.expressions import conjuncts, has_list, has_pattern, has_range
from hotline.metadata_only.findings import Finding, Rule
from hotline.metadata_only.kinds import Kind
from hotline.metadata_only.tables import TABLES
from hotline.metadata_only.things import DEFAULTS, FUNCTIONS, LANGUAGES, TRIGGERS


def check_database(cursor: Cursor) -> list[Finding]:
    """Everything in the database that the list does not allow, in order. Writes nothing, and reads no row."""
    there = read(cursor)
    found = [*_relations(there), *_columns(there), *_triggers(there), *_functions(there), *_others(there)]
    return sorted(set(found))


def _relations(there: Catalogue) -> Iterator[Finding]:
    for name, (kind, persistence) in there.relations.items():
        if kind != "r":
            yield Finding(name, Rule.RELATION)
        elif name not in TABLES:
            yield Finding(name, Rule.UNLISTED)
        if persistence != "p":
            yield Finding(name, Rule.UNLOGGED)
    for name in TABLES.keys() - there.relations.keys():
        yield Finding(name, Rule.MISSING)


def _columns(there: Catalogue) -> Iterator[Finding]:
    for table, kinds in TABLES.items():
        said = {part for expression in there.checks.get(table, ()) for part in conjuncts(expression)}
        whole = set(there.checks.get(table, ()))
        columns = there.columns.get(table, {})
        for name, column in columns.items():
            place = f"{table}.{name}"
            if name not in kinds:
                yield Finding(place, Rule.UNLISTED)
                continue
            for rule in _broken(column, kinds[name], said, whole):
                yield Finding(place, rule)
            to = kinds[name].to
            if to and (name, to) not in there.foreign_keys.get(table, ()):
                yield Finding(place, Rule.REFERS)
        for name in kinds.keys() - columns.keys() if columns else ():
            yield Finding(f"{table}.{name}", Rule.MISSING)


def _broken(column: Column, kind: Kind, said: set[str], whole: set[str]) -> Iterator[Rule]:
    if column.type != kind.type:
        yield Rule.TYPE
    if column.is_generated:
        yield Rule.GENERATED
    elif column.default is not None and column.default not in DEFAULTS:
        yield Rule.DEFAULT
    if kind.pattern and not has_pattern(column.quoted, kind, said):
        yield Rule.PATTERN
    if kind.listed and not has_list(column.quoted, said):
        yield Rule.LISTED
    if not has_range(column.quoted, kind, said):
        yield Rule.RANGE
    if kind.spelled and kind.spelled not in whole:
        yield Rule.SPELLED


def _triggers(there: Catalogue) -> Iterator[Finding]:
    for table, triggers in there.triggers.items():
        for name, is_internal, is_on in triggers:
            # The internal ones are those of foreign keys: they are switched off with the others.
            place = table if is_internal else f"{table}.{name}"
            if not is_on:
                yield Finding(place, Rule.TRIGGER_OFF)
            if not is_internal and name not in TRIGGERS.get(table, ()):
                yield Finding(place, Rule.TRIGGER)
    for table, names in TRIGGERS.items():
        for name in set(names) - {name for name, *_ in there.triggers.get(table, ())}:
            yield Finding(f"{table}.{name}", Rule.TRIGGER_MISSING)


def _functions(there: Catalogue) -> Iterator[Finding]:
    for name, language in there.functions:
        if language not in LANGUAGES:
            yield Finding(name, Rule.LANGUAGE)
        if name not in FUNCTIONS:
            yield Finding(name, Rule.FUNCTION)


def _others(there: Catalogue) -> Iterator[Finding]:
    for rule, names in there.others.items():
        for name in names:
            yield Finding(name, Rule[rule])
