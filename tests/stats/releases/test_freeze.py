"""Freezing a period: what follows on what, what is copied, and that it stays."""

import threading
from datetime import date, datetime

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction

from cases.actions import audit
from cases.models import AuditEvent, CoveragePeriod
from hotline.accounts.permissions import Role
from stats.figures import DECLARED
from stats.models import FrozenCell, FrozenLine, FrozenPassport, FrozenTable, MonthlyCount, Release
from stats.releases.draft import draft
from stats.releases.freeze import FreezeError, Rule
from stats.releases.reading import publication_of, tables_of
from tests import make
from tests.make import AMSTERDAM
from tests.stats.releases.conftest import LATER, boys, frozen, girls, logged

pytestmark = pytest.mark.usefixtures("hotline_2024")
FROZEN_TABLES = ("stats_release", "stats_frozentable", "stats_frozenline", "stats_frozencell", "stats_frozenpassport")


def broken(text: str, status: str, **options) -> Rule:
    with pytest.raises(FreezeError) as caught:
        frozen(text, status, **options)
    return caught.value.rule


def test_every_table_of_the_draft_is_copied_and_comes_back_the_same():
    release = frozen("2024", "final")
    found = draft(publication_of(1).facts.period, today=date(2025, 4, 10))
    (kept,) = tables_of([release]).values()
    assert [table.key for table in kept] == [table.key for table in found.tables]
    assert [_exact(table) for table in kept] == [_exact(table) for table in found.tables]
    assert [(str(table.title), table.columns) for table in kept] == [
        (str(table.title), table.columns) for table in found.tables
    ]


def _exact(table):
    return [
        (
            row.key,
            row.part,
            [(cell.value, cell.status, cell.coverage, cell.bounds, cell.numerator) for cell in row.cells],
        )
        for row in table.rows
    ]


def test_passports_definitions_and_who_are_frozen_along():
    administrator = make.user(Role.ADMINISTRATOR)
    release = frozen("2024", "final", by=administrator)
    publication = publication_of(release.number)
    assert [passport.key for passport in publication.passports] == list(DECLARED)
    assert publication.passport("share_girls").rule == DECLARED["share_girls"].rule
    assert (release.actor, release.released_date) == (administrator.reference, date(2025, 4, 10))
    assert (release.threshold, len(release.digest), release.previous_digest) == (5, 64, "")
    event = AuditEvent.objects.get(verb="freeze")
    assert (event.actor, event.subject_key, event.changes["status"]) == (administrator.reference, "1", [None, "final"])


def test_a_provisional_release_says_so_on_every_number():
    frozen("2024", "provisional")
    assert publication_of(1, exact=True).table("headline").cell("reports", "2024").status.value == "P"
    frozen("2024", "final")
    assert publication_of(2, exact=True).table("headline").cell("reports", "2024").status.value == "A"


def test_what_follows_on_what():
    assert broken("2024", "revised", reason="correction") is Rule.NOT_FINAL
    frozen("2024", "provisional")
    frozen("2024", "provisional")
    assert broken("2024", "final", reason="correction") is Rule.REASON
    frozen("2024", "final")
    assert broken("2024", "final") is Rule.IS_FINAL
    assert broken("2024", "provisional") is Rule.IS_FINAL
    assert broken("2024", "revised") is Rule.NO_REASON
    assert frozen("2024", "revised", reason="late_entry").revision == 1
    assert frozen("2024", "revised", reason="correction").revision == 2
    assert frozen("2024-Q1", "final").number == 6
    assert frozen("2023-11..2024-10", "final").number == 7


def test_a_period_that_runs_is_provisional_only_and_one_to_come_not_at_all():
    now = datetime(2024, 6, 15, 12, tzinfo=AMSTERDAM)
    assert broken("2024", "final", now=now) is Rule.NOT_ENDED
    assert frozen("2024", "provisional", now=now).number == 1
    assert broken("2024-07", "provisional", now=now) is Rule.NOT_BEGUN
    assert broken("2022", "final") is Rule.NOTHING


def test_the_last_day_of_a_period_is_the_hotlines_own():
    last_evening = datetime(2024, 12, 31, 23, 30, tzinfo=AMSTERDAM)
    assert broken("2024", "final", now=last_evening) is Rule.NOT_ENDED
    new_year = datetime(2025, 1, 1, 0, 30, tzinfo=AMSTERDAM)
    assert frozen("2024", "final", now=new_year).released_date == date(2025, 1, 1)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.LEAD, Role.AUDITOR, Role.READER])
def test_only_an_administrator_freezes(role):
    assert broken("2024", "final", by=make.user(role)) is Rule.NOT_ALLOWED
    assert not Release.objects.exists()


