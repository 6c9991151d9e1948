"""One row's cells against the rules that need no other row."""

from datetime import date

import pytest

from cases.codes import Dimension
from cases.importing.cells import BIT, CellReader, RuleBroken, count, real_date
from cases.importing.code_lists import KnownCodes, OutcomeMeaning
from cases.importing.columns import HEAD, TAIL
from cases.importing.faults import Rule

CODES = KnownCodes(
    sources=frozenset({"public", "police"}),
    outcomes={
        "confirmed_baseline": OutcomeMeaning("confirmed", 1),
        "not_illegal": OutcomeMeaning("not_confirmed", 4),
    },
    sexes=frozenset({"girls", "undetermined"}),
    age_bands={("6", "9"): "6-9", ("10", "11"): "10-11", ("undetermined", ""): "undetermined"},
    hosting_countries=frozenset({"NL", "not_traceable"}),
    site_types=frozenset({"forum"}),
)
READER = CellReader(CODES, date(2026, 3, 10), lambda day: BIT[Dimension.SEX] if day.year < 2024 else 0)
CONFIRMED = {"outcome": "confirmed_baseline", "self_generated": "yes", "sex": "girls", "age_from": "6", "age_to": "9"}


def head(**cells):
    given = {"received_date": "2026-03-10", "source": "public"} | cells
    return READER.head(1, tuple(given[name] for name in HEAD))


def tail(**cells):
    return READER.tail(1, tuple(cells.get(name, "") for name in TAIL))


def test_a_head_is_read():
    found = head(received_date="2024-02-29", source="police")
    assert (found.received_date, found.source, found.unheld, found.faults) == (date(2024, 2, 29), "police", 0, [])


def test_a_day_that_the_ledger_does_not_hold_is_marked():
    assert head(received_date="2023-12-31").unheld == BIT[Dimension.SEX]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", Rule.REQUIRED),
        ("2026-03-11", Rule.IN_THE_FUTURE),
        ("1989-12-31", Rule.TOO_EARLY),
        ("2026-02-29", Rule.DATE),
        ("2026-3-1", Rule.DATE),
        ("20260301", Rule.DATE),
        ("2026-W10-1", Rule.DATE),
        ("01-03-2026", Rule.DATE),
        ("2026-03-01\n", Rule.DATE),
        (" 2026-03-01", Rule.DATE),
        ("\uff12026-03-01", Rule.DATE),
        ("0000-00-00", Rule.DATE),
        ("2026-03-01T00:00", Rule.DATE),
        ("2" * 65, Rule.TOO_LONG),
        ("2026\0", Rule.NUL),
        ("2026\udcff", Rule.NOT_UTF8),
    ],
)
def test_a_date_that_is_refused(text, rule):
    assert head(received_date=text).faults == [("received_date", rule)]


@pytest.mark.parametrize("text", ["1990-01-01", "2026-03-10"])
def test_the_first_and_the_last_date(text):
    assert head(received_date=text).faults == []


@pytest.mark.parametrize(
    ("text", "rule"), [("", Rule.REQUIRED), ("Public", Rule.UNKNOWN_CODE), ("public ", Rule.UNKNOWN_CODE)]
)
def test_a_source_that_is_refused(text, rule):
    assert head(source=text).faults == [("source", rule)]


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("1000000", 1_000_000), ("0000012", 12)])
def test_a_count(text, number):
    assert count(text) == number


@pytest.mark.parametrize(
    "text",
    ["-1", "+1", "1.0", "1e3", "0x1", "1_000", "1 000", "1,000", " 1", "1\n", "٣", "\uff11", "1000001", "12345678"],
)
def test_a_count_that_is_refused(text):
    with pytest.raises(RuleBroken) as refused:
        count(text)
    assert refused.value.rule == Rule.WHOLE_NUMBER


def test_a_date_alone():
    assert real_date("2024-02-29") == date(2024, 2, 29)


def test_a_tail_is_read():
    found = tail(**CONFIRMED, hosting_country="not_traceable", site_type="forum")
    assert found.faults == []
    assert (found.outcome, found.counts_as, found.precedence) == ("confirmed_baseline", "confirmed", 1)
    assert found.details == {
        Dimension.SELF_GENERATED: "yes",
        Dimension.SEX: "girls",
        Dimension.AGE_BAND: "6-9",
        Dimension.HOSTING_COUNTRY: "not_traceable",
        Dimension.SITE_TYPE: "forum",
    }
    assert found.recorded == sum(BIT.values())


def test_what_is_empty_is_not_recorded():
    found = tail(outcome="confirmed_baseline", age_from="undetermined")
    assert found.details == {Dimension.AGE_BAND: "undetermined"}
    assert found.recorded == BIT[Dimension.AGE_BAND]


def test_without_an_outcome_all_must_be_empty():
    assert tail().is_unassessed
    found = tail(sex="girls", age_to="9")
    assert found.faults == [("sex", Rule.NEEDS_OUTCOME), ("age_to", Rule.NEEDS_OUTCOME)]


def test_details_of_what_is_not_confirmed_are_refused_one_by_one():
    found = tail(outcome="not_illegal", self_generated="no", hosting_country="NL")
    assert found.faults == [("self_generated", Rule.ONLY_CONFIRMED), ("hosting_country", Rule.ONLY_CONFIRMED)]


def test_every_fault_of_a_row_is_found():
    found = tail(outcome="confirmed", self_generated="maybe", sex="women", age_from="6", age_to="10", site_type="x")
    assert sorted(found.faults) == [
        ("age_from", Rule.AGE_BAND),
        ("outcome", Rule.UNKNOWN_CODE),
        ("self_generated", Rule.UNKNOWN_CODE),
        ("sex", Rule.UNKNOWN_CODE),
        ("site_type", Rule.UNKNOWN_CODE),
    ]


@pytest.mark.parametrize(
    ("first", "last", "fault"),
    [
        ("6", "", ("age_to", Rule.AGE_PAIR)),
        ("", "9", ("age_from", Rule.AGE_PAIR)),
        ("", "undetermined", ("age_from", Rule.AGE_PAIR)),
        ("6", "8", ("age_from", Rule.AGE_BAND)),
        ("9", "6", ("age_from", Rule.AGE_BAND)),
        ("undetermined", "9", ("age_from", Rule.AGE_BAND)),
        ("18", "20", ("age_from", Rule.AGE)),
        ("6", "18", ("age_to", Rule.AGE)),
        ("06", "9", ("age_from", Rule.AGE)),
        ("-1", "9", ("age_from", Rule.AGE)),
        ("6-9", "", ("age_from", Rule.AGE)),
        ("6", "x" * 65, ("age_to", Rule.TOO_LONG)),
    ],
)
def test_an_age_that_is_refused(first, last, fault):
    found = tail(outcome="confirmed_baseline", age_from=first, age_to=last)
    assert found.faults == [fault]


def test_the_same_meaning_has_the_same_content():
    assert tail(outcome="not_illegal").content != tail(outcome="confirmed_baseline").content
    assert tail().content != tail(outcome="not_illegal").content
    assert tail(**CONFIRMED).content == tail(**CONFIRMED).content
