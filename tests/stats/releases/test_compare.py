"""What differs, by how much, and why."""

import json
from datetime import date
from fractions import Fraction

import pytest
from django.core.management import CommandError, call_command

from cases.actions import reports
from cases.closed_months import CalendarMonth
from cases.models import CoveragePeriod, Report
from hotline.accounts.permissions import Role
from stats.publication import Reason
from stats.releases.compare import Why
from stats.releases.sides import DifferentPeriodsError, between_releases, since_release
from tests import make
from tests.stats.releases.conftest import LATER, boys, frozen, girls, logged

pytestmark = pytest.mark.usefixtures("hotline_2024")


def found(number: int = 1):
    return {(one.table, one.row, one.column): one for one in since_release(number, now=LATER)}


def test_nothing_differs_when_nothing_changed():
    frozen("2024", "final")
    assert since_release(1, now=LATER) == []


def test_a_late_report_is_told_as_late_entry_wherever_it_counts():
    frozen("2024", "final")
    logged(date(2024, 3, 3), girls(4), url_count=6, at=LATER)
    differing = found()
    told = {key: (one.old.value, one.new.value, one.change, one.why) for key, one in differing.items()}
    late = (Why(Reason.LATE_ENTRY, 1),)
    assert told["headline", "reports", "2024"] == (12, 13, 1, late)
    assert told["months", "2024-03", "reports"] == (1, 2, 1, late)
    assert told["source", "public", "reports"] == (12, 13, 1, late)
    assert told["sex", "girls", "urls_confirmed"][2:] == (4, (Why(Reason.LATE_ENTRY, 4),))
    assert told["self_generated_sex", "girls", "yes"][2:] == (4, (Why(Reason.LATE_ENTRY, 4),))
    assert differing["headline", "share_girls", "2024"].why == (Why(Reason.LATE_ENTRY, None),)
    assert ("headline", "reports", "2023") not in told
    assert not any(key[0] == "months" and key[1] not in {"2024-03", "total"} for key in told)


def test_a_correction_and_a_late_entry_are_told_apart():
    wrong = logged(date(2024, 5, 5), boys(10), url_count=10)
    frozen("2024", "final")
    logged(date(2024, 5, 6), girls(3), url_count=3, at=LATER)
    may = {CalendarMonth.containing(date(2024, 5, 5))}
    reports.void(by=make.user(Role.LEAD), now=LATER, report=Report.objects.get(pk=wrong.pk), confirmed=may)
    differing = found()
    headline = differing["headline", "urls_confirmed", "2024"]
    assert headline.change == Fraction(-7)
    assert headline.why == (Why(Reason.LATE_ENTRY, 3), Why(Reason.CORRECTION, -10))
    share = differing["headline", "share_girls", "2024"]
    assert share.why == (Why(Reason.LATE_ENTRY, None), Why(Reason.CORRECTION, None))
    # As many came as went: no difference is told where there is none.
    assert ("headline", "reports", "2024") not in differing


def test_a_share_that_was_corrected_is_not_told_as_late_entry():
    report = logged(date(2024, 5, 5), boys(30), url_count=30)
    frozen("2024", "final")
    logged(date(2024, 6, 6), make.tally("not_illegal", 5), url_count=5, at=LATER)
    may = {CalendarMonth.containing(date(2024, 5, 5))}
    reports.void(by=make.user(Role.LEAD), now=LATER, report=Report.objects.get(pk=report.pk), confirmed=may)
    assert found()["headline", "share_girls", "2024"].why == (Why(Reason.CORRECTION, None),)


def test_a_share_changes_in_percentage_points():
    frozen("2024", "final")
    logged(date(2024, 3, 3), girls(100), url_count=100, at=LATER)
    share = found()["headline", "share_girls", "2024"]
    old, new = Fraction(100 * share.old.numerator, share.old.denominator), Fraction(100 * 418, 538)
    assert share.change == new - old


def test_what_was_not_recorded_then_has_no_change_to_tell():
    CoveragePeriod.objects.filter(dimension="sex").delete()
    frozen("2024", "final")
    CoveragePeriod.objects.create(dimension="sex", from_date=date(2023, 1, 1))
    girls_now = found()["sex", "girls", "urls_confirmed"]
    assert (girls_now.old.value, girls_now.new.value, girls_now.change) == (None, 318, None)


def test_two_releases_are_compared_with_the_reason_of_the_later():
    frozen("2024", "final")
    logged(date(2024, 3, 3), girls(6), url_count=6, at=LATER)
    frozen("2024", "revised", reason="late_entry", now=LATER)
    frozen("2024-03", "final", now=LATER)
    between = {(one.table, one.row, one.column): one for one in between_releases(1, 2)}
    assert between["headline", "reports", "2024"].why == (Why(Reason.LATE_ENTRY, 1),)
    assert between["headline", "share_girls", "2024"].why == (Why(Reason.LATE_ENTRY, None),)
    with pytest.raises(DifferentPeriodsError):
        between_releases(1, 3)


def test_another_counting_rule_is_a_difference_of_definition():
    from stats.models import FrozenPassport  # noqa: PLC0415
    from tests.stats.releases.conftest import as_superuser  # noqa: PLC0415

    frozen("2024", "final")
    as_superuser("UPDATE stats_frozenpassport SET rule_en = 'Counted otherwise.' WHERE key = 'urls'")
    assert FrozenPassport.objects.filter(rule_en="Counted otherwise.").count() == 1
    logged(date(2024, 3, 3), girls(6), url_count=6, at=LATER)
    differing = found()
    assert differing["headline", "urls", "2024"].why == (Why(Reason.DEFINITION, None),)
    assert differing["headline", "reports", "2024"].why == (Why(Reason.LATE_ENTRY, 1),)


def test_command_tells_the_same_as_json(capsys):
    frozen("2024", "final")
    logged(date(2024, 3, 3), girls(4), url_count=6, at=LATER)
    call_command("release_diff", "1", "now", "--format", "json")
    content = json.loads(capsys.readouterr().out)
    assert (content["old"], content["new"]) == (1, "now")
    assert content["differences"][0] == {
        "table": "headline",
        "row": "reports",
        "column": "2024",
        "unit": "reports",
        "old": 12,
        "new": 13,
        "change": 1,
        "why": [{"reason": "late_entry", "amount": 1}],
    }
    for arguments in (["9", "now"], ["1", "9"], ["1", "later"]):
        with pytest.raises(CommandError):
            call_command("release_diff", *arguments)
