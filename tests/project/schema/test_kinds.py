"""The patterns of columns: the same in PostgreSQL as in Python, and none takes what is not metadata."""

import random
import re

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.metadata_only import CODE, USERNAME, is_label
from hotline.metadata_only.kinds import CODE_SQL, LABEL_SQL, USERNAME_SQL
from hotline.metadata_only.tables import TABLES

CONTENT = [
    "https://x7.example/a/b?c=d", "hxxps://x7[.]example/a", "x7.example", "www.x7.example", "xn--e1afmkfd.xn--p1ai",
    "somebody@x7.example", "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"[:60], "/home/a/b.jpg", "C:\\a\\b.jpg",
    "192.0.2.14", "2001:db8::7", "aHR0cHM6Ly94Ny5leGFtcGxl", "+31612345678", "0612345678", "06-12345678",
    "4111111111111111", "<script>a</script>", "' OR 1=1 --", "\uff48\uff54\uff54\uff50\uff1a", "\u202egpj.a",
    "\u0445\u0430", "a\nb", "a\tb", "a\x00b"[:1] + "\x01",
]  # fmt: skip
# Words that no pattern for sentences can tell from others.
WORDS = {"' OR 1=1 --"}


def in_postgresql(text: str, pattern: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s ~ %s", [text, pattern])
        return cursor.fetchone()[0]


def patterns() -> list[tuple[str, str]]:
    found = {
        (kind.name, kind.pattern)
        for kinds in TABLES.values()
        for kind in kinds.values()
        if kind.pattern and not kind.exception
    }
    return sorted(found)


# Keys, digests, sealed secrets and names in the code are made by the machine: they may look like a hash or a path.
MACHINE = re.compile("SHA-256|digest|base64url|sealed|subject's key|key|line|name of the code|random reference")
ALPHABET = "aZé≤( ,'-09.:/@_\\\n7b"


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "pattern"), patterns())
def test_pattern_takes_no_content(name, pattern):
    if not MACHINE.search(name):
        taken = {text for text in CONTENT if in_postgresql(text, pattern)}
        assert taken <= (WORDS if name == "prose" else set())


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "pattern"), patterns())
def test_pattern_means_the_same_in_python(name, pattern):
    assert "\\" not in pattern
    there = re.compile(pattern.replace("$", r"\Z").replace("[\\Z]", "[$]"), re.DOTALL)
    dice = random.Random(pattern)  # noqa: S311 - made-up texts
    texts = ["".join(dice.choices(ALPHABET, k=dice.randrange(12))) for _ in range(200)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT t ~ %s FROM unnest(%s::text[]) WITH ORDINALITY u(t, n) ORDER BY n", [pattern, texts])
        assert [found for (found,) in cursor.fetchall()] == [bool(there.match(text)) for text in texts]


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, database=None)
@given(st.text(st.sampled_from("abcdefgh zZé≤(-,0123456789.@/\n"), max_size=40))
def test_the_database_takes_a_label_when_the_form_does(text):
    assert in_postgresql(text, LABEL_SQL) == is_label(text)


@pytest.mark.django_db
@settings(max_examples=100, deadline=None, database=None)
@given(st.text(st.sampled_from("abc_0123456789-. "), max_size=32))
def test_the_database_takes_codes_and_user_names_when_the_form_does(text):
    assert in_postgresql(text, CODE_SQL) == bool(CODE.match(text))
    assert in_postgresql(text, USERNAME_SQL) == bool(USERNAME.match(text))
