"""Releases under the ledger of counting rules: protected, told with the version in force, and compared."""

from datetime import date
from decimal import Decimal

import pytest

from stats.building.growth import Refusal
from stats.coverage import Status
from stats.models import CountingRule
from stats.publication import HEADLINE, TREND, Reason
from stats.releases.reading import publication_of
from stats.releases.sides import since_release
from stats.trend.years import trend_growth
from tests import make
from tests.stats.releases.conftest import LATER, frozen, girls, logged

pytestmark = pytest.mark.usefixtures("hotline_2024")
FIGURE = "urls_assessed"


@pytest.fixture
def duplicates(hotline_2024):
    for month in (2, 8):
        logged(date(2024, month, 12), girls(9), make.tally("duplicate", 30), url_count=40)
        logged(date(2023, month, 12), girls(9), make.tally("duplicate", 20), url_count=40)


@pytest.fixture
def rule(duplicates):
    """Version 2 from 2024 on, and in 2024 version 1 as well."""

    def put(version: int, first: date, last: date | None) -> None:
        CountingRule.objects.create(figure=FIGURE, version=version, from_month=first, to_month=last)

    put(2, date(2024, 1, 1), None)
    return put


@pytest.mark.usefixtures("rule")
def test_release_tells_the_version_in_force_with_its_passport_and_the_break():
    frozen("2024", "final")
    publication = publication_of(1)
    cell = publication.table(HEADLINE).cell(FIGURE, "2024")
    assert (cell.rule, cell.status, publication.table(HEADLINE).cell(FIGURE, "2023").rule) == ("2", Status.BREAK, "1")
    assert "duplicates" in str(publication.passport(FIGURE).rule)


def test_release_of_a_change_over_is_protected_and_has_both_versions_in_its_trend(rule):
    rule(1, date(2020, 1, 1), date(2024, 12, 1))
    frozen("2024", "final")
    trend = publication_of(1).table(TREND)
    both = (trend.cell("2024", FIGURE), trend.cell("2024@rule-1", FIGURE))
    assert [cell.rule for cell in both] == ["2", "1"]
    assert both[1].value - both[0].value == 60
    changes = trend_growth(trend, today=LATER.date())
    assert changes["2024", FIGURE].refusal is Refusal.OTHER_RULE
    assert changes["2024@rule-1", FIGURE].change > Decimal(0)


@pytest.mark.usefixtures("duplicates")
def test_another_version_put_in_force_afterwards_is_a_difference_of_definition():
    frozen("2024", "final")
    CountingRule.objects.create(figure=FIGURE, version=2, from_month=date(2024, 1, 1))
    headline = [difference for difference in since_release(1, now=LATER) if difference.table == HEADLINE]
    assert [(difference.row, difference.old.value - difference.new.value) for difference in headline] == [(FIGURE, 60)]
    assert {why.reason for difference in headline for why in difference.why} == {Reason.DEFINITION}
    frozen("2024", "revised", reason="definition", now=LATER)
    assert publication_of(2).table(HEADLINE).cell(FIGURE, "2024").rule == "2"
