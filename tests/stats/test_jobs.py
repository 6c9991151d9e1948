"""Jobs: claimed once, cancelled at any time, finished by another worker when the first was killed, kept until they
expire."""

import hashlib
import uuid
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from cases.models import AuditEvent
from hotline.accounts.models import User
from hotline.accounts.permissions import Role
from hotline.celery import app
from stats.jobs import queue as jobs
from stats.jobs.documents import NoSuchDocumentError, changed_since, document_bytes, last_report
from stats.jobs.runs import MOST_ATTEMPTS, JobLostError, Work, claim_job, run
from stats.models import ExportJob, JobState, Release, Step
from stats.models.jobs import STALE
from stats.periods import Period
from stats.publication import Document, Form, Reason, ReleaseStatus
from stats.releases.freeze import FreezeError, Rule
from stats.releases.reading import UnknownReleaseError, publication_of
from stats.tasks import run_job
from tests import make
from tests.stats.releases.small import FROZEN_AT, fill, frozen, job

pytestmark = pytest.mark.django_db
LATER = FROZEN_AT + timedelta(minutes=5)
MARCH = Period.parse("2024-03")


def at(moment=LATER):
    return lambda: moment


@pytest.fixture
def release(db) -> Release:
    fill()
    return frozen()


def seen(asked: ExportJob) -> tuple[str, int, str]:
    found = ExportJob.objects.get(key=asked.key)
    return found.state, found.progress, found.failure


def asked_for(release: Release, by: User, form: Form = Form.CSV, language: str = "en") -> ExportJob:
    return jobs.ask_for_document(release.number, Document.TABLES, form, language, by=by, now=LATER)


def test_document_is_made_and_can_be_had_again_to_the_byte(release, lead):
    asked = asked_for(release, lead)
    run(asked.key, clock=at())
    found = ExportJob.objects.get(key=asked.key)
    expected = document_bytes(publication_of(1), Document.TABLES, Form.CSV, "en")
    assert (found.state, found.progress, bytes(found.content)) == (JobState.DONE, 100, expected)
    assert (found.size, found.sha256) == (len(expected), hashlib.sha256(expected).hexdigest())
    assert found.expires_at == LATER + timedelta(days=settings.EXPORT_DAYS)
    for _again in range(2):
        file = jobs.take(asked.key, by=lead, now=LATER)
        assert (file.name, file.content) == ("hotline-2024-03-final-1-en.csv", expected)


def test_every_taking_is_in_the_audit_log_and_the_making_is_not(release, lead):
    asked = asked_for(release, lead, language="nl")
    run(asked.key, clock=at())
    assert not AuditEvent.objects.filter(verb="export").exists()
    jobs.take(asked.key, by=lead, now=LATER)
    event = AuditEvent.objects.get(verb="export")
    assert (event.actor, event.subject, event.subject_key) == (lead.reference, "release", "1")
    assert event.changes == {"document": [None, "tables"], "format": [None, "csv"], "language": [None, "nl"]}


def test_running_twice_changes_nothing(release, lead):
    asked = asked_for(release, lead)
    run(asked.key, clock=at())
    before = ExportJob.objects.filter(key=asked.key).values().get()
    run(asked.key, clock=at(LATER + timedelta(hours=1)))
    assert ExportJob.objects.filter(key=asked.key).values().get() == before


def test_of_two_workers_one_claims(release, lead):
    asked = job(lead, release)
    claims = [claim_job(asked.key, now=LATER), claim_job(asked.key, now=LATER)]
    assert [claim is None for claim in claims] == [False, True]
    assert ExportJob.objects.get().claim == claims[0]


def test_job_of_a_killed_worker_is_claimed_anew_after_a_minute_and_the_first_writes_nothing_more(release, lead):
    asked = asked_for(release, lead)
    first = Work(asked.key, claim_job(asked.key, now=LATER), at())
    first.step(Step.WRITE, 30)
    assert claim_job(asked.key, now=LATER + STALE - timedelta(seconds=1)) is None
    run(asked.key, clock=at(LATER + STALE))
    assert seen(asked) == (JobState.DONE, 100, "")
    with pytest.raises(JobLostError):
        first.step(Step.KEEP, 90)
    with pytest.raises(JobLostError):
        first.done(content=b"other", size=5)
    first.end(JobState.FAILED, failure="error")
    assert seen(asked) == (JobState.DONE, 100, "")


