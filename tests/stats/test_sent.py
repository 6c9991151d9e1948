"""Cohorts by the date of sending: what counts in which month, what marks it, and the tables that are made of it."""

import random
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection
from django.utils import translation

from cases.codes import ActionTaken, RecipientKind
from cases.models import Recipient, Referral, Report
from stats.building.referrals import ANSWERS, dsa_codes, dsa_table, removal_table
from stats.counting.queries import read
from stats.counting.rollups import recompute_month, settle
from stats.counting.verify import verify
from stats.coverage import Status
from stats.declarations import TOTAL
from stats.figures import FIGURES, HELD
from stats.models import DirtyMonth
from stats.periods import Month, months_between
from stats.sent_figures import CONTENTS
from tests.stats.records import MARCH, NOW, TODAY, cells, part, recipient, recorded, referral, report

pytestmark = pytest.mark.django_db

APRIL = Month(2024, 4)
SPRING = list(months_between(Month(2024, 2), Month(2024, 5)))


def sent(of: Report, to: Recipient, day: str, urls: int = 1, *, after: int | None = None, action: str = "removed"):
    """A referral sent on a day, acted on so many days after."""
    sent_date = date.fromisoformat(day)
    if after is None:
        return referral(of, to, urls, sent_date=sent_date)
    return referral(of, to, urls, action, sent_date=sent_date, acted_date=sent_date + timedelta(days=after))


def totals(month: Month, *figures: str) -> list[int | None]:
    return [part(figure, TOTAL, month=month) for figure in figures]


def count() -> None:
    for month in SPRING:
        recompute_month(month, now=NOW)


def marked() -> list[str]:
    return sorted({str(Month.containing(month)) for month in DirtyMonth.objects.values_list("month", flat=True)})


def execute(sql: str, *parameters) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_referral_counts_in_the_month_it_was_sent_and_as_referred_in_that_of_its_report():
    received = report("2024-02-20")
    sent(received, recipient(), "2024-03-02", 4, after=40)
    count()
    assert totals(Month(2024, 2), "referred", "acted_on", "sent", "removed", "notices") == [4, 4, 0, 0, 0]
    assert totals(MARCH, "referred", "acted_on", "sent", "removed", "notices") == [0, 0, 4, 4, 1]
    assert totals(APRIL, "sent", "removed") == [0, 0]


def test_month_of_sending_holds_its_first_and_last_day_and_no_other():
    received, host = report("2024-01-05"), recipient()
    for day, urls in (("2024-02-29", 1), ("2024-03-01", 2), ("2024-03-31", 3), ("2024-04-01", 4)):
        sent(received, host, day, urls)
    count()
    assert [part("sent", TOTAL, month=month) for month in SPRING] == [1, 5, 4, 0]


@pytest.mark.parametrize("action", [*ActionTaken.values, None])
def test_removed_is_removed_or_disabled_and_open_is_without_an_answer(action):
    sent(report(), recipient(), "2024-03-06", 3, after=None if action is None else 2, action=action)
    count()
    removed = 3 if action in {"removed", "disabled"} else 0
    assert totals(MARCH, "sent", "removed", "still_open") == [3, removed, 3 if action is None else 0]
    days = {key[2:]: value for key, value in cells().items() if key[1] == "days_to_removal"}
    assert days == ({("hosting_provider", "2"): 3} if removed else {})


@pytest.mark.parametrize(("after", "code"), [(0, "0"), (28, "28"), (365, "365"), (366, "366+"), (380, "366+")])
def test_days_are_counted_one_by_one_up_to_a_year(after, code):
    sent(report("2024-02-01"), recipient(), "2024-02-10", 2, after=after)
    count()
    assert part("removed", "days_to_removal", "hosting_provider", code, month=Month(2024, 2)) == 2


