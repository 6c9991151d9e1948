"""Tables as blocks: what is said in a cell, what under the table, what it shows in a sentence, how it grew."""

from dataclasses import replace

import pytest
from django.utils import translation

from stats.coverage import Status
from stats.exports.pdf_growth import headline_growth, trend_growth
from stats.exports.pdf_sections import coverage_section
from stats.exports.pdf_tables import TEXT_WIDTH, table_blocks
from stats.exports.pdf_tell import tell
from stats.publication import AGE_GROUPS, DSA, HEADLINE, MONTHS, REMOVAL, TREND
from stats.tables import Bounds, Cell, Column, Part
from stats.words.presenters import MINUS
from tests.stats.exports.sample import FIVE, FULL, count, hidden, sample_publication

SUPPRESSED = "Suppressed (Q): below 5, or it would give such a number away by subtraction. It is not 0."


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def table(key, **more):
    return sample_publication(**more).table(key)


def with_cell(cell):
    """The table of sources with one other cell, its first."""
    known = table("source")
    first = replace(known.rows[0], cells=(cell, known.rows[0].cells[1]))
    return replace(known, rows=(first, *known.rows[1:]))


def block(known, **more):
    (found,) = table_blocks(known, threshold=5, **more)
    return found


def test_table_is_told_row_by_row_with_its_whole_marked():
    found = block(table("source"))
    assert [(row["label"], [cell["text"] for cell in row["cells"]], row["whole"]) for row in found["rows"]] == [
        ("public", ["101,000", "402,117"], False),
        ("partner hotline", ["26,431", "200,000"], False),
        ("not recorded", ["0", "0"], False),
        ("total", ["127,431", "602,117"], True),
    ]
    assert found["notes"] == []


@pytest.mark.parametrize(
    ("cell", "note"),
    [
        (count(7, Status.PROVISIONAL), "provisional: it may still change"),
        (count(7, Status.BREAK), "break in the series: counted otherwise than before"),
        (count(7, Status.BREAK, FIVE), "recorded in 5 of 12 months, and in part of 1 more"),
        (count(7, source="Offlimits"), "published total, not counted here; source: Offlimits"),
        (count(7, scheme="hotline.1+iwf.1"), "recorded in more than one age scheme: hotline.1, iwf.1"),
        (hidden(3), "not to leave the house: suppressed in what is published"),
        (
            Cell(value=None, status=Status.NORMAL, coverage=FULL, bounds=Bounds(3, 9)),
            "known only to lie within these bounds",
        ),
    ],
)
def test_what_must_be_known_of_a_number_is_a_note_with_a_mark(cell, note):
    found = block(with_cell(cell))
    assert found["rows"][0]["cells"][0]["marks"] == "a"
    assert found["notes"] == [("a", note)]
    assert {told["marks"] for row in found["rows"][1:] for told in row["cells"]} == {""}


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        (count(None, Status.SUPPRESSED), "suppressed"),
        (count(None, Status.NOT_COLLECTED), "not recorded"),
        (count(None, Status.PROVISIONAL), "not yet counted"),
    ],
)
def test_why_there_is_no_number_stands_in_its_place(cell, word):
    told = block(with_cell(cell))["rows"][0]["cells"][0]
    assert (told["text"], told["word"], told["marks"]) == (word, True, "")


def test_suppressed_is_explained_under_the_table_and_only_there():
    assert block(table("sex"))["notes"] == [("", SUPPRESSED)]
    assert block(table("sex", is_internal=True))["notes"] == [
        ("a", "not to leave the house: suppressed in what is published")
    ]
    assert block(table("source"))["notes"] == []


def test_share_has_its_fraction_below_it():
    found = block(table(HEADLINE))
    girls = next(row for row in found["rows"] if row["label"] == "Share showing girls")
    assert (girls["unit"], girls["cells"][0]["below"]) == ("%", ["190,001 of 197,402"])


def test_many_notes_have_letters_of_their_own():
    known = table("source")
    rows = tuple(replace(known.rows[0], cells=(count(place, source=f"s{place}"),) * 2) for place in range(28))
    marks = [mark for mark, _text in block(replace(known, rows=rows))["notes"]]
    assert len({*marks}) == 28
    assert marks[24:] == ["y", "z", "aa", "bb"]


def test_columns_of_a_family_stand_together_under_its_name():
    known = table("source")
    columns = tuple(
        Column(key=f"{content}.{answer}", label=f"{content}: {answer}", unit=known.columns[0].unit)
        for content in ("baseline", "national")
        for answer in ("removed", "none")
    )
    whole = Column(key="total", label="total", unit=known.columns[0].unit, part=Part.TOTAL)
    rows = tuple(replace(row, cells=row.cells[:1] * 5) for row in known.rows)
    found = table_blocks(replace(known, columns=(*columns, whole), rows=rows), threshold=5)
    assert [(one["part"], [column["label"] for column in one["columns"]]) for one in found] == [
        ("part 1 of 3: baseline", ["removed", "none"]),
        ("part 2 of 3: national", ["removed", "none"]),
        ("part 3 of 3", ["total"]),
    ]


