"""Each alarm: the thing it watches is broken, and it is seen. What is well raises none."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.actions.sealing import seal_waiting
from hotline.health import actions, facts
from hotline.health.alarms import Alarm, Finding, State
from hotline.health.models import Backup, SchemaCheck, Tick
from stats import tasks
from stats.models import AuditCheck, ChainCheck, DirtyMonth, MonthlyCount, Verification
from tests.health.conftest import execute, wrong
from tests.stats.records import report

pytestmark = pytest.mark.usefixtures("well")
A_MINUTE_AND_MORE = timedelta(seconds=61)


def told() -> list[Alarm]:
    return [finding.alarm for finding in wrong()]


def test_a_mark_that_waits_for_more_than_a_minute():
    report()
    assert wrong() == []
    execute("UPDATE stats_dirtymonth SET marked_at = marked_at - interval '61 seconds'")
    (finding,) = wrong()
    assert (finding.alarm, finding.state, finding.number) == (Alarm.COUNTING, State.LATE, 1)
    assert finding.since == DirtyMonth.objects.get().marked_at
    tasks.recount_marked()
    assert wrong() == []


def test_no_tick_while_nothing_waits_at_the_broker_is_beats_fault():
    Tick.objects.update(at=timezone.now() - A_MINUTE_AND_MORE)
    (finding,) = wrong(queued=0)
    assert finding == Finding(Alarm.BEAT, State.LATE, Tick.objects.get().at)


def test_no_tick_while_messages_wait_is_the_workers_fault():
    Tick.objects.update(at=timezone.now() - A_MINUTE_AND_MORE)
    assert wrong(queued=3) == [Finding(Alarm.WORKER, State.LATE, Tick.objects.get().at, 3)]


def test_a_clock_that_never_ticked():
    Tick.objects.all().delete()
    assert wrong(queued=0) == [Finding(Alarm.BEAT, State.LATE)]


def test_a_tick_taken_late_turns_nothing_back():
    before = Tick.objects.get().at
    actions.note_tick(now=before - A_MINUTE_AND_MORE)
    assert Tick.objects.get().at == before


def test_the_broker_away(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert facts.queued() is None
    assert wrong() == [Finding(Alarm.BROKER, State.WRONG)]


def test_a_count_that_differs_from_the_records():
    report()
    tasks.recount_marked()
    cell = MonthlyCount.objects.filter(figure="reports", breakdown="total").first()
    MonthlyCount.objects.filter(pk=cell.pk).update(value=cell.value + 1)
    tasks.verify_counts()
    first = Verification.objects.order_by("-pk").first()
    tasks.verify_counts()
    assert wrong() == [Finding(Alarm.COUNTS, State.WRONG, first.finished_at, 1)]
    MonthlyCount.objects.filter(pk=cell.pk).update(value=cell.value)
    tasks.verify_counts()
    assert wrong() == []


def test_a_release_that_was_taken_away():
    execute(
        "INSERT INTO cases_auditevent (verb, subject, subject_key, changes)"
        """ VALUES ('freeze', 'release', '1', '{"digest": [null, "aaaa"]}')"""
    )
    tasks.verify_releases()
    assert told() == [Alarm.RELEASES]


def test_an_event_that_waits_to_be_sealed_for_more_than_a_minute():
    execute(
        "WITH e AS (INSERT INTO cases_auditevent (verb, subject, subject_key, changes) VALUES ('log', 'report', '1',"
        " '{}') RETURNING id) INSERT INTO cases_unsealedevent SELECT id, now() - interval '61 seconds' FROM e"
    )
    assert [(one.alarm, one.state, one.number) for one in wrong()] == [(Alarm.SEALING, State.LATE, 1)]
    seal_waiting(now=timezone.now())
    assert wrong() == []


def test_an_event_that_was_changed_after_it_was_sealed():
    execute(
        "WITH e AS (INSERT INTO cases_auditevent (verb, subject, subject_key, changes) VALUES ('log', 'report', '1',"
        " '{}') RETURNING id) INSERT INTO cases_unsealedevent SELECT id FROM e"
    )
    seal_waiting(now=timezone.now())
    execute("UPDATE cases_auditevent SET subject_key = '2'")
    tasks.verify_audit()
    assert told() == [Alarm.AUDIT]


def test_a_rule_of_the_database_that_was_dropped():
    execute("ALTER TABLE cases_recipient DROP CONSTRAINT recipient_name_is_plain")
    actions.check_schema(now=timezone.now())
    assert told() == [Alarm.SCHEMA]


@pytest.mark.parametrize(
    ("model", "alarm"),
    [
        (Verification, Alarm.COUNTS),
        (ChainCheck, Alarm.RELEASES),
        (AuditCheck, Alarm.AUDIT),
        (SchemaCheck, Alarm.SCHEMA),
    ],
)
def test_a_nightly_check_that_did_not_run(model, alarm):
    last = timezone.now() - timedelta(hours=27)
    model.objects.update(finished_at=last)
    assert wrong() == [Finding(alarm, State.LATE, last)]
    model.objects.all().delete()
    assert wrong() == [Finding(alarm, State.LATE)]


def test_a_backup_of_the_day_before_yesterday_and_none_at_all():
    last = timezone.now() - timedelta(hours=27)
    Backup.objects.update(made_at=last)
    assert wrong() == [Finding(Alarm.BACKUP, State.LATE, last)]
    Backup.objects.all().delete()
    assert wrong() == [Finding(Alarm.BACKUP, State.LATE)]


def test_nothing_is_late_on_an_installation_of_an_hour_ago():
    execute("UPDATE django_migrations SET applied = now() - interval '1 hour'")
    for model in (Backup, Verification, ChainCheck, AuditCheck, SchemaCheck):
        model.objects.all().delete()
    assert wrong() == []


def test_a_migration_that_was_not_applied():
    execute("DELETE FROM django_migrations WHERE app = 'stats' AND name = '0011_counting_rules'")
    assert wrong() == [Finding(Alarm.MIGRATIONS, State.WRONG, number=1)]


def test_a_job_that_failed(administrator):
    execute(
        "INSERT INTO stats_exportjob (key, kind, first_month, months, status, reason, document, form, language, state,"
        " progress, step, failure, attempts, requested_by, requested_at, sent_at, finished_at, sha256)"
        " VALUES (gen_random_uuid(), 'freeze', '2024-01-01', 12, 'final', '', '', '', '', 'failed', 0, '', 'fault', 3,"
        " gen_random_uuid(), now(), now(), now(), '')"
    )
    assert told() == [Alarm.JOBS]
    execute("UPDATE stats_exportjob SET finished_at = now() - interval '8 days'")
    assert wrong() == []


def test_a_disk_that_is_nearly_full():
    assert wrong(disk_free=0.049) == [Finding(Alarm.DISK, State.WRONG)]
    assert 0 < facts.free_on_disk() < 1


def test_log_settings_that_are_not_ours():
    assert wrong(log_settings=2) == [Finding(Alarm.LOGS, State.WRONG, number=2)]


def test_a_database_that_does_not_answer():
    assert wrong(stored=None) == [Finding(Alarm.DATABASE, State.WRONG)]
