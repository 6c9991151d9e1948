"""The recount of a month: what it counts, and that it writes differences only."""

import pytest
from django.db import IntegrityError, connection

from cases.codes import State
from stats.counting.recount_sql import definitions
from stats.counting.rollups import recompute_month, recount_waiting, settle, waiting_months
from stats.declarations import TOTAL
from stats.figures import COUNTED, HELD, counted_keys
from stats.models import CountedMonth, DirtyMonth, MonthlyCount
from stats.periods import Month
from tests.stats.records import MARCH, NOW, cells, finding, part, recipient, referral, report

pytestmark = pytest.mark.django_db


def recount(month: Month = MARCH):
    return recompute_month(month, now=NOW)


def test_empty_month_has_every_total_as_zero_and_no_part():
    recount()
    assert cells() == {(key, TOTAL, "", ""): 0 for key in COUNTED}


def test_reports_and_urls_are_counted_by_source_outcome_and_referral_status():
    report(url_count=3)
    report(url_count=4, source_id="police", outcome_id="not_found", referral_status="completed")
    report(url_count=0, source_id="police", referral_status=None)
    recount()
    assert {key: value for key, value in cells().items() if key[0] in {"reports", "urls"}} == {
        ("reports", TOTAL, "", ""): 3,
        ("urls", TOTAL, "", ""): 7,
        ("reports", "source", "public", ""): 1,
        ("reports", "source", "police", ""): 2,
        ("urls", "source", "public", ""): 3,
        ("urls", "source", "police", ""): 4,
        ("reports", "report_outcome", "not_found", ""): 1,
        ("reports", "report_outcome", "not_recorded", ""): 2,
        ("urls", "report_outcome", "not_found", ""): 4,
        ("urls", "report_outcome", "not_recorded", ""): 3,
        ("reports", "referral_status", "not_needed", ""): 1,
        ("reports", "referral_status", "completed", ""): 1,
        ("reports", "referral_status", "not_recorded", ""): 1,
        ("urls", "referral_status", "not_needed", ""): 3,
        ("urls", "referral_status", "completed", ""): 4,
    }


def test_findings_are_counted_as_assessed_confirmed_and_self_generated():
    received = report(url_count=20)
    finding(received, 5, "not_illegal")
    finding(received, 4, self_generated="yes", sex="girls", age_band="6-9", hosting_country="NL", site_type="forum")
    finding(received, 3, "confirmed_national", self_generated="no", sex="boys")
    finding(received, 2, self_generated="undetermined", sex="undetermined", age_band="undetermined")
    finding(received, 1)
    recount()
    totals = {key[0]: value for key, value in cells().items() if key[1] == TOTAL}
    assert totals == {
        "reports": 1, "urls": 20, "urls_assessed": 15, "urls_assessed@2": 15, "urls_confirmed": 10,
        "urls_self_generated": 4,
        "referred": 0, "acted_on": 0, "sent": 0, "removed": 0, "still_open": 0, "notices": 0,
    }  # fmt: skip
    assert {key[2:]: value for key, value in cells().items() if key[1] == "self_generated_sex"} == {
        ("yes", "girls"): 4,
        ("no", "boys"): 3,
        ("undetermined", "undetermined"): 2,
        ("not_recorded", "not_recorded"): 1,
    }
    assert {key[2:]: value for key, value in cells().items() if key[1] == "self_generated_age_band"} == {
        ("yes", "6-9"): 4,
        ("no", "not_recorded"): 3,
        ("undetermined", "undetermined"): 2,
        ("not_recorded", "not_recorded"): 1,
    }
    assert part("urls_confirmed", "hosting_country", "NL") == 4
    assert part("urls_confirmed", "hosting_country", "not_recorded") == 6
    assert part("urls_self_generated", "site_type", "forum") == 4
    assert part("urls_assessed", "url_outcome", "not_illegal") == 5


def test_unconfirmed_findings_are_not_parts_of_what_is_asked_of_confirmed_ones_only():
    received = report()
    finding(received, 5, "not_found")
    recount()
    assert [key for key in cells() if key[1] in {"sex", "age_band", "self_generated", "hosting_country"}] == []


def test_referrals_are_counted_by_kind_and_recipient_in_the_month_the_report_came_in():
    received = report(url_count=10)
    host, police = recipient(), recipient("Police unit", "police")
    referral(received, host, 5, "removed")
    referral(received, host, 2, "refused")
    referral(received, police, 3)
    recount()
    assert {key: value for key, value in cells().items() if key[0] in {"referred", "acted_on"}} == {
        ("referred", TOTAL, "", ""): 10,
        ("acted_on", TOTAL, "", ""): 5,
        ("referred", "recipient_kind", "hosting_provider", ""): 7,
        ("referred", "recipient_kind", "police", ""): 3,
        ("acted_on", "recipient_kind", "hosting_provider", ""): 5,
        ("referred", "recipient", str(host.pk), ""): 7,
        ("referred", "recipient", str(police.pk), ""): 3,
        ("acted_on", "recipient", str(host.pk), ""): 5,
    }


