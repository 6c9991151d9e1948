"""What a check found: a place, and the rule that is broken there. A leaf."""

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """The rules of tables and columns, in the words that people read. A finding never shows a value."""

    UNLISTED = "is not in the list of columns (hotline/metadata_only/tables.py)"
    MISSING = "is in the list of columns, and is not there"
    TYPE = "is not of the type that its kind has"
    FREE_TEXT = "is of a field that takes free text, files or addresses"
    PATTERN = "lacks the CHECK with the pattern of its kind, validated and enforced"
    LISTED = "lacks a CHECK that lists its codes, validated and enforced"
    RANGE = "lacks the CHECK with the range of its kind, validated and enforced"
    REFERS = "lacks the foreign key of its kind, validated and enforced"
    SPELLED = "lacks the CHECK that its exception stands on, validated and enforced"
    DEFAULT = "has a default that is not in the list"
    GENERATED = "is generated from other columns"
    COMMENT = "has a comment: text that nobody checks"
    RELATION = "is no ordinary table"
    UNLOGGED = "is not logged: gone after a crash"
    SCHEMA = "is a schema beside public"
    EXTENSION = "is an extension; none but plpgsql is used"
    TYPE_MADE = "is a type of its own"
    FUNCTION = "is a function that is not in the list"
    LANGUAGE = "is a function in another language than SQL and plpgsql"
    TRIGGER = "is a trigger that is not in the list"
    TRIGGER_MISSING = "is a trigger that is missing"
    TRIGGER_OFF = "is a trigger that is switched off"
    REWRITE = "is a rule that rewrites statements"
    LARGE_OBJECT = "is a large object"
    CARRIED_OUT = "carries rows out of the database or text into it"


@dataclass(frozen=True, order=True)
class Finding:
    """One rule that is broken. ``place``: TABLE.COLUMN, or the name of the thing."""

    place: str
    rule: Rule

    def __str__(self) -> str:
        return f"{self.place} {self.rule.value}"
