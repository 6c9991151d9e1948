"""A CHECK that lists codes reads otherwise once a dump was put back; both ways count, and nothing looser does."""

import pytest

from hotline.metadata_only.expressions import has_list

MADE = "(kind)::text = ANY ((ARRAY['a'::character varying, 'b_c'::character varying])::text[])"
RESTORED = "(kind)::text = ANY (ARRAY[('a'::character varying)::text, ('b_c'::character varying)::text])"


@pytest.mark.parametrize("expression", [MADE, RESTORED])
def test_a_list_of_codes_counts_however_it_was_made(expression):
    assert has_list("kind", {expression})


@pytest.mark.parametrize("expression", [MADE, RESTORED])
@pytest.mark.parametrize(
    ("what", "by"), [("'a'", "'Any Text'"), ("'a'", "other"), ("(kind)", "(other)"), ("= ANY", "<> ANY")]
)
def test_what_is_looser_does_not_count(expression, what, by):
    assert not has_list("kind", {expression.replace(what, by)})
    assert not has_list("kind", {f"{expression} OR true"})
