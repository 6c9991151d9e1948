"""The annual report's sections, and what it says of last year's figures."""

from dataclasses import replace

import pytest
from django.utils import translation

from stats.exports.pdf_report import DIFFERENCES_SHOWN, changes_section, report_sections
from stats.publication import HEADLINE, TREND
from stats.words.presenters import MINUS
from tests.stats.exports.pdf_samples import changes, last_year
from tests.stats.exports.sample import sample_publication


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def texts(section):
    return [block["text"] for block in section["blocks"] if block["is"] == "text"]


def test_report_goes_from_the_year_in_short_to_definitions():
    sections = report_sections(sample_publication(), last=last_year(), differences=changes())
    assert [section["title"] for section in sections if section["level"] == 1] == [
        *("The year in short", "Year by year", "Month by month", "What came in", "What was found"),
        *("Where it was hosted", "What was passed on", "What was recorded, and when", "Changes since the last report"),
        "Definitions",
    ]


def test_every_table_is_in_the_report_also_one_that_no_chapter_knows():
    publication = sample_publication()
    other = replace(publication.table("source"), key="something_new", title="Something new")
    more = replace(publication, tables=(*publication.tables, other))
    sections = report_sections(more, last=None, differences=[])
    titles = [section["title"] for section in sections]
    told = {str(table.title) for table in more.tables if table.key not in {HEADLINE, TREND}}
    assert told - {*titles} == set()
    assert titles[titles.index("Something new") - 1] == "Further tables"


def test_cards_have_growth_or_the_reason_there_is_none():
    summary = report_sections(sample_publication(), last=None, differences=[])[0]
    cards = {card["label"]: card for card in summary["blocks"][1]["cards"]}
    assert (cards["Reports"]["value"], cards["Reports"]["unit"], cards["Reports"]["growth"]) == (
        *("127,431", "reports"),
        "+7.8% on 2023",
    )
    assert cards["Share showing girls"]["growth"] == "No growth: it is not known for the period before."
    assert cards["URLs referred"]["note"] == "provisional: it may still change"


def test_dsa_table_has_the_statements_that_the_article_asks_for():
    sections = report_sections(sample_publication(), last=None, differences=[])
    dsa = next(section for section in sections if section["title"].startswith("DSA"))
    facts = dict(dsa["blocks"][1]["pairs"])
    assert facts["Type of content"] == "STATEMENT_CATEGORY_PROTECTION_OF_MINORS"
    assert facts["Keyword"] == "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL"
    assert facts["Personal data"].startswith("none")
    assert "keeps its independence" in texts(dsa)[1]


def test_first_report_says_that_there_is_nothing_to_compare_with():
    assert texts(changes_section(None, [])) == ["There is no release of the period before to compare with."]


def test_unchanged_figures_are_said_to_be_unchanged():
    assert texts(changes_section(last_year(), [])) == [
        "Compared with the figures of 2023 as published: release 2 (final) of 10 March 2025.",
        "No figure of it has changed since.",
    ]


def test_changes_are_told_as_published_and_now_with_change_and_reason_headline_first():
    rows = changes_section(last_year(), changes())["blocks"][1]["rows"]
    assert [tuple(row.values()) for row in rows] == [
        ("Figures", "Reports", "118,206", "119,440", "+1,234", f"late entry +1,300, correction {MINUS}66"),
        ("Figures", "Share showing girls", "90.00", "89.50", f"{MINUS}0.50 points", "correction"),
        ("Figures", "URLs reported", "suppressed", "9", "not known", "correction"),
        ("Sex shown", "boys, URLs confirmed", "7,000", "none", f"{MINUS}7,000", "definition"),
    ]


def test_more_changes_than_fit_are_counted_and_referred_to():
    many = changes() * 20
    section = changes_section(last_year(), many)
    assert len(section["blocks"][1]["rows"]) == DIFFERENCES_SHOWN
    assert texts(section)[1].startswith("And 20 more")


def test_change_of_a_month_is_named_by_the_month():
    month = replace(changes()[0], row="2023-03", row_label="2023-03")
    assert changes_section(last_year(), [month])["blocks"][1]["rows"][0]["label"] == "March 2023, URLs confirmed"
