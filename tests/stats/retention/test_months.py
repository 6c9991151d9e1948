"""Records of months that are final and old enough go; what was counted and published stays; every check is clean."""

import uuid
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from cases.actions import reports, retention
from cases.actions.errors import RetiredMonthError
from cases.closed_months import CalendarMonth, EveryMonth
from cases.models import AuditEvent, Finding, Referral, Report, RetiredMonth, SenderKey
from cases.retired import LOCK, retired_months
from hotline.accounts.permissions import Role
from stats.counting import rollups
from stats.counting.late import late_entries
from stats.counting.queries import read_counts
from stats.counting.rollups import settle
from stats.counting.verify import verify
from stats.models import CountedMonth, DirtyMonth, MonthlyCount, Release
from stats.periods import Month
from stats.releases.freeze import FreezeError, Rule
from stats.releases.reading import publication_of
from stats.releases.sides import since_release
from stats.retention.months import Waits, candidates, remove_records, retire_old_months
from tests import make
from tests.make import AMSTERDAM
from tests.project.processes import BASE_DIR
from tests.stats.releases.conftest import boys, frozen, girls, record_from

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=AMSTERDAM)
LATE = (("2024-03-05", "71"), ("2024-05-05", "72"))
MARCH, APRIL = Month(2024, 3), Month(2024, 4)


@pytest.fixture
def hotline(committed_db, settings):
    """March, April and May 2024: three reports with findings each; one of March was referred in April.

    The first two months are final, by rows that say so.
    """
    settings.RETENTION_YEARS = 2
    record_from(date(2023, 1, 1))
    lead = make.user(Role.LEAD)
    for month in (3, 4, 5):
        for day in (1, 2, 3):
            logged(date(2024, month, day), by=lead)
    report = Report.objects.filter(received_date=date(2024, 3, 1)).get()
    Referral.objects.create(report=report, recipient=make.recipient(), url_count=5, sent_date=date(2024, 4, 20))
    settle([MARCH, APRIL, Month(2024, 5)], now=NOW)
    for number, month in enumerate((MARCH, APRIL), 1):
        final(number, month)
    return lead


def final(number: int, month: Month) -> None:
    Release.objects.create(
        number=number, first_month=month.first, months=1, status="final", released_at=NOW, released_date=NOW.date(),
        definitions="0" * 16, threshold=5, is_synthetic=True, digest=f"{number:064}",
    )  # fmt: skip


def logged(day: date, *, by) -> Report:
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=AMSTERDAM)
    report = make.report(girls(7), boys(6), received_date=day, url_count=13, now=moment, by=by)
    Report.objects.filter(pk=report.pk).update(state="closed", assignee=None)
    return report


def cells() -> list[tuple]:
    return list(MonthlyCount.objects.order_by("pk").values_list())


def run() -> list[int]:
    found = list(retire_old_months(now=NOW))
    assert all(one.waits in {None, Waits.NOT_FINAL, Waits.OPEN} for one in found)
    return list(remove_records(now=NOW, batch=2))


def test_records_go_and_counts_and_checks_stay(hotline):
    before = cells()
    run()
    assert Report.objects.filter(received_date__lt=date(2024, 5, 1)).count() == 0
    assert (Report.objects.count(), Finding.objects.count(), Referral.objects.count()) == (3, 6, 0)
    assert not DirtyMonth.objects.exists()
    assert list(RetiredMonth.objects.values_list("month", "release", "reports", "findings", "referrals")) == [
        (date(2024, 3, 1), 1, 3, 6, 1),
        (date(2024, 4, 1), 2, 3, 6, 0),
    ]
    for command in ("verify_counts", "verify_audit"):
        call_command(command)
    assert cells() == before


def test_a_release_is_the_same_when_what_it_was_made_of_is_gone(committed_db, settings):
    settings.RETENTION_YEARS = 2
    record_from(date(2023, 1, 1))
    logged(date(2024, 3, 5), by=make.user(Role.LEAD))
    settle([MARCH], now=NOW)
    release = frozen("2024-03", "final", now=NOW)
    before = publication_of(release.number, exact=True)
    run()
    assert not Report.objects.exists()
    assert publication_of(release.number, exact=True) == before
    call_command("verify_releases")
    call_command("verify_counts")
    assert since_release(release.number, now=NOW) == []
    with pytest.raises(FreezeError) as refused:
        frozen("2024-03", "revised", reason="correction", now=NOW)
    assert refused.value.rule is Rule.RETIRED


