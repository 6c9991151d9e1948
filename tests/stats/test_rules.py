"""Versions of a counting rule: chosen for a period, never added up, both told in a change-over; the ledger's writes."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.actions.errors import NotAllowedError
from cases.models import AuditEvent
from stats.building.breakdowns import as_told, figures_months_table, headline_table
from stats.building.growth import Refusal, growth
from stats.charts.shapes import BREAK
from stats.counting.reading import Counts
from stats.counting.rollups import recount_waiting
from stats.counting.verify import verify
from stats.coverage import Status
from stats.declarations import TOTAL
from stats.figures import BREAKDOWNS, COUNTED, DURATIONS, FIGURES, SHARES, VERSIONS, as_counted
from stats.history import rule_actions as actions_rules
from stats.history.rule_actions import OverlapError, UndeclaredError, UpsideDownError
from stats.models import CountingRule
from stats.pages import counts as pages
from stats.pages.trend import trend_page
from stats.periods import Month, Year
from stats.rules import InForce, Rules, figure_of, version_key
from stats.trend.years import breaks, trend_growth, trend_table
from stats.words.presenters import cell_text
from tests.stats.records import MARCH, NOW, finding, part, recorded, report
from tests.stats.test_reading import TODAY, counts

ASSESSED = FIGURES["urls_assessed"]
YEARS = [Year(2022), Year(2023), Year(2024)]
MONTHS = [month for year in YEARS for month in year.months]


def in_force(*entries: tuple[int, str, str | None]) -> Rules:
    """Versions of 'URLs assessed', each from one month to another."""
    found = [
        InForce(version, Month.parse(first), Month.parse(last) if last else None) for version, first, last in entries
    ]
    return Rules({"urls_assessed": found}) if found else Rules()


SWITCH = in_force((2, "2024-01", None))
CHANGE_OVER = in_force((1, "2020-01", "2023-12"), (2, "2023-01", None))
MIDYEAR = in_force((2, "2023-09", None))


def monthly(rules: Rules, *, values=(10, 8)) -> Counts:
    """Every month 10 URLs were assessed, of which 2 were duplicates."""
    cells = {}
    for month in MONTHS:
        for version, value in zip((1, 2), values, strict=True):
            key = version_key("urls_assessed", version)
            cells[key, TOTAL, (), month] = value
            cells[key, "url_outcome", ("not_illegal",), month] = values[1]
        cells["urls_assessed", "url_outcome", ("duplicate",), month] = values[0] - values[1]
    return counts(cells, counted=MONTHS, rules=rules)


def year(of: Counts, number: int, **options):
    cell = of.figure(ASSESSED, Year(number).months, **options)
    return cell.value, cell.rule, cell.status


def test_without_a_ledger_version_1_is_in_force_always():
    of = monthly(Rules())
    assert year(of, 2023) == (120, "1", Status.NORMAL)
    assert of.others(ASSESSED, Year(2023).months) == ()


def test_a_new_version_tells_the_years_from_its_beginning_and_breaks_the_series_there():
    of = monthly(SWITCH)
    assert year(of, 2023) == (120, "1", Status.NORMAL)
    assert year(of, 2024) == (96, "2", Status.BREAK)


def test_growth_across_versions_is_refused_with_the_reason():
    of = monthly(SWITCH)
    new, old = of.comparable(ASSESSED, Year(2024).months, Year(2023).months)
    assert growth(new, old, ASSESSED.unit, ended=True).refusal is Refusal.OTHER_RULE


def test_in_a_change_over_both_are_told_and_each_side_is_compared_by_its_own():
    of = monthly(CHANGE_OVER)
    assert year(of, 2022) == (120, "1", Status.NORMAL)
    assert year(of, 2023) == (96, "2", Status.BREAK)
    assert of.others(ASSESSED, Year(2023).months) == (1,)
    assert year(of, 2023, version=1) == (120, "1", Status.NORMAL)
    before = of.comparable(ASSESSED, Year(2023).months, Year(2022).months)
    assert [(cell.value, cell.rule) for cell in before] == [(120, "1"), (120, "1")]
    after = of.comparable(ASSESSED, Year(2024).months, Year(2023).months)
    assert [(cell.value, cell.rule, cell.status) for cell in after] == [
        (96, "2", Status.NORMAL),
        (96, "2", Status.BREAK),
    ]


def test_a_year_of_two_versions_is_told_by_the_one_of_most_months_over_its_months_only():
    cell = monthly(MIDYEAR).figure(ASSESSED, Year(2023).months)
    assert (cell.value, cell.rule, cell.status) == (80, "1", Status.BREAK)
    assert (cell.coverage.full, cell.coverage.of) == (8, 12)
    late = monthly(in_force((2, "2023-05", None))).figure(ASSESSED, Year(2023).months)
    assert (late.value, late.rule, late.coverage.full) == (64, "2", 8)


def test_an_equal_share_of_the_months_is_told_by_the_newest():
    cell = monthly(in_force((2, "2023-07", None))).figure(ASSESSED, Year(2023).months)
    assert (cell.value, cell.rule, cell.coverage.full) == (48, "2", 6)


def test_months_are_each_told_by_their_own_and_the_first_of_a_new_version_breaks_the_series():
    of = monthly(MIDYEAR)
    cells = [of.figure(ASSESSED, [Month(2023, number)]) for number in (8, 9, 10)]
    assert [(cell.value, cell.rule, cell.status) for cell in cells] == [
        (10, "1", Status.NORMAL),
        (8, "2", Status.BREAK),
        (8, "2", Status.NORMAL),
    ]


def test_table_of_a_years_months_holds_one_version_and_adds_up():
    table = figures_months_table(monthly(MIDYEAR), Year(2023).months)
    place = table.column("urls_assessed")
    *months, whole = (row.cells[place] for row in table.rows)
    assert [cell.value for cell in months] == [10] * 8 + [None] * 4
    assert {cell.rule for cell in (*months, whole)} == {"1"}
    assert sum(cell.value or 0 for cell in months) == whole.value == 80


def test_version_that_is_not_in_force_is_not_told():
    cell = monthly(SWITCH).figure(ASSESSED, Year(2023).months, version=2)
    assert (cell.value, cell.status, cell.coverage.is_none) == (None, Status.NOT_COLLECTED, True)


entries = st.lists(
    st.tuples(st.sampled_from([1, 2]), st.sampled_from(MONTHS), st.one_of(st.none(), st.sampled_from(MONTHS))),
    max_size=4,
)
windows = st.sampled_from([Year(2022).months, Year(2023).months, MONTHS[7:8], MONTHS[3:6]])


@given(entries, windows)
@settings(max_examples=150, deadline=None)
def test_parts_add_up_to_the_whole_under_any_ledger_of_rules(ledger, months):
    rules = in_force(*((version, str(first), str(last) if last else None) for version, first, last in ledger))
    of = monthly(rules)
    whole = of.figure(ASSESSED, months)
    parts = of.parts(ASSESSED, BREAKDOWNS["url_outcome"], months)
    assert sum(cell.value or 0 for cell in parts.values()) == (whole.value or 0)
    assert {cell.rule for cell in parts.values()} == {whole.rule}
    # Never months of two versions: the value is a whole number of one version's months.
    assert whole.value == whole.coverage.full * (10 if whole.rule == "1" else 8)
    assert of.figure(ASSESSED, months, version=int(whole.rule)) == whole


def test_trend_of_a_change_over_has_a_row_for_each_version_and_growth_within_each():
    table = trend_table(monthly(CHANGE_OVER), [], YEARS)
    place = table.column("urls_assessed")
    told = {row.key: (row.cells[place].value, row.cells[place].rule) for row in table.rows}
    assert told == {"2022": (120, "1"), "2023": (96, "2"), "2023@rule-1": (120, "1"), "2024": (96, "2")}
    changes = trend_growth(table, today=TODAY)
    assert changes["2023@rule-1", "urls_assessed"].change == Decimal("0.0")
    assert changes["2023", "urls_assessed"].refusal is Refusal.OTHER_RULE
    assert changes["2024", "urls_assessed"].change == Decimal("0.0")
    assert breaks(table, "urls_assessed", today=TODAY) == {Year(2023): Refusal.OTHER_RULE}
    assert [row.key for row in table.rows] == ["2022", "2023", "2023@rule-1", "2024"]
    other = table.rows[2].cells[table.column("reports")]
    assert (other.value, cell_text(other)) == (None, "no other counting rule")


def test_trend_without_a_change_over_has_a_break_and_no_other_row():
    table = trend_table(monthly(SWITCH), [], YEARS)
    assert [row.key for row in table.rows] == ["2022", "2023", "2024"]
    assert breaks(table, "urls_assessed", today=TODAY) == {Year(2024): Refusal.OTHER_RULE}


def test_passport_is_that_of_the_version_told():
    table = headline_table(monthly(SWITCH), {"2024": Year(2024).months, "2023": Year(2023).months})
    told = {found.key: str(found.rule) for found in as_told(table)}
    assert "duplicates" in told["urls_assessed"]
    assert told["urls"] == str(FIGURES["urls"].rule)
    assert as_counted(ASSESSED, "1") is ASSESSED
    assert as_counted(ASSESSED, "") is ASSESSED


def test_no_share_and_no_duration_is_worked_out_from_a_figure_with_several_versions():
    assert all(not FIGURES[found.of].versions for found in (*SHARES.values(), *DURATIONS.values()))


def test_keys_of_versions():
    assert [figure_of(key) for key in ("urls", "urls_assessed@2")] == [("urls", 1), ("urls_assessed", 2)]
    assert all(len(key) <= 32 for key in COUNTED)
    assert VERSIONS == (("urls_assessed", 1), ("urls_assessed", 2))


# --- with the database


@pytest.fixture
def kept(db):
    """One duplicate and three others assessed in March 2024; one and one in March 2023."""
    recorded("2022-01-01")
    for day, others in (("2023-03-05", 1), ("2024-03-05", 3)):
        received = report(day, url_count=9, state="closed")
        finding(received, others, "not_illegal")
        finding(received, 1, "duplicate")
    recount_waiting(now=NOW)


def entry(version: int = 2, first: str = "2024-01-01", last: str | None = None) -> CountingRule:
    return CountingRule.objects.create(
        figure="urls_assessed",
        version=version,
        from_month=date.fromisoformat(first),
        to_month=date.fromisoformat(last) if last else None,
    )


@pytest.mark.usefixtures("kept")
def test_every_version_is_counted_always_and_verified():
    assert (part("urls_assessed", TOTAL), part("urls_assessed@2", TOTAL)) == (4, 3)
    assert part("urls_assessed@2", "url_outcome", "duplicate") is None
    assert part("urls_assessed@2", "url_outcome", "not_illegal") == 3
    assert verify(now=NOW, only=MARCH).agrees


@pytest.fixture
def at_now():
    with time_machine.travel(NOW, tick=False):
        yield


def card(number: int):
    return {found.key: found for found in pages.year_page(Year(number), now=NOW).cards}["urls_assessed"]


@pytest.mark.usefixtures("kept")
def test_year_page_tells_the_version_in_force_and_refuses_growth_across():
    entry()
    shown = card(2024)
    assert (shown.value, shown.note) == ("3", "counting rule 2")
    assert shown.growth == "No growth: the two periods were counted by different counting rules."
    assert any("duplicates" in str(text) for _term, text in shown.passport)


@pytest.mark.usefixtures("kept")
def test_year_page_of_a_change_over_tells_both_and_growth_by_the_one_both_years_have():
    entry()
    entry(1, "2020-01-01", "2024-12-01")
    shown = card(2024)
    assert shown.note == "counting rule 2 · counting rule 1: 4"
    assert shown.growth == "+100.0% on 2023 · counting rule 1"


@pytest.mark.usefixtures("kept", "at_now")
def test_trend_page_and_months_chart_mark_the_break(client, lead):
    entry()
    client.force_login(lead)
    assert 'class="chart__break"' in client.get("/trend/?figure=urls_assessed").content.decode()
    months = client.get("/months/?figure=urls_assessed").content.decode()
    assert 'class="chart__break"' in months
    assert "dashed line: another counting rule from here on" in months
    assert "chart__break" not in client.get("/months/?figure=urls").content.decode()
    (found,) = trend_page("urls_assessed", start_month=1, now=NOW).breaks
    assert found[0] == "2024"


@pytest.mark.usefixtures("kept")
def test_months_chart_draws_one_line_where_the_rule_changes():
    entry(first="2024-06-01")
    page = pages.months_page("urls_assessed", "", now=NOW)
    assert [line.look for line in page.wide.lines].count(BREAK) == 1


def test_administrator_adds_changes_and_removes_and_all_is_audited(administrator):
    rule = ("urls_assessed", 2)
    row = actions_rules.add(by=administrator, now=NOW, rule=rule, from_month=Month(2024, 1), to_month=None)
    actions_rules.change(by=administrator, now=NOW, entry=row, from_month=Month(2024, 2), to_month=Month(2024, 12))
    actions_rules.remove(by=administrator, now=NOW, entry=row)
    assert not CountingRule.objects.exists()
    told = [(event.verb, event.subject_key, event.changes) for event in AuditEvent.objects.order_by("pk")]
    assert told == [
        ("rule_add", "urls_assessed-2", {"from_month": [None, "2024-01-01"]}),
        (
            "rule_change",
            "urls_assessed-2",
            {"from_month": ["2024-01-01", "2024-02-01"], "to_month": [None, "2024-12-01"]},
        ),
        ("rule_remove", "urls_assessed-2", {"from_month": ["2024-02-01", None], "to_month": ["2024-12-01", None]}),
    ]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"rule": ("urls_assessed", 3)}, UndeclaredError),
        ({"rule": ("urls", 1)}, UndeclaredError),
        ({"to_month": Month(2023, 12)}, UpsideDownError),
        ({"from_month": Month(2023, 1), "to_month": Month(2024, 6)}, OverlapError),
    ],
)
def test_what_is_no_entry_is_refused(administrator, fields, error):
    entry(first="2024-06-01")
    wanted = {"rule": ("urls_assessed", 2), "from_month": Month(2024, 1), "to_month": Month(2024, 5)} | fields
    with pytest.raises(error):
        actions_rules.add(by=administrator, now=NOW, **wanted)
    assert CountingRule.objects.count() == 1
    assert not AuditEvent.objects.exists()


def test_another_version_may_overlap(administrator):
    entry(first="2024-06-01")
    wanted = {"from_month": Month(2024, 1), "to_month": Month(2024, 12)}
    actions_rules.add(by=administrator, now=NOW, rule=("urls_assessed", 1), **wanted)
    assert CountingRule.objects.count() == 2


def test_only_administrators_write(lead):
    with pytest.raises(NotAllowedError):
        actions_rules.add(by=lead, now=NOW, rule=("urls_assessed", 2), from_month=Month(2024, 1), to_month=None)


ROW = {"figure": "urls_assessed", "version": 2, "from_month": date(2024, 1, 1)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"figure": "urls"},
        {"version": 3},
        {"from_month": date(2024, 1, 2)},
        {"to_month": date(2024, 3, 31)},
        {"to_month": date(2023, 1, 1)},
    ],
)
def test_the_database_itself_forbids(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        CountingRule.objects.create(**(ROW | fields))


@pytest.mark.django_db
def test_the_database_itself_forbids_one_version_twice_at_once():
    CountingRule.objects.create(**ROW)
    with pytest.raises(IntegrityError), transaction.atomic():
        CountingRule.objects.create(**(ROW | {"from_month": date(2025, 1, 1)}))


def test_pages_add_change_and_remove(client, administrator):
    client.force_login(administrator)
    assert (
        "In force in every month in which no other is." in client.get(reverse("administration:rules")).content.decode()
    )
    typed = {"rule": "urls_assessed@2", "from_month": "2024-01-15", "to_month": ""}
    assert client.post(reverse("administration:rule_add"), typed).status_code == 302
    row = CountingRule.objects.get()
    assert (row.figure, row.version, row.from_month, row.to_month) == ("urls_assessed", 2, date(2024, 1, 1), None)
    assert "January 2024 until further notice" in client.get(reverse("administration:rules")).content.decode()
    change = reverse("administration:rule_change", args=[row.pk])
    assert client.post(change, {"from_month": "2024-02-01", "to_month": "2024-03-31"}).status_code == 302
    row.refresh_from_db()
    assert (row.from_month, row.to_month) == (date(2024, 2, 1), date(2024, 3, 1))
    refused = client.post(change, {"from_month": "2024-02-01", "to_month": "2024-01-01"})
    assert "The end is before the beginning." in refused.content.decode()
    assert client.post(reverse("administration:rule_remove", args=[row.pk])).status_code == 302
    assert not CountingRule.objects.exists()