def test_notice_is_a_referral_to_a_provider_by_provider_content_and_answer():
    host, police = recipient(), recipient("Police unit", "police")
    baseline = report(outcome_id="confirmed_baseline")
    sent(baseline, host, "2024-03-06", 9, after=1)
    sent(baseline, host, "2024-03-06", 1, after=3, action="refused")
    sent(report(outcome_id="not_illegal"), host, "2024-03-07")
    sent(report(), host, "2024-03-08", after=5, action="restricted")
    sent(baseline, police, "2024-03-06")
    count()
    key = str(host.pk)
    assert {codes[2:]: value for codes, value in cells().items() if codes[0] == "notices"} == {
        ("", ""): 4,
        (key, "confirmed_baseline", "removed"): 1,
        (key, "confirmed_baseline", "refused"): 1,
        (key, "other", "no_answer"): 1,
        (key, "other", "restricted"): 1,
        (key, "1"): 1,
        (key, "5"): 1,
        (key, "no_action"): 2,
    }


def test_referrals_of_a_void_report_are_out():
    sent(report(state="void"), recipient(), "2024-03-06", after=1)
    count()
    assert totals(MARCH, "sent", "removed", "still_open", "notices") == [0, 0, 0, 0]


@pytest.fixture
def passed_on():
    """A report of February, sent in March, all counted."""
    received = report("2024-02-20")
    found = sent(received, recipient(), "2024-03-06")
    count()
    return found


def test_every_write_to_a_referral_marks_the_month_of_sending(passed_on):
    for sql in (
        "UPDATE cases_referral SET acted_date = '2024-04-01', action = 'removed'",
        "DELETE FROM cases_referral",
    ):
        settle(SPRING, now=NOW)
        execute(sql)
        assert marked() == ["2024-02", "2024-03"]


def test_moved_date_of_sending_marks_both_months(passed_on):
    execute("UPDATE cases_referral SET sent_date = '2024-05-06'")
    assert marked() == ["2024-02", "2024-03", "2024-05"]


def test_copy_marks_every_month_of_sending(passed_on):
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY cases_referral (report_id, recipient_id, url_count, sent_date) FROM STDIN") as copy,
    ):
        for day in ("2024-04-30", "2024-05-01"):
            copy.write_row((passed_on.report_id, passed_on.recipient_id, 1, date.fromisoformat(day)))
    assert marked() == ["2024-02", "2024-04", "2024-05"]


@pytest.mark.parametrize(
    "change", [{"state": "void"}, {"outcome_id": "not_found"}, {"outcome_id": "confirmed_baseline"}]
)
def test_report_that_becomes_void_or_of_another_outcome_marks_where_its_referrals_count(passed_on, change):
    Report.objects.update(**change)
    assert marked() == ["2024-02", "2024-03"]
    settle(SPRING, now=NOW)
    Report.objects.update(state="received", outcome=None)
    assert marked() == ["2024-02", "2024-03"]


def test_report_changed_otherwise_marks_its_own_months_only(passed_on):
    Report.objects.update(source="police", state="in_triage", referral_status="referred")
    assert marked() == ["2024-02"]
    settle(SPRING, now=NOW)
    Report.objects.update(received_date=date(2024, 5, 1))
    assert marked() == ["2024-02", "2024-05"]


def test_report_deleted_with_its_referrals_marks_both_also_when_it_goes_first(passed_on):
    execute("SET CONSTRAINTS ALL DEFERRED")
    execute("DELETE FROM cases_report")
    execute("DELETE FROM cases_referral")
    assert marked() == ["2024-02", "2024-03"]


def test_deleting_through_the_application_marks_both(passed_on):
    passed_on.report.delete()
    assert (marked(), Referral.objects.count()) == (["2024-02", "2024-03"], 0)


def test_recipient_of_another_kind_marks_the_months_of_receipt_and_of_sending(passed_on):
    Recipient.objects.update(name="Another name")
    assert marked() == []
    Recipient.objects.update(kind="police")
    assert marked() == ["2024-02", "2024-03"]


