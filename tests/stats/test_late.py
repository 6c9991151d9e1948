"""Late entries: what came in after a month was closed, by month of entry, and how much of each cell it is."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Report
from stats.counting.late import late_cells, late_entries, late_entries_table
from stats.counting.queries import read_ledger
from stats.counting.rollups import recompute_month
from stats.declarations import TOTAL
from stats.figures import HELD
from stats.models import MonthlyCount, Release
from stats.periods import Month, months_between
from tests.stats.records import MARCH, NOW, TODAY, finding, recipient, recorded, referral, report

pytestmark = pytest.mark.django_db

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LATER = datetime(2024, 6, 1, 12, tzinfo=AMSTERDAM)
APRIL, MAY = Month(2024, 4), Month(2024, 5)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


def entered(day: str, moment: str, **fields) -> Report:
    return report(day, entered_at=at(moment), **fields)


def release(first: Month, months: int, released: str, number: int = 1) -> Release:
    return Release.objects.create(
        number=number, first_month=first.first, months=months, status="provisional", released_at=at(released),
        released_date=at(released).date(), definitions="0" * 16, threshold=5, is_synthetic=True, previous_digest="",
        digest=f"{number:064x}",
    )  # fmt: skip


def of(month: Month):
    (found,) = [row for row in late_entries(now=NOW).months if row.month == month]
    return found


def some_records(moment: datetime) -> Report:
    """Something in every cell of March and what was sent in April."""
    received = report("2024-03-05", outcome_id="confirmed_baseline", url_count=30, entered_at=moment)
    report("2024-03-06", source_id="police", referral_status=None, url_count=0, entered_at=moment)
    report("2024-03-07", state="void", entered_at=moment)
    finding(received, 7, self_generated="yes", sex="girls", age_band="6-9", hosting_country="NL", site_type="forum")
    finding(received, 3, "not_found")
    host = recipient(f"Host {moment:%m %d}")
    referral(received, host, 7, "removed", sent_date=date(2024, 4, 2), acted_date=date(2024, 4, 5))
    referral(received, host, 2, sent_date=date(2024, 3, 9))
    return received


def rollup(months) -> dict:
    """The rollup's own cells, summed over months."""
    found: dict = {}
    for month in months:
        recompute_month(month, now=NOW)
    rows = MonthlyCount.objects.filter(month__in=[month.first for month in months], value__gt=0)
    for figure, breakdown, *codes, value in rows.values_list(
        "figure", "breakdown", "code_a", "code_b", "code_c", "value"
    ):
        axes = len(HELD[breakdown].axes) if breakdown in HELD else 0
        key = (figure, breakdown, tuple(codes[:axes]))
        found[key] = found.get(key, 0) + value
    return found


def test_what_was_entered_after_everything_is_nothing_and_after_nothing_is_every_cell():
    some_records(LATER)
    months = [MARCH, APRIL]
    assert late_cells(months, since=LATER) == {}
    assert late_cells(months, since=LATER - timedelta(seconds=1)) == rollup(months)
    assert late_cells([APRIL], since=LATER - timedelta(seconds=1)) == rollup([APRIL])


def test_late_cells_are_the_difference_that_late_reports_made():
    some_records(LATER - timedelta(days=60))
    before = rollup([MARCH, APRIL])
    some_records(LATER)
    after = rollup([MARCH, APRIL])
    late = late_cells([MARCH, APRIL], since=LATER - timedelta(days=1))
    assert late["reports", TOTAL, ()] == 2
    assert late["removed", "days_to_removal", ("hosting_provider", "3")] == 7
    assert {key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key)} == late


def test_late_cells_only_read():
    some_records(LATER)
    with CaptureQueriesContext(connection) as queries:
        late_cells([MARCH], since=LATER - timedelta(days=1))
    said = " ".join(query["sql"].upper() for query in queries)
    assert not any(word in said for word in ("INSERT", "UPDATE", "DELETE"))
    assert MonthlyCount.objects.count() == 0