def test_making_it_again_gives_the_same_bytes(release, lead):
    asked = asked_for(release, lead)
    run(asked.key, clock=at())
    made = jobs.take(asked.key, by=lead, now=LATER).content
    ExportJob.objects.update(state=JobState.RUNNING, claim=uuid.uuid4(), heartbeat_at=LATER, content=None)
    run(asked.key, clock=at(LATER + timedelta(days=1)))
    assert jobs.take(asked.key, by=lead, now=LATER).content == made


def test_heartbeat_keeps_a_slow_worker_its_job(release, lead):
    asked = asked_for(release, lead)
    work = Work(asked.key, claim_job(asked.key, now=LATER), at(LATER + STALE))
    work.step(Step.WRITE, 30)
    assert claim_job(asked.key, now=LATER + STALE + timedelta(seconds=59)) is None
    assert not ExportJob.objects.stalled(LATER + STALE + timedelta(seconds=59)).exists()


def test_job_that_stops_its_worker_every_time_is_given_up(release, lead):
    asked = asked_for(release, lead)
    for attempt in range(MOST_ATTEMPTS):
        assert claim_job(asked.key, now=LATER + attempt * STALE)
    assert claim_job(asked.key, now=LATER + MOST_ATTEMPTS * STALE) is None
    assert seen(asked)[::2] == (JobState.FAILED, "worker")
    assert "The worker stopped" in jobs.failure_text(ExportJob.objects.get())


def test_cancelled_before_it_began_it_is_never_made(release, lead):
    asked = asked_for(release, lead)
    assert jobs.cancel(asked.key, by=lead, now=LATER)
    run(asked.key, clock=at())
    assert (seen(asked)[0], ExportJob.objects.get().content) == (JobState.CANCELLED, None)


@pytest.mark.parametrize("cancelled_at", [Step.READ, Step.WRITE, Step.KEEP])
def test_cancelled_while_it_is_made_the_worker_stops_at_its_next_step(release, lead, cancelled_at):
    asked = asked_for(release, lead)

    def clock():
        """The worker asks for the time at each step: then it is cancelled."""
        if ExportJob.objects.filter(step=before[cancelled_at], state=JobState.RUNNING).exists():
            jobs.cancel(asked.key, by=lead, now=LATER)
        return LATER

    before = {Step.READ: "", Step.WRITE: Step.READ, Step.KEEP: Step.WRITE}
    run(asked.key, clock=clock)
    found = ExportJob.objects.get()
    assert (found.state, found.step, found.content) == (JobState.CANCELLED, before[cancelled_at], None)


def test_cancelled_after_it_was_finished_it_stays(release, lead):
    asked = asked_for(release, lead)
    run(asked.key, clock=at())
    assert not jobs.cancel(asked.key, by=lead, now=LATER)
    assert seen(asked) == (JobState.DONE, 100, "")


def test_what_was_cancelled_or_failed_can_be_tried_again_and_what_is_finished_is_left(release, lead):
    asked = asked_for(release, lead)
    jobs.cancel(asked.key, by=lead, now=LATER)
    assert jobs.try_again(asked.key, by=lead, now=LATER).state == JobState.QUEUED
    run(asked.key, clock=at())
    assert jobs.try_again(asked.key, by=lead, now=LATER).state == JobState.DONE


def waiting_messages() -> int:
    with app.connection_for_read() as broker:
        return broker.default_channel.client.llen(app.conf.task_default_queue)


def test_lost_message_is_sent_again_and_only_once_at_a_time(release, lead):
    asked_for(release, lead)
    before = waiting_messages()
    assert jobs.resend(now=LATER + timedelta(seconds=19)) == 0
    assert jobs.resend(now=LATER + timedelta(seconds=20)) == 1
    assert jobs.resend(now=LATER + timedelta(seconds=21)) == 0
    assert waiting_messages() == before + 1


