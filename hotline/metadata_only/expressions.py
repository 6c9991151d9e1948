"""Reads the CHECKs that PostgreSQL writes back, as far as the list of columns needs. A leaf.

PostgreSQL writes one expression one way. So a pattern is compared as text, and what is not written just so does not
count: a weakened pattern, an OR beside it, a function around it.
"""

import re

from hotline.metadata_only import CODE
from hotline.metadata_only.kinds import Kind

_LITERAL = re.compile(r"'((?:[^']|'')*)'(?:::character varying|::text)?")


def conjuncts(expression: str) -> list[str]:
    """The parts of an expression that all have to hold: '(a AND b)' gives a and b."""
    inner = _unwrapped(expression)
    parts = _split(inner)
    return [inner] if len(parts) == 1 else [conjunct for part in parts for conjunct in conjuncts(part)]


def _unwrapped(expression: str) -> str:
    """Without the parentheses that go around the whole."""
    text = expression.strip()
    while text.startswith("(") and _closes(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _closes(text: str) -> int:
    """Where the parenthesis at the beginning is closed."""
    for place, depth in _depths(text):
        if depth == 0:
            return place
    return -1


def _depths(text: str) -> list[tuple[int, int]]:
    """The places outside literals, each with how many parentheses are open after it."""
    depth, quoted, found = 0, False, []
    for place, sign in enumerate(text):
        if sign == "'":
            quoted = not quoted
        elif not quoted:
            depth += (sign == "(") - (sign == ")")
            found.append((place, depth))
    return found


def _split(text: str) -> list[str]:
    """The parts of ``a AND b AND c`` at the outermost level."""
    outermost = {place for place, depth in _depths(text) if depth == 0}
    cuts = [m.start() for m in re.finditer(" AND ", text) if m.start() in outermost]
    starts = [0, *(cut + len(" AND ") for cut in cuts)]
    return [text[start:end] for start, end in zip(starts, [*cuts, len(text)], strict=True)]


def has_pattern(column: str, kind: Kind, said: set[str]) -> bool:
    """Whether one of the conjuncts is just the pattern of the kind."""
    name = column if kind.type == "text" else f"({column})::text"
    return f"{name} ~ {_quoted(kind.pattern)}::text" in said


def has_list(column: str, said: set[str]) -> bool:
    """Whether one of the conjuncts allows the column a list of plain codes, and nothing else."""
    name = re.escape(f"({column})::text")
    one = re.compile(rf"{name} = '(?:[^']|'')*'::text\Z")
    text = r"'(?:[^']|'')*'::character varying"
    many = re.compile(rf"{name} = ANY \(\(ARRAY\[{text}(?:, {text})*\]\)::text\[\]\)\Z")
    # The same, as it reads once a dump has been restored: each literal is cast by itself.
    restored = re.compile(rf"{name} = ANY \(ARRAY\[\({text}\)::text(?:, \({text}\)::text)*\]\)\Z")
    found = [part for part in said if one.match(part) or many.match(part) or restored.match(part)]
    return any(all(not code or CODE.match(code) for code in _LITERAL.findall(part)) for part in found)


def has_range(column: str, kind: Kind, said: set[str]) -> bool:
    """Whether the conjuncts keep the column within the range of the kind."""
    asked = [(sign, limit) for sign, limit in ((">=", kind.least), ("<=", kind.most)) if limit is not None]
    return all(said & {f"{column} {sign} {limit}", f"{column} {sign} '{limit}'::bigint"} for sign, limit in asked)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