def test_what_waits_is_told_and_stays(hotline):
    waits = {str(found.month): found.waits for found in candidates(now=NOW)}
    assert waits == {"2024-03": None, "2024-04": None, "2024-05": Waits.NOT_FINAL}
    Report.objects.filter(received_date=date(2024, 4, 2)).update(state="assessed")
    assert {str(found.month): found.waits for found in candidates(now=NOW)}["2024-04"] is Waits.OPEN
    run()
    assert retired_months() == {CalendarMonth(2024, 3)}


def test_a_report_goes_when_every_month_it_counts_in_is_retired(hotline):
    Report.objects.filter(received_date=date(2024, 4, 2)).update(state="assessed")
    settle([APRIL], now=NOW)
    before = cells()
    run()
    # Its referral was sent in April, which waits: April's count of what was sent still rests on it.
    assert Report.objects.filter(received_date__lt=date(2024, 4, 1)).count() == 1
    settle([APRIL], now=NOW)
    assert cells() == before
    assert verify(now=NOW).agrees
    Report.objects.filter(received_date=date(2024, 4, 2)).update(state="closed")
    run()
    assert Report.objects.filter(received_date__lt=date(2024, 5, 1)).count() == 0
    assert RetiredMonth.objects.get(month=MARCH.first).reports == 3


def test_nothing_goes_without_a_policy(hotline, settings):
    settings.RETENTION_YEARS = None
    assert candidates(now=NOW) == []
    assert run() == []
    assert Report.objects.count() == 9


def test_a_month_that_is_too_young_is_no_candidate(hotline, settings):
    settings.RETENTION_YEARS = 3
    assert candidates(now=NOW) == []
    assert [str(found.month) for found in candidates(now=datetime(2027, 4, 1, 12, tzinfo=AMSTERDAM))] == ["2024-03"]


def test_a_month_whose_counts_differ_from_its_records_is_not_retired(hotline):
    MonthlyCount.objects.filter(month=MARCH.first, figure="reports", breakdown="total").update(value=8)
    found = {str(one.month): one.waits for one in retire_old_months(now=NOW)}
    assert found["2024-03"] is Waits.DIFFERS
    assert Report.objects.filter(received_date__lt=date(2024, 4, 1)).count() == 3


def test_a_run_that_is_cut_off_goes_on(hotline):
    before = cells()
    list(retire_old_months(now=NOW))
    steps = remove_records(now=NOW, batch=2)
    assert next(steps) == 2 + 4 + 1
    steps.close()
    assert RetiredMonth.objects.get(month=MARCH.first).reports == 2
    assert cells() == before
    run()
    assert RetiredMonth.objects.get(month=MARCH.first).reports == 3
    assert run() == []
    assert verify(now=NOW).agrees


def test_removal_is_in_the_audit_log(hotline):
    run()
    told = AuditEvent.objects.filter(subject="month").order_by("pk").values_list("verb", "subject_key", "changes")
    assert list(told)[:2] == [
        ("retire", "2024-03", {"release": [None, "1"]}),
        ("retire", "2024-04", {"release": [None, "2"]}),
    ]
    assert [changes["reports"] for verb, key, changes in told if verb == "retention" and key == "2024-03"] == [
        ["2", None], ["1", None],
    ]  # fmt: skip


def test_nothing_is_logged_in_a_retired_month(hotline):
    run()
    with pytest.raises(RetiredMonthError):
        logged(date(2024, 3, 5), by=hotline)
    assert Report.objects.count() == 3


def test_what_is_left_of_a_retired_month_is_not_edited(hotline):
    Report.objects.filter(received_date=date(2024, 4, 2)).update(state="assessed")
    run()
    left = Report.objects.get(received_date__lt=date(2024, 4, 1))
    with pytest.raises(RetiredMonthError):
        reports.void(by=hotline, now=NOW, report=left, confirmed=EveryMonth())
    with pytest.raises(RetiredMonthError):
        reports.reopen(by=hotline, now=NOW, report=left)