def test_message_says_which_job_and_the_task_makes_it(release, lead):
    asked = asked_for(release, lead)
    run_job.run(key=str(asked.key))
    assert seen(asked)[0] == JobState.DONE


def test_job_of_a_killed_worker_is_sent_again_and_a_finished_one_is_not(release, lead):
    asked = asked_for(release, lead)
    claim_job(asked.key, now=LATER)
    assert jobs.resend(now=LATER + timedelta(seconds=59)) == 0
    assert jobs.resend(now=LATER + STALE) == 1
    run(asked.key, clock=at(LATER + STALE))
    assert jobs.resend(now=LATER + timedelta(days=1)) == 0


def test_what_goes_wrong_is_said_without_a_value(release, lead, caplog):
    asked = job(lead, release, document="canary_q")  # the error about it repeats it
    run(asked.key, clock=at())
    assert seen(asked)[::2] == (JobState.FAILED, "error")
    assert "ValueError" in caplog.text
    assert "canary" not in caplog.text + jobs.failure_text(ExportJob.objects.get())


def test_file_is_kept_until_it_expires_and_not_longer(release, lead):
    asked = asked_for(release, lead)
    run(asked.key, clock=at())
    expiry = LATER + timedelta(days=settings.EXPORT_DAYS)
    assert jobs.forget_expired(now=expiry - timedelta(seconds=1)) == 0
    assert jobs.take(asked.key, by=lead, now=expiry - timedelta(seconds=1)).content
    with pytest.raises(jobs.NoFileError):
        jobs.take(asked.key, by=lead, now=expiry)
    assert jobs.forget_expired(now=expiry) == 1
    assert (ExportJob.objects.get().content, ExportJob.objects.get().size) != (None, None)
    assert ExportJob.objects.get().content is None


def test_one_person_does_not_see_the_jobs_of_another_and_an_administrator_sees_all(release, lead, administrator):
    reader = make.user(Role.READER)
    theirs = asked_for(release, reader)
    run(theirs.key, clock=at())
    for look in (
        lambda: jobs.job_of(theirs.key, lead),
        lambda: jobs.take(theirs.key, by=lead, now=LATER),
        lambda: jobs.cancel(theirs.key, by=lead, now=LATER),
        lambda: jobs.try_again(theirs.key, by=lead, now=LATER),
    ):
        with pytest.raises(jobs.UnknownJobError):
            look()
    assert list(jobs.jobs_of(lead)) == []
    assert [found.key for found in jobs.jobs_of(administrator)] == [theirs.key]
    assert jobs.take(theirs.key, by=administrator, now=LATER).content


def test_the_same_document_is_made_once_for_a_person(release, lead, administrator):
    first = asked_for(release, lead)
    assert asked_for(release, lead).key == first.key
    run(first.key, clock=at())
    assert asked_for(release, lead).key == first.key
    assert asked_for(release, lead, language="nl").key != first.key
    assert asked_for(release, administrator).key != first.key
    ExportJob.objects.update(expires_at=LATER)
    assert asked_for(release, lead).key != first.key


@pytest.mark.parametrize(
    ("document", "form", "language"),
    [
        (Document.ANNUAL_REPORT, Form.CSV, "nl"),
        (Document.PRESS_SHEET, Form.XLSX, "en"),
        (Document.TABLES, Form.PDF, "de"),
    ],
)
def test_document_that_is_not_made_so_is_refused(release, lead, document, form, language):
    with pytest.raises(NoSuchDocumentError):
        jobs.ask_for_document(1, document, form, language, by=lead, now=LATER)
    with pytest.raises(NoSuchDocumentError):
        document_bytes(publication_of(1), document, form, language)
    assert not ExportJob.objects.exists()


def test_document_of_no_release_is_refused(lead):
    with pytest.raises(UnknownReleaseError):
        jobs.ask_for_document(1, Document.TABLES, Form.CSV, "en", by=lead, now=LATER)


@pytest.mark.parametrize("document", list(Document))
def test_documents_are_typeset_and_the_same_to_the_byte(release, document):
    publication = publication_of(1)
    made = [document_bytes(publication, document, Form.PDF, "nl") for _again in range(2)]
    assert made[0] == made[1]
    assert made[0].startswith(b"%PDF-")