def test_no_part_of_a_table_is_wider_than_the_page_and_none_is_lost():
    known = table("source")
    columns = tuple(Column(key=f"c{place}", label=f"Some figure {place}") for place in range(17))
    rows = tuple(replace(row, cells=tuple(count(10**9) for _column in columns)) for row in known.rows)
    found = table_blocks(replace(known, columns=columns, rows=rows), threshold=5)
    assert sum(len(one["columns"]) for one in found) == 17
    assert all(sum(one["widths"]) < TEXT_WIDTH - 60 for one in found)


def test_sentence_names_the_largest_parts_with_their_base():
    assert tell(table("source")) == [
        (
            "Reports, 127,431 in total: most were “public” (101,000, 79.3% of the total), followed by "
            "“partner hotline” (26,431, 20.7% of the total)."
        )
    ]


def test_sentence_says_what_has_no_answer_and_does_not_rank_what_is_suppressed():
    assert tell(table("sex"))[1] == "Without an answer: “undetermined” (34,502, 14.9% of the total)."
    assert tell(table("self_generated_sex")) == [
        "Self-generated: yes: of the parts that are published most were “girls” (70,000)."
    ]


def test_sentence_of_groups_that_hold_each_other_ranks_nothing():
    assert tell(table(AGE_GROUPS)) == []


def test_sentence_of_months_is_told_only_when_every_month_is_firm():
    months = table(MONTHS)
    assert tell(months) == []  # December is provisional
    firm = tuple(
        replace(row, cells=tuple(replace(cell, status=Status.NORMAL) for cell in row.cells)) for row in months.rows
    )
    assert tell(replace(months, rows=firm)) == [
        "Reports: most in December 2024 (11,243), fewest in January 2024 (10,000)."
    ]  # fmt: skip


def test_sentence_of_removal_and_notices_is_of_the_whole():
    known = table(REMOVAL)
    keys = ("sent", "removed_within_2d", "removed_within_28d")
    columns = tuple(Column(key=key, label=key) for key in keys)
    whole = replace(known.rows[0], part=Part.TOTAL, cells=(count(200), count(50), count(199)))
    assert tell(replace(known, columns=columns, rows=(whole,))) == [
        "removed_within_2d: 50 of 200 URLs that were sent (25.0%).",
        "removed_within_28d: 199 of 200 URLs that were sent (99.5%).",
    ]
    notices = replace(table(DSA), columns=(Column(key="total", label="total", part=Part.TOTAL),), rows=(whole,))
    assert tell(notices) == ["In total: 200."]


def test_growth_stands_below_the_number_or_the_reason_under_the_table():
    publication = sample_publication()
    headline = publication.table(HEADLINE)
    told = headline_growth(publication, headline)
    assert told(0, 0) == ("+7.8% on 2023", "")
    assert told(0, 1) == ("", "")
    assert told(3, 0) == ("", "No growth: the two periods were not recorded over the same months.")


def test_growth_over_years_is_never_across_sources():
    publication = sample_publication()
    trend = publication.table(TREND)
    told = trend_growth(publication, trend)
    urls = trend.column("urls")
    assert [told(row, urls) for row in range(4)] == [
        ("", ""),
        ("", "No growth: the two figures come from different sources."),
        ("+12.6% on 2022", ""),
        (f"{MINUS}2.6% on 2023", ""),
    ]


def test_growth_of_a_published_total_is_on_the_same_source():
    publication = sample_publication()
    trend = publication.table(TREND)
    values = {"2022": 999_999, "2022@inhope": 587_852, "2023@inhope": 785_322}
    rows = tuple(
        replace(trend.rows[0], key=key, cells=(count(value, source=key.partition("@")[2]),) * 3)
        for key, value in values.items()
    )
    told = trend_growth(publication, replace(trend, rows=rows))
    assert told(2, 0) == ("+33.6% on 2022", "")


def test_growth_is_refused_while_the_period_runs():
    running = sample_publication(released_date=sample_publication().facts.period.first)
    assert headline_growth(running, running.table(HEADLINE))(0, 0) == ("", "No growth: this period has not ended.")


def test_coverage_is_a_mark_for_each_month():
    publication = sample_publication()
    sex = publication.table("sex")
    rows = (
        replace(sex.rows[0], cells=tuple(replace(cell, coverage=FIVE) for cell in sex.rows[0].cells)),
        *sex.rows[1:],
    )
    tables = tuple(replace(one, rows=rows) if one is sex else one for one in publication.tables)
    matrix = coverage_section(replace(publication, tables=tables))["blocks"][1]
    assert {row["label"]: "".join(row["marks"]) for row in matrix["rows"]}["sex"] == "○○○○○○◐●●●●●"
    assert {row["label"]: "".join(row["marks"]) for row in matrix["rows"]}["reports"] == "●" * 12
