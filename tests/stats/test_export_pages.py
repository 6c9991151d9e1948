"""The pages of exports: watched while they are made, taken, cancelled, and seen by whom."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from cases.models import AuditEvent
from hotline.accounts.permissions import Role
from stats.jobs.runs import claim_job, run
from stats.models import ExportJob, JobState, Release, Step
from tests import make
from tests.stats.releases.small import FROZEN_AT, fill, frozen, job

pytestmark = pytest.mark.django_db
NOW = FROZEN_AT + timedelta(hours=1)
HTMX = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def published(django_db_setup, django_db_blocker):
    """March 2024, frozen once and never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        fill()
        frozen()
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def at_now(published, db):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reader():
    return make.user(Role.READER, name="Rea Reader")


def browser_of(user) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def waiting(by, **fields) -> ExportJob:
    return job(by, Release.objects.get(), **fields)


def made(by) -> ExportJob:
    found = waiting(by)
    run(found.key, clock=lambda: NOW)
    return found


def text_of(response) -> str:
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_without_exports_the_page_says_what_stands_there(reader):
    assert "Nothing has been exported yet" in text_of(browser_of(reader).get("/exports/"))


def test_export_that_waits_can_be_cancelled_and_the_page_asks_again(reader):
    waiting(reader)
    page = browser_of(reader).get("/exports/")
    said, content = text_of(page), page.content.decode()
    assert "Tables: March 2024, final waiting for its turn CSV · Nederlands" in said
    assert ("Cancel" in said, "Download" in said, 'hx-trigger="every 2s"' in content) == (True, False, True)


def test_export_that_is_made_shows_how_far_it_is(reader):
    found = waiting(reader)
    claim_job(found.key, now=NOW)
    ExportJob.objects.update(step=Step.WRITE, progress=30)
    said = text_of(browser_of(reader).get(f"/exports/{found.key}/"))
    assert "being made" in said
    assert "30%: writing the document" in said
    assert '<progress class="progress" value="30" max="100"' in browser_of(reader).get("/exports/").content.decode()


def test_finished_export_is_offered_until_it_expires(reader):
    found = made(reader)
    page = browser_of(reader).get("/exports/")
    assert "kept until 10 May 2025" in text_of(page)
    assert "hx-trigger" not in page.content.decode()
    ExportJob.objects.update(expires_at=NOW)
    said = text_of(browser_of(reader).get(f"/exports/{found.key}/"))
    assert ("Its file expired on 10 April 2025" in said, "Download" in said) == (True, False)


def test_taking_a_file_gives_its_bytes_and_is_logged(reader):
    found = made(reader)
    browser = browser_of(reader)
    files = [browser.post(f"/exports/{found.key}/download") for _again in range(2)]
    assert {file.content for file in files} == {bytes(ExportJob.objects.get().content)}
    assert files[0]["Content-Disposition"] == 'attachment; filename="hotline-2024-03-final-1-nl.csv"'
    assert AuditEvent.objects.filter(verb="export", actor=reader.reference, subject_key="1").count() == 2


def test_file_is_never_taken_by_a_mere_link(reader):
    found = made(reader)
    assert browser_of(reader).get(f"/exports/{found.key}/download").status_code == 405
    assert not AuditEvent.objects.filter(verb="export").exists()


def test_file_that_is_not_there_is_said_so(reader):
    found = waiting(reader)
    answer = browser_of(reader).post(f"/exports/{found.key}/download", follow=True)
    assert "There is no file" in text_of(answer)
    assert not AuditEvent.objects.filter(verb="export").exists()


@pytest.mark.parametrize("role", [Role.LEAD, Role.READER])
def test_export_of_another_is_not_found(reader, role):
    found = made(reader)
    browser = browser_of(make.user(role))
    assert browser.get(f"/exports/{found.key}/").status_code == 404
    for what in ("download", "cancel", "again"):
        assert browser.post(f"/exports/{found.key}/{what}").status_code == 404
    assert "Tables" not in text_of(browser.get("/exports/"))


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR])
def test_who_may_export_no_longer_takes_nothing(reader, role):
    found = made(reader)
    browser = browser_of(reader)
    reader.role = role
    reader.save()
    # The session ended with the role; and the new one is not let in.
    assert browser.post(f"/exports/{found.key}/download")["Location"].startswith("/sign-in/")
    assert browser_of(reader).post(f"/exports/{found.key}/download").status_code == 403


def test_an_administrator_sees_whose_each_is(reader, administrator):
    found = made(reader)
    browser = browser_of(administrator)
    assert "for Rea Reader" in text_of(browser.get("/exports/"))
    reader.delete()
    assert "for Someone no longer here" in text_of(browser.get("/exports/"))
    assert browser.post(f"/exports/{found.key}/download").status_code == 200


def test_cancelled_export_says_so_and_can_be_tried_again(reader):
    found = waiting(reader)
    browser = browser_of(reader)
    said = text_of(browser.post(f"/exports/{found.key}/cancel", follow=True))
    assert ("cancelled" in said, "Try again" in said, "Cancel" in said) == (True, True, False)
    said = text_of(browser.post(f"/exports/{found.key}/again", follow=True))
    assert "waiting for its turn" in said


def test_cancelling_what_is_finished_says_that_it_came_too_late(reader):
    found = made(reader)
    said = text_of(browser_of(reader).post(f"/exports/{found.key}/cancel", follow=True))
    assert "It was already finished" in said
    assert "Download" in said


def test_failed_export_says_why_in_words(administrator):
    found = job(administrator, state=JobState.FAILED, failure="unsettled")
    said = text_of(browser_of(administrator).get(f"/exports/{found.key}/"))
    assert "Release: March 2024, final not finished" in said
    assert "Records of this period keep changing." in said


def test_finished_freeze_leads_to_its_release(administrator):
    found = job(administrator, state=JobState.DONE, progress=100, release=Release.objects.get())
    browser = browser_of(administrator)
    assert browser.get(f"/exports/{found.key}/")["Location"] == "/releases/1/"
    assert browser.get(f"/exports/{found.key}/", headers=HTMX)["HX-Redirect"] == "/releases/1/"


def test_page_of_one_export_asks_for_its_part_only(reader):
    found = waiting(reader)
    content = browser_of(reader).get(f"/exports/{found.key}/", headers=HTMX).content.decode()
    assert ("<html" in content, 'id="export"' in content, 'hx-trigger="every 1s"' in content) == (False, True, True)
    assert "<html" not in browser_of(reader).get("/exports/", headers=HTMX).content.decode()


@pytest.mark.parametrize("jobs", [1, 3])
def test_list_asks_the_same_few_queries_however_long_it_is(reader, jobs, django_assert_num_queries):
    for _again in range(jobs):
        waiting(reader)
    browser = browser_of(reader)
    browser.get("/exports/")
    # Session, user, jobs with their releases, names.
    with django_assert_num_queries(4):
        browser.get("/exports/")