def test_annual_report_has_the_year_before_as_it_was_reported(administrator):
    fill()
    frozen("2023-03", "provisional")
    frozen("2023-03", "final")
    frozen("2024-03", "final")
    last = last_report(publication_of(3).facts)
    assert last.facts.number == 2
    assert changed_since(last, publication_of(3).facts) == []
    assert last_report(publication_of(2).facts) is None


# Freezing.


def ask_for_freeze(by, status=ReleaseStatus.FINAL, reason=None) -> ExportJob:
    return jobs.ask_for_freeze(MARCH, status, reason, by=by, now=LATER)


def test_period_is_frozen_by_a_job_in_the_name_of_who_asked(administrator):
    fill()
    asked = ask_for_freeze(administrator)
    run(asked.key, clock=at())
    found = ExportJob.objects.get()
    release = Release.objects.get()
    assert (found.state, found.release_id, release.actor) == (JobState.DONE, release.number, administrator.reference)
    assert release.released_at == LATER


def test_what_does_not_follow_is_refused_when_it_is_asked_for(administrator, lead):
    fill()
    for by, status, reason, rule in (
        (lead, ReleaseStatus.FINAL, None, Rule.NOT_ALLOWED),
        (administrator, ReleaseStatus.REVISED, Reason.CORRECTION, Rule.NOT_FINAL),
        (administrator, ReleaseStatus.FINAL, Reason.CORRECTION, Rule.REASON),
    ):
        with pytest.raises(FreezeError) as caught:
            ask_for_freeze(by, status, reason)
        assert caught.value.rule is rule
    assert not ExportJob.objects.exists()


def test_asked_for_twice_it_is_frozen_once(administrator):
    fill()
    assert ask_for_freeze(administrator).key == ask_for_freeze(administrator, ReleaseStatus.PROVISIONAL).key
    assert ExportJob.objects.count() == 1


def test_cancelled_while_it_is_frozen_no_release_is_made(administrator):
    fill()
    asked = ask_for_freeze(administrator)

    def clock():
        if ExportJob.objects.filter(step=Step.COUNT, progress__gt=0).exists():
            jobs.cancel(asked.key, by=administrator, now=LATER)
        return LATER

    run(asked.key, clock=clock)
    assert (seen(asked)[0], Release.objects.count()) == (JobState.CANCELLED, 0)


def test_who_lost_the_job_while_copying_makes_no_release(administrator):
    fill()
    asked = ask_for_freeze(administrator)

    def clock():
        """Asked for the last time just before the copy is done: another worker has it by then."""
        if ExportJob.objects.filter(step=Step.COPY).exists():
            ExportJob.objects.update(claim=uuid.uuid4())
        return LATER

    run(asked.key, clock=clock)
    assert (seen(asked)[0], Release.objects.count()) == (JobState.RUNNING, 0)
    assert not AuditEvent.objects.filter(verb="freeze").exists()


def test_rule_broken_by_then_is_told_in_words(administrator):
    fill()
    asked = ask_for_freeze(administrator)
    frozen()
    run(asked.key, clock=at())
    assert seen(asked)[::2] == (JobState.FAILED, "is_final")
    assert "has a final release" in jobs.failure_text(ExportJob.objects.get())


def test_who_is_gone_or_may_no_longer_freezes_nothing(administrator):
    fill()
    asked = ask_for_freeze(administrator)
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    run(asked.key, clock=at())
    assert seen(asked)[::2] == (JobState.FAILED, "not_allowed")
    ExportJob.objects.update(state=JobState.QUEUED, requested_by=uuid.uuid4())
    run(asked.key, clock=at())
    assert (seen(asked)[::2], Release.objects.count()) == ((JobState.FAILED, "not_allowed"), 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "other"},
        {"state": "other"},
        {"progress": 101},
        {"state": "running"},
        {"content": b"x"},
        {"form": ""},
        {"release": None},
        {"first_month": date(2024, 1, 1)},
    ],
)
def test_job_breaking_a_rule_is_refused_by_the_database(release, lead, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        job(lead, release, **fields)
    job(lead, release)