def test_month_is_closed_by_its_end_and_what_comes_after_is_late():
    entered("2024-03-31", "2024-03-31T23:59:59.999999")
    assert of(MARCH).reports == 0
    entered("2024-03-31", "2024-04-01T00:00:00")
    entered("2024-03-05", "2025-02-10T10:00:00")
    entered("2024-03-06", "2025-02-11T10:00:00", state="void")
    march = of(MARCH)
    assert (march.reports, march.release, march.earlier) == (2, None, 0)
    assert {month: count for month, count in march.entered.items() if count} == {Month(2025, 2): 1, APRIL: 1}
    assert march.last_entered == at("2025-02-10T10:00:00")
    assert march.closed_at == at("2024-04-01T00:00:00") - timedelta(microseconds=1)


def test_month_is_closed_by_the_first_release_that_covers_it():
    entered("2024-03-05", "2024-04-20T10:00:00")
    entered("2024-03-05", "2024-07-01T12:00:00")
    entered("2024-03-05", "2024-07-01T12:00:00.000001")
    entered("2024-05-05", "2024-06-20T10:00:00")
    release(Month(2024, 1), 3, "2024-07-01T12:00:00")
    release(Month(2024, 1), 12, "2024-09-01T12:00:00", number=2)
    assert [(row.reports, row.release, row.closed_at) for row in (of(MARCH), of(MAY))] == [
        (1, 1, at("2024-07-01T12:00:00")),
        (0, 2, at("2024-09-01T12:00:00")),
    ]


def test_released_month_is_shown_however_old_and_a_running_one_that_was_released_too():
    entered("2020-01-05", "2024-08-01T10:00:00")
    entered("2025-03-02", "2025-03-09T10:00:00")
    release(Month(2020, 1), 1, "2020-02-10T12:00:00")
    release(Month(2025, 3), 1, "2025-03-05T12:00:00", number=2)
    found = late_entries(now=NOW)
    last_24 = list(months_between(Month(2023, 3), Month(2025, 2)))
    assert [row.month for row in found.months] == [Month(2025, 3), *reversed(last_24), Month(2020, 1)]
    assert (of(Month(2020, 1)).reports, of(Month(2025, 3)).reports) == (1, 1)
    assert found.entry_months == tuple(reversed(list(months_between(Month(2024, 4), Month(2025, 3)))))


def test_months_of_entry_are_those_of_the_hotlines_zone():
    # In UTC still January.
    Report.objects.filter(pk=report("2024-03-05").pk).update(
        entered_at=datetime(2025, 1, 31, 23, 30, tzinfo=ZoneInfo("UTC"))
    )
    assert {month: count for month, count in of(MARCH).entered.items() if count} == {Month(2025, 2): 1}


def test_table_of_late_entries():
    recorded("2023-01-01")
    entered("2024-03-05", "2025-02-10T10:00:00")
    entered("2024-02-05", "2024-03-31T10:00:00")
    table = late_entries_table(late_entries(now=NOW), read_ledger(today=TODAY))
    assert [column.key for column in table.columns] == [
        "late", *(str(Month(2025, 3).shift(-back)) for back in range(12)), "earlier",
    ]  # fmt: skip
    assert (table.cell("2024-03", "late").value, table.cell("2024-03", "2025-02").value) == (1, 1)
    assert (table.cell("2024-02", "earlier").value, table.cell("2024-04", "late").value) == (1, 0)
    for row in table.rows:
        assert row.cells[0].value == sum(cell.value for cell in row.cells[1:])


def test_table_of_late_entries_of_months_without_reports_recorded_has_no_values():
    recorded("2024-03-01")
    table = late_entries_table(late_entries(now=NOW), read_ledger(today=TODAY))
    assert table.cell("2024-02", "late").value is None
    assert table.cell("2024-03", "late").value == 0