def test_what_waits_is_counted_first():
    logged(date(2024, 3, 5), girls(7), url_count=9)
    frozen("2024", "final")
    assert publication_of(1, exact=True).table("headline").cell("reports", "2024").value == 13


def test_counts_that_differ_from_the_records_are_not_frozen():
    frozen("2024", "provisional")
    MonthlyCount.objects.filter(month="2024-03-01", figure="reports", breakdown="total").update(value=999)
    assert broken("2024", "final") is Rule.DIFFERS
    assert Release.objects.count() == 1


def test_nothing_is_half_written(monkeypatch):
    def fail(*_args, **_options):
        raise DatabaseError

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(DatabaseError):
        frozen("2024", "final")
    assert [model.objects.count() for model in (Release, FrozenTable, FrozenLine, FrozenCell, FrozenPassport)] == [
        0
    ] * 5


@pytest.mark.parametrize("table", FROZEN_TABLES)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE", "UPDATE {} SET {column} = {column}"])
def test_the_database_refuses_every_change(table, statement):
    frozen("2024", "final")
    column = "number" if table == "stats_release" else "id"
    with pytest.raises(DatabaseError, match="a release is frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, column=column))


@pytest.mark.parametrize("model", [FrozenTable, FrozenLine, FrozenCell, FrozenPassport])
def test_nothing_is_added_to_a_release_afterwards(model):
    frozen("2024", "final")
    row = model.objects.first()
    row.pk = None
    if model is FrozenCell:
        row.row = 999
    else:
        row.position = 999
    with pytest.raises(DatabaseError, match="a release is frozen"), transaction.atomic():
        row.save(force_insert=True)


def test_two_at_once_make_two_releases_one_after_the_other():
    def run() -> None:
        try:
            numbers.append(frozen("2024", "provisional").number)
        finally:
            connections.close_all()

    numbers: list[int] = []
    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(numbers) == [1, 2, 3, 4]
    digests = dict(Release.objects.values_list("number", "digest"))
    assert dict(Release.objects.values_list("number", "previous_digest")) == {
        1: "", 2: digests[1], 3: digests[2], 4: digests[3]
    }  # fmt: skip


def test_a_report_logged_while_freezing_is_in_it_or_left_for_later_and_never_half(monkeypatch):
    """The tables are of one moment: what commits between two of them is in none."""
    from stats.releases import freeze as module  # noqa: PLC0415

    real = module.draft

    def logged_meanwhile(period, *, today):
        with psycopg.connect(make.database_address(), autocommit=True) as other:
            other.execute("UPDATE cases_report SET url_count = url_count + 1 WHERE received_date = '2024-05-10'")
        return real(period, today=today)

    monkeypatch.setattr(module, "draft", logged_meanwhile)
    assert broken("2024", "final") is Rule.UNSETTLED


def test_coverage_is_frozen_with_the_numbers():
    CoveragePeriod.objects.filter(dimension="sex").update(from_date=date(2024, 8, 1))
    frozen("2024", "final")
    CoveragePeriod.objects.filter(dimension="sex").update(from_date=date(2023, 1, 1))
    cell = publication_of(1, exact=True).table("headline").cell("share_girls", "2024")
    assert (cell.coverage.full, cell.coverage.of, cell.status.value) == (5, 12, "B")


def test_edits_and_new_labels_change_nothing_that_was_frozen():
    recipient = make.recipient("Example Hosting")
    report = logged(date(2024, 6, 1), boys(6), url_count=6)
    frozen("2024", "final")
    before = publication_of(1)
    logged(date(2024, 2, 2), girls(50), url_count=50, at=LATER)
    report.delete()
    recipient.name = "Other Name"
    recipient.save()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_source SET label_en = 'Changed label', label_nl = 'Ander woord'")
    assert _words(publication_of(1)) == _words(before)


def _words(publication) -> list[str]:
    return [
        repr((table.key, str(table.title), [(str(row.label), row.cells) for row in table.rows]))
        for table in publication.tables
    ]


def test_command_freezes_lists_and_refuses(capsys):
    call_command("freeze", "2024", "--status", "final")
    release = Release.objects.get()
    assert capsys.readouterr().out == f"release 1: 2024 final\n{release.digest}\n"
    call_command("releases", "--format", "json")
    assert f'"digest": "{release.digest}"' in capsys.readouterr().out
    for arguments, message in [
        (["2024", "--status", "final"], "has a final release"),
        (["2024-13", "--status", "final"], "a period is written as"),
        (["2024", "--status", "revised"], "needs a reason"),
    ]:
        with pytest.raises(CommandError, match=message):
            call_command("freeze", *arguments)