def test_truncate_marks_months_of_sending_that_were_never_counted():
    sent(report("2024-02-20"), recipient(), "2024-05-06")
    DirtyMonth.objects.all().delete()
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("TRUNCATE cases_referral")
    assert marked() == ["2024-02", "2024-05"]


def make_some(seed: int) -> None:
    """Referrals of every sort, over some months."""
    chance = random.Random(seed)  # noqa: S311 - made-up records
    hosts = [recipient(f"Recipient {number}", kind) for number, kind in enumerate(RecipientKind.values)]
    outcomes = [None, "confirmed_baseline", "confirmed_national", "not_illegal"]
    for _ in range(60):
        day = date(2024, 2, 1) + timedelta(days=chance.randrange(100))
        received = report(day, outcome_id=chance.choice(outcomes), state=chance.choice(["closed", "closed", "void"]))
        for host in chance.sample(hosts, chance.randrange(3)):
            sent_on = day + timedelta(days=chance.randrange(40))
            after = chance.choice([None, 0, 1, 2, 5, 14, 28, 60])
            sent(received, host, str(sent_on), chance.randrange(1, 9), after=after, action=chance.choice(ANSWERS[:-1]))


@pytest.mark.parametrize("seed", range(4))
def test_parts_of_everything_held_add_up_to_the_whole_and_agree_with_the_records(seed):
    make_some(seed)
    settle(SPRING, now=NOW)
    assert verify(now=NOW).agrees
    found = cells(MARCH)
    assert found["sent", TOTAL, "", ""] > 0
    for breakdown in HELD.values():
        for figure in breakdown.figures:
            parts = [value for key, value in found.items() if key[:2] == (figure, breakdown.key)]
            assert sum(parts) == found[figure, TOTAL, "", ""], (figure, breakdown.key)
    counts, _labels = read([MARCH], today=TODAY)
    for breakdown in HELD.values():
        for key in breakdown.figures:
            parts = counts.parts(FIGURES[key], breakdown, [MARCH]).values()
            whole = counts.figure(FIGURES[key], [MARCH])
            assert sum(cell.value or 0 for cell in parts) == (whole.value or 0)


def rows_of(table) -> dict[str, list]:
    return {row.key: [cell.value for cell in row.cells] for row in table.rows}


def test_removal_table_by_kind_of_recipient():
    recorded("2023-01-01")
    host, police = recipient(), recipient("Police unit", "police")
    received = report("2024-02-20")
    for urls, after in ((4, 0), (1, 3), (2, 20), (5, None)):
        sent(received, host, "2024-03-06", urls, after=after)
    sent(received, police, "2024-03-06", 6)
    count()
    counts, labels = read([MARCH], today=TODAY)
    table = removal_table(counts, labels, [MARCH])
    assert [column.key for column in table.columns] == [
        "sent", "removed_within_2d", "removed_within_3d", "removed_within_7d", "removed_within_14d",
        "removed_within_28d", "median_days_to_removal", "still_open",
    ]  # fmt: skip
    assert rows_of(table) == {
        "hosting_provider": [12, 4, 5, 5, 5, 7, Decimal("0.0"), 5],
        "platform": [0, 0, 0, 0, 0, 0, None, 0],
        "registrar": [0, 0, 0, 0, 0, 0, None, 0],
        "police": [6, 0, 0, 0, 0, 0, None, 6],
        "partner_hotline": [0, 0, 0, 0, 0, 0, None, 0],
        TOTAL: [18, 4, 5, 5, 5, 7, Decimal("0.0"), 11],
    }
    assert {cell.status for row in table.rows for cell in row.cells} == {Status.NORMAL}