@pytest.mark.parametrize(
    "statement",
    [
        (
            "INSERT INTO cases_report (received_date, source_id, url_count, state, reference_year, version) VALUES"
            " ('2024-03-07', 'public', 1, 'received', 2024, 1)"
        ),
        "UPDATE cases_report SET received_date = '2024-03-07' WHERE received_date = '2024-05-01'",
        "UPDATE cases_report SET version = version + 1 WHERE received_date < '2024-04-01'",
        "DELETE FROM cases_referral",
        (
            "UPDATE cases_finding SET url_count = 1 WHERE report_id IN"
            " (SELECT id FROM cases_report WHERE received_date < '2024-04-01')"
        ),
    ],
)
def test_the_database_refuses_what_is_written_in_a_retired_month(hotline, statement):
    Report.objects.filter(received_date=date(2024, 4, 2)).update(state="assessed")
    run()
    with pytest.raises(IntegrityError, match="nothing is written in it any more"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_import_names_the_row(hotline, tmp_path, capsys):
    run()
    file = tmp_path / "late.csv"
    header, row = (BASE_DIR / "tests" / "data" / "reports.csv").read_text().splitlines()[:2]
    rows = [row.replace(row.split(",")[1], day).replace(row.split(",")[0], key) for day, key in LATE]
    file.write_text("\n".join([header, *rows]) + "\n")
    with pytest.raises(BaseException) as told:  # noqa: PT011 - a command's refusal, told below
        call_command("import_reports", str(file))
    said = str(told.value) + "".join(capsys.readouterr())
    assert "row 2, column received_date: the records of this month were removed" in said
    assert "row 3" not in said


def test_a_recipient_may_become_another_kind(hotline):
    Report.objects.filter(received_date=date(2024, 4, 2)).update(state="assessed")
    run()
    rollups.recount_waiting(now=NOW)
    Referral.objects.get().recipient.__class__.objects.update(kind="platform")
    assert [str(Month.containing(first)) for first in DirtyMonth.objects.values_list("month", flat=True)] == ["2024-04"]


def test_a_retired_month_is_never_counted_again(hotline):
    before = cells()
    run()
    assert rollups.recompute_month(MARCH, now=NOW).cells == 0
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        DirtyMonth.objects.create(month=MARCH.first)
        cursor.execute("SET session_replication_role = origin")
    rollups.recount_waiting(now=NOW)
    assert not DirtyMonth.objects.exists()
    assert cells() == before


def test_other_declarations_later_do_not_leave_a_retired_month_waiting(hotline, monkeypatch):
    run()
    CountedMonth.objects.filter(month=date(2024, 5, 1)).update(definitions="f" * 16)
    assert [str(month) for month in rollups.waiting_months()] == ["2024-05"]
    counts = read_counts([MARCH], today=NOW.date(), bands={})
    assert (counts.counted, counts.waiting) == ({MARCH}, frozenset())


def test_late_entries_leave_out_what_is_gone(hotline):
    assert MARCH in [row.month for row in late_entries(now=NOW).months]
    run()
    assert MARCH not in [row.month for row in late_entries(now=NOW).months]


def test_a_writer_who_was_first_is_seen_and_the_month_waits(hotline, monkeypatch):
    """An edit that is not committed holds the month; it is not retired over its head."""
    monkeypatch.setattr(retention, "LOCK_SECONDS", 1)
    other = connections.create_connection("default")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE cases_report SET url_count = 14 WHERE received_date = '2024-03-03'")
            with other.cursor() as there:
                there.execute("SET lock_timeout = '500ms'")
                with pytest.raises(OperationalError):
                    there.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK, MARCH.number])
    finally:
        other.close()


def test_who_retires_holds_up_a_writer_who_then_is_refused(hotline):
    other = connections.create_connection("default")
    edit = "UPDATE cases_report SET url_count = 14 WHERE received_date = '2024-03-03'"
    try:
        with other.cursor() as there:
            there.execute("SET lock_timeout = '500ms'")
            with transaction.atomic():
                retention.begin_retiring(CalendarMonth(2024, 3))
                with pytest.raises(OperationalError):
                    there.execute(edit)
                retention.retire(now=NOW, month=CalendarMonth(2024, 3), release=1)
            with pytest.raises(IntegrityError, match="nothing is written"):
                there.execute(edit)
    finally:
        other.close()


def test_of_months_of_the_last_year_no_lock_is_taken(hotline):
    with transaction.atomic():
        logged(NOW.date() - timedelta(days=60), by=hotline)
        with connection.cursor() as cursor:
            # Its own locks only: the tests beside this one, in other databases of the server, have theirs.
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND pid = pg_backend_pid()",
                [LOCK],
            )
            assert cursor.fetchone() == (0,)


def test_senders_keys_go_with_their_reports(hotline):
    report = Report.objects.filter(received_date=date(2024, 3, 2)).get()
    SenderKey.objects.create(report=report, key_hash=uuid.UUID(int=1), content_hash=uuid.UUID(int=2))
    run()
    assert not SenderKey.objects.exists()
