"""Reads what there is in the database, from PostgreSQL's own catalogue: names and rules, never a row."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol


class Cursor(Protocol):
    """What is asked of a cursor, Django's or psycopg's."""

    def execute(self, query: Any, /) -> Any: ...  # noqa: D102 - as every cursor has it
    def fetchall(self) -> list[Any]: ...  # noqa: D102


# Django's cursor takes a % for a parameter only when it is given some, so LIKE can be used here.
COLUMNS = """
SELECT c.relname, quote_ident(a.attname), a.attname, format_type(a.atttypid, a.atttypmod),
       pg_get_expr(d.adbin, d.adrelid), a.attgenerated <> ''
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
"""
RELATIONS = """
SELECT relname, relkind, relpersistence FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('i', 'I', 'S')
"""
CHECKS = """
SELECT conrelid::regclass::text, pg_get_expr(conbin, conrelid) FROM pg_constraint
WHERE contype = 'c' AND convalidated AND conenforced AND connamespace = 'public'::regnamespace AND conrelid <> 0
"""
FOREIGN_KEYS = """
SELECT conrelid::regclass::text, a.attname, confrelid::regclass::text FROM pg_constraint
JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = ANY (conkey)
WHERE contype = 'f' AND convalidated AND conenforced AND connamespace = 'public'::regnamespace
"""
TRIGGERS = """
SELECT tgrelid::regclass::text, tgname, tgisinternal, tgenabled IN ('O', 'A') FROM pg_trigger
"""
FUNCTIONS = """
SELECT proname, lanname FROM pg_proc JOIN pg_language l ON l.oid = prolang
WHERE pronamespace = 'public'::regnamespace
"""
# What there should be none of. The key of each is a name of Rule.
NONE_OF = {
    "SCHEMA": "SELECT nspname FROM pg_namespace WHERE nspname NOT IN ('public', 'information_schema') "
    "AND nspname !~ '^pg_'",
    "EXTENSION": "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'",
    "TYPE_MADE": "SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace "
    "AND (typtype IN ('d', 'e', 'r', 'm') OR typtype = 'b' AND typelem = 0)",
    "REWRITE": "SELECT ev_class::regclass || '.' || rulename FROM pg_rewrite WHERE oid >= 16384 "
    "AND rulename <> '_RETURN'",
    "LARGE_OBJECT": "SELECT oid::text FROM pg_largeobject_metadata",
    "COMMENT": "SELECT i.identity FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) i "
    "WHERE d.objoid >= 16384 UNION ALL SELECT 'public' FROM pg_description "
    "WHERE objoid = 'public'::regnamespace AND description <> 'standard public schema' "
    "UNION ALL SELECT 'the database' FROM pg_shdescription s JOIN pg_database b ON b.oid = s.objoid "
    "WHERE b.datname = current_database()",
    "CARRIED_OUT": "SELECT srvname FROM pg_foreign_server UNION ALL SELECT fdwname FROM pg_foreign_data_wrapper "
    "UNION ALL SELECT pubname FROM pg_publication UNION ALL SELECT subname FROM pg_subscription "
    "UNION ALL SELECT evtname FROM pg_event_trigger",
}


@dataclass(frozen=True)
class Column:
    """A column as the catalogue has it; ``quoted`` is its name as PostgreSQL writes it in an expression."""

    quoted: str
    type: str
    default: str | None
    is_generated: bool


@dataclass(frozen=True)
class Catalogue:
    """What there is, by table: ``relations`` (kind, persistence), columns, expressions of the CHECKs that hold, pairs
    of column and table of the foreign keys that hold, triggers (name, is internal, is on). ``functions``: name and
    language. ``others``: the names of what there should be none of, by the name of the rule.
    """

    relations: dict[str, tuple[str, str]]
    columns: dict[str, dict[str, Column]]
    checks: dict[str, list[str]]
    foreign_keys: dict[str, set[tuple[str, str]]]
    triggers: dict[str, list[tuple[str, bool, bool]]]
    functions: list[tuple[str, str]]
    others: dict[str, list[str]] = field(default_factory=dict)


def read(cursor: Cursor) -> Catalogue:
    """Everything, with eleven or so quick queries. Any role may read the catalogue."""

    def rows(query: str) -> Iterable[Any]:
        cursor.execute(query)
        return cursor.fetchall()

    columns: dict[str, dict[str, Column]] = defaultdict(dict)
    for table, quoted, name, *rest in rows(COLUMNS):
        columns[table][name] = Column(quoted, *rest)
    checks, keys, triggers = defaultdict(list), defaultdict(set), defaultdict(list)
    for table, expression in rows(CHECKS):
        checks[table].append(expression)
    for table, column, other in rows(FOREIGN_KEYS):
        keys[table].add((column, other))
    for table, *trigger in rows(TRIGGERS):
        triggers[table].append(tuple(trigger))
    return Catalogue(
        relations={name: (kind, persistence) for name, kind, persistence in rows(RELATIONS)},
        columns=columns,
        checks=checks,
        foreign_keys=keys,
        triggers=triggers,
        functions=list(rows(FUNCTIONS)),
        others={rule: [name for (name,) in rows(query)] for rule, query in NONE_OF.items()},
    )