def test_dsa_table_has_a_row_for_each_provider_and_a_column_for_each_content_and_action():
    recorded("2023-01-01")
    host, platform, police = recipient(), recipient("A Platform", "platform"), recipient("Police unit", "police")
    baseline, other = report("2024-02-20", outcome_id="confirmed_baseline"), report("2024-02-21")
    sent(baseline, host, "2024-03-06", 9, after=1)
    sent(baseline, host, "2024-03-06", after=4, action="disabled")
    sent(baseline, platform, "2024-03-06", after=2, action="refused")
    sent(other, host, "2024-03-07")
    sent(baseline, police, "2024-03-06")
    count()
    counts, labels = read([MARCH], today=TODAY)
    table = dsa_table(counts, labels, [MARCH])
    names = [f"{content}.{answer}" for content in CONTENTS for answer in ANSWERS]
    assert [column.key for column in table.columns] == [*names, TOTAL, "median_days_to_action"]
    assert all(len(column.key) <= 32 for column in table.columns)
    assert [(row.key, str(row.label)) for row in table.rows[:-1]] == [
        (str(platform.pk), "A Platform"),
        (str(host.pk), "Example Hosting"),
    ]
    assert {
        row.key: {column.key: cell.value for column, cell in zip(table.columns, row.cells, strict=True) if cell.value}
        for row in table.rows
    } == {
        str(host.pk): {
            "confirmed_baseline.removed": 1, "confirmed_baseline.disabled": 1, "other.no_answer": 1, TOTAL: 3,
            "median_days_to_action": Decimal("2.5"),
        },
        str(platform.pk): {"confirmed_baseline.refused": 1, TOTAL: 1},
        TOTAL: {
            "confirmed_baseline.removed": 1, "confirmed_baseline.disabled": 1, "confirmed_baseline.refused": 1,
            "other.no_answer": 1, TOTAL: 4, "median_days_to_action": Decimal("2.5"),
        },
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(2))
def test_dsa_table_adds_up_both_ways_and_to_the_figure(seed):
    recorded("2023-01-01")
    make_some(seed)
    count()
    counts, labels = read(SPRING, today=TODAY)
    table = dsa_table(counts, labels, SPRING)
    *providers, whole = [[cell.value for cell in row.cells] for row in table.rows]
    assert len(providers) == 3
    for values in (*providers, whole):
        assert sum(values[:-2]) == values[-2]
    assert [sum(column) for column in list(zip(*providers, strict=True))[:-1]] == whole[:-1]
    assert whole[-2] == counts.figure(FIGURES["notices"], SPRING).value > 0
    removal = removal_table(counts, labels, SPRING)
    for row in removal.rows:
        values = [cell.value for cell in row.cells]
        assert all(fewer <= more for fewer, more in pairwise(values[1:6]))
        assert values[5] + values[7] <= values[0]


def test_what_became_of_notices_is_provisional_for_four_weeks_and_how_many_there_were_is_not():
    recorded("2023-01-01")
    sent(report("2024-03-05"), recipient(), "2024-03-06", after=1)
    count()
    counts, labels = read([MARCH], today=APRIL.first + timedelta(days=27))
    (row, _whole) = dsa_table(counts, labels, [MARCH]).rows
    assert [cell.status for cell in row.cells] == [*[Status.PROVISIONAL] * 18, Status.NORMAL, Status.PROVISIONAL]


def test_dsa_codes_of_the_code_lists_and_labels_in_both_languages():
    counts, labels = read([MARCH], today=TODAY)
    codes = dsa_codes(labels)
    assert codes["confirmed_national.removed"] == (
        "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL",
        "DECISION_VISIBILITY_CONTENT_REMOVED",
    )
    assert (codes["confirmed_baseline.refused"], codes["other.no_answer"]) == (
        ("KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL",), (),
    )  # fmt: skip
    table = dsa_table(counts, labels, [MARCH])
    assert list(codes) == [column.key for column in table.columns[:-2]]
    with translation.override("en"):
        assert str(table.columns[0].label) == "confirmed, baseline: removed"
    with translation.override("nl"):
        assert str(table.columns[0].label).startswith("bevestigd, baseline: ")