@pytest.mark.parametrize(
    ("action", "acted_on"), [("removed", 1), ("disabled", 1), ("restricted", 1), ("none", 0), ("refused", 0), (None, 0)]
)
def test_acted_on_means_removed_disabled_or_restricted(action, acted_on):
    referral(report(), recipient(), 1, action)
    recount()
    assert part("acted_on", TOTAL) == acted_on


def test_void_report_leaves_every_count_with_its_findings_and_referrals():
    received = report(state=State.VOID)
    finding(received, 2)
    referral(received, recipient(), 1)
    recount()
    assert cells() == {(key, TOTAL, "", ""): 0 for key in COUNTED}


def test_month_holds_its_first_and_last_day_and_no_other():
    for day in ("2024-02-29", "2024-03-01", "2024-03-31", "2024-04-01"):
        report(day)
    recount()
    assert part("reports", TOTAL) == 2


def test_every_declared_figure_and_breakdown_has_cells():
    received = report()
    finding(received, 1, self_generated="yes")
    host = recipient()
    referral(received, host, 1, "removed")
    referral(received, host, 1)
    recount()
    declared = {(figure, breakdown.key) for breakdown in HELD.values() for figure in counted_keys(breakdown.figures)}
    assert {(key[0], key[1]) for key in cells()} == declared | {(figure, TOTAL) for figure in COUNTED}


def test_second_recount_gives_the_same_rows_and_touches_none():
    received = report()
    finding(received, 2, sex="girls")
    recount()
    before = _versions()
    again = recount()
    assert (again.written, again.removed) == (0, 0)
    assert _versions() == before


def test_recount_writes_only_the_cells_that_differ():
    received = report(url_count=5)
    finding(received, 2, sex="girls")
    first = recount()
    report(url_count=0, source_id="police", referral_status=None, outcome_id="not_found")
    second = recount()
    # One report more: in total, by source, by outcome, by referral status. No URL more.
    assert (first.removed, second.written, second.removed) == (0, 4, 0)
    assert second.cells == first.cells + 3


def test_recount_removes_parts_that_are_no_more():
    received = report()
    finding(received, 2, sex="girls")
    recount()
    received.findings.all().delete()
    report_before = cells()
    done = recount()
    gone = [key for key in report_before if key not in cells()]
    assert done.removed == len(gone)
    assert ("urls_confirmed", "sex", "girls", "") in gone
    assert part("urls_confirmed", TOTAL) == 0


def test_recount_deletes_the_marks_of_its_month_and_no_others():
    report("2024-03-05")
    report("2024-04-05")
    assert recount().marks == 1
    assert list(DirtyMonth.objects.values_list("month", flat=True)) == [Month(2024, 4).first]


def test_recount_notes_when_and_by_which_declarations():
    recount()
    assert list(CountedMonth.objects.values_list("month", "counted_at", "definitions")) == [
        (MARCH.first, NOW, definitions())
    ]


def test_month_counted_under_other_declarations_waits_and_is_recounted():
    report()
    settle([MARCH], now=NOW)
    assert waiting_months() == []
    CountedMonth.objects.update(definitions="f" * 16)
    MonthlyCount.objects.filter(breakdown=TOTAL, figure="reports").delete()
    assert waiting_months() == [MARCH]
    settle([MARCH], now=NOW)
    assert (waiting_months(), part("reports", TOTAL)) == ([], 1)


def test_waiting_months_come_with_the_oldest_mark_first():
    for month, minutes in ((3, 1), (1, 3), (2, 2), (3, 9)):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO stats_dirtymonth (month, marked_at) VALUES (%s, now() - make_interval(mins => %s))",
                [Month(2024, month).first, minutes],
            )
    assert waiting_months() == [Month(2024, 3), Month(2024, 1), Month(2024, 2)]
    assert waiting_months([Month(2024, 2), Month(2024, 5)]) == [Month(2024, 2)]


def test_recount_waiting_takes_at_most_so_many_months():
    for month in (1, 2, 3):
        report(f"2024-0{month}-01")
    done = recount_waiting(now=NOW, most=2)
    assert len(done) == 2
    assert len(waiting_months()) == 1
    assert recount_waiting(now=NOW)[0].marks == 1
    assert recount_waiting(now=NOW) == []


def _versions() -> set[tuple]:
    """Every row with the version PostgreSQL has of it, and whether something locked it since."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid, xmax::text, id, value FROM stats_monthlycount")
        return set(cursor.fetchall())


def test_month_that_the_database_refuses_holds_up_no_other_and_keeps_its_marks():
    report("2024-01-05")
    report()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RAISE check_violation USING MESSAGE = 'refused'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER no_january BEFORE INSERT ON stats_monthlycount FOR EACH ROW"
            " WHEN (NEW.month = '2024-01-01') EXECUTE FUNCTION refuse()"
        )
    with pytest.raises(IntegrityError):
        recount_waiting(now=NOW)
    assert waiting_months() == [Month(2024, 1)]
    assert CountedMonth.objects.get().month == MARCH.first
