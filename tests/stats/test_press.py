"""The press sheet's sentences: never above the exact number, and honest where there is none."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from stats.coverage import Coverage, Recorded, Status
from stats.declarations import Unit
from stats.figures import DECLARED
from stats.periods import Period
from stats.publication import HEADLINE, PassportText, Publication
from stats.tables import Bounds, Cell, Column, Row, Shape, Table, percent
from stats.words.press import press_paragraph, press_sentences
from stats.words.sentences import _share
from tests.stats.exports.sample import FACTS, FIVE, FULL, NONE, count, missing, share, within

NUMBER = re.compile(r"[0-9][0-9.,]*")

# The demo's 2024, and of 2023 what was recorded from August on.
YEAR = {
    "reports": count(127_438),
    "urls": count(600_731),
    "urls_confirmed": count(230_586),
    "urls_self_generated": count(74_291),
    "share_girls": share(208_103, 215_876),
    "share_self_generated_under_12": share(52_598, 69_760),
    "share_self_generated_6_9": share(26_150, 69_760),
}
FIVE_MONTHS = Coverage((Recorded.NONE,) * 7 + (Recorded.FULL,) * 5)
BEFORE = {"urls_self_generated": count(29_736, Status.NORMAL, FIVE_MONTHS)}

PARAGRAPHS = {
    "en": "In 2024 the hotline received over 127,000 reports. Together they named over 600,000 URLs. Of these, over "
    "230,000 were confirmed as child sexual abuse material. Of the confirmed URLs, over 74,000 were recorded as "
    "self-generated. Girls were shown on over 96 percent of the confirmed URLs with the sex determined. Of the "
    "self-generated URLs with the age determined, three quarters showed a child under 12. Of the same URLs, over 37 "
    "percent showed a child aged 6 to 9. In 2023 self-generated material was seen too, but the figures were not kept "
    "the whole year: over 29,000 URLs, recorded in 5 of 12 months.",
    "nl": "In 2024 ontving het meldpunt ruim 127.000 meldingen. Samen noemden ze ruim 600.000 URL's. Daarvan zijn er "
    "ruim 230.000 bevestigd als materiaal van seksueel kindermisbruik. Van de bevestigde URL's zijn er ruim 74.000 als "
    "zelfgegenereerd vastgelegd. Op ruim 96 procent van de bevestigde URL's waarvan het geslacht is vastgesteld, waren "
    "meisjes te zien. Op drie kwart van de zelfgegenereerde URL's waarvan de leeftijd is vastgesteld, was een kind "
    "onder de 12 te zien. Op ruim 37 procent van dezelfde URL's was een kind van 6 tot en met 9 te zien. Ook in 2023 "
    "werd zelfgegenereerd materiaal gezien, maar de cijfers zijn toen niet het hele jaar bijgehouden: ruim 29.000 "
    "URL's, in 5 van 12 maanden bijgehouden.",
}


def publication(year=YEAR, before=BEFORE, period="2024"):
    """A release with a headline table of these cells, and nothing else."""
    months = Period.parse(period)
    keys = [str(months), str(months.before)]
    rows = (
        Row(key=key, label=key, unit=DECLARED[key].unit, cells=(cell, before.get(key, missing())))
        for key, cell in year.items()
    )
    columns = tuple(Column(key=key, label=key) for key in keys)
    table = Table(key=HEADLINE, shape=Shape.FIGURES, title="", stub="", columns=columns, rows=tuple(rows))
    passports = tuple(
        PassportText(
            key=known.key,
            label=known.label,
            unit=known.unit,
            numerator=known.numerator,
            denominator=known.denominator,
            rule=known.rule,
            requires=known.requires,
        )
        for known in DECLARED.values()
    )
    facts = replace(FACTS, period=months)
    return Publication(facts=facts, tables=(table,), passports=passports, is_internal=False)


def said(figure, cell, language="en", **more):
    with translation.override(language):
        found = press_sentences(publication(YEAR | {figure: cell}, **more))
    return next(sentence for sentence in found if sentence.figure == figure)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_paragraph_is_that_of_the_article(language):
    with translation.override(language):
        assert press_paragraph(publication()) == PARAGRAPHS[language]


def test_sentence_has_its_exact_number_unit_and_base():
    found = said("share_girls", YEAR["share_girls"])
    assert found.exact == "96.40%: 208,103 of 215,876"
    assert found.base == (
        "confirmed URLs showing girls, or girls and boys, as a share of: confirmed URLs with the sex determined"
    )
    assert found.unit == "%"
    assert (said("reports", count(127_438)).exact, said("reports", count(127_438)).unit) == ("127,438", "reports")


@given(value=st.integers(0, 10**10), language=st.sampled_from(["nl", "en"]))
def test_phrase_of_a_count_is_never_above_it(value, language):
    found = said("urls", count(value), language)
    assert plain(found.text)[-1] <= value
    assert plain(found.exact) == [value]


def test_every_small_number_is_told_at_most_as_it_is():
    for value in range(2_500):
        assert plain(said("urls", count(value)).text)[-1] <= value


@given(parts=st.integers(1, 10**7).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
def test_phrase_of_a_share_is_never_above_it(parts):
    numerator, denominator = parts
    assert at_least(said("share_girls", share(numerator, denominator)).text) <= percent(numerator, denominator)


def test_phrase_of_every_percentage_is_at_most_it():
    with translation.override("en"):
        phrases = {hundredths: _share(percentage(hundredths)) for hundredths in range(10_001)}
    assert [known for known, phrase in phrases.items() if at_least(phrase) * 100 > known] == []


def percentage(hundredths):
    value = Decimal(hundredths) / 100
    return Cell(value=value, status=Status.NORMAL, coverage=FULL, numerator=hundredths, denominator=10_000)


def at_least(text):
    """The percentage that a text tells, as a number or by its name."""
    named = {"three quarters": 75, "a quarter": 25, "half": 50}
    return next((known for name, known in named.items() if name in text), None) or plain(text)[0]


def plain(text):
    """The numbers of a text, without their grouping; of 'of 12 months' and '2024' too."""
    return [int(number.strip(".,").replace(",", "").replace(".", "")) for number in NUMBER.findall(text)]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (
            count(None, Status.SUPPRESSED),
            "How many reports were received in 2024 is not published, so that small numbers stay protected.",
        ),
        (count(None, Status.NOT_COLLECTED, NONE), "How many reports were received was not recorded in 2024."),
        (count(None, Status.PROVISIONAL), "How many reports were received in 2024 is not yet known."),
        (
            count(1_234, Status.BREAK, FIVE),
            (
                "In 2024 the hotline received over 1,200 reports. This was not kept the whole period: recorded in 5 of "
                "12 months, and in part of 1 more."
            ),
        ),
        (
            Cell(value=None, status=Status.NORMAL, coverage=FULL, bounds=Bounds(1_230, 1_290)),
            "In 2024 the hotline received between 1,230 and 1,290 reports.",
        ),
    ],
)
def test_count_that_can_not_be_told_plainly_says_so(cell, text):
    assert said("reports", cell).text == text


@pytest.mark.parametrize(
    ("cell", "text", "exact"),
    [
        (
            within(52_000, 54_250, 70_000),
            (
                "Of the self-generated URLs with the age determined, between 74.29 and 77.50 percent showed a child "
                "under 12."
            ),
            "74.29 to 77.50%: 52,000 to 54,250 of 70,000",
        ),
        (
            Cell(value=None, status=Status.NORMAL, coverage=FULL, numerator=0, denominator=0),
            (
                "How many of the self-generated URLs showed a child under 12 in 2024 can not be said: there were none "
                "to divide by."
            ),
            "",
        ),
    ],
)
def test_share_that_can_not_be_told_plainly_says_so(cell, text, exact):
    found = said("share_self_generated_under_12", cell)
    assert (found.text, found.exact) == (text, exact)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (count(31_999), "In 2023, over 31,000 URLs were recorded as self-generated."),
        (
            count(None, Status.NOT_COLLECTED, NONE),
            "How many of the confirmed URLs were self-generated was not recorded in 2023.",
        ),
        (
            count(None, Status.SUPPRESSED),
            (
                "How many of the confirmed URLs were self-generated in 2023 is not published, so that small numbers "
                "stay protected."
            ),
        ),
    ],
)
def test_year_before_is_told_as_it_was_kept(cell, text):
    with translation.override("en"):
        assert press_sentences(publication(before={"urls_self_generated": cell}))[-1].text == text


def test_sheet_of_a_quarter_names_it_and_says_period_where_a_year_says_year():
    kept = Coverage((Recorded.NONE, Recorded.FULL, Recorded.FULL))
    before = {"urls_self_generated": count(900, Status.NORMAL, kept)}
    with translation.override("en"):
        found = press_sentences(publication(before=before, period="2024-Q1"))
    assert found[0].text == "In the first quarter of 2024 the hotline received over 127,000 reports."
    assert "the figures were not kept the whole period: 900 URLs" in found[-1].text


def test_figure_that_a_release_has_not_is_not_told():
    some = {key: YEAR[key] for key in ("reports", "urls")}
    with translation.override("en"):
        assert [sentence.figure for sentence in press_sentences(publication(some))] == ["reports", "urls"]


def test_provisional_is_noted():
    assert said("urls", count(5, Status.PROVISIONAL)).note == "provisional"
    assert said("urls", count(5)).note == ""
    assert DECLARED["urls"].unit is Unit.URLS
