"""A person's name is erased: nowhere in the database afterwards, and the log's seal agrees as before."""

import os
import subprocess
from io import BytesIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from cases.actions import reports, sealing
from cases.models import AuditEvent, Report
from hotline.accounts import actions, erasing
from hotline.accounts.models import ERASED, Invitation, Session, User
from hotline.accounts.permissions import Role
from hotline.embedded.binaries import postgres_install
from tests import make

NAME, USERNAME = "Wilhelmina Zonderland", "wzonderland"


@pytest.fixture
def leaver(db) -> User:
    """Someone who worked here, and is switched off."""
    return gone(make.user(Role.ANALYST, name=NAME, username=USERNAME))


def gone(person: User) -> User:
    report = make.report(by=person)
    reports.take(by=person, now=make.NOW, report=report)
    person.is_active = False
    person.last_login = make.NOW
    person.set_password("her own and nobody else's")
    person.save()
    return person


def dump() -> bytes:
    """The whole database, as SQL."""
    there = connection.settings_dict
    made = subprocess.run(
        [postgres_install() / "bin" / "pg_dump", "--inserts", "--dbname", make.database_address()],
        env=os.environ | {"PGPASSWORD": there["PASSWORD"]},
        check=True,
        capture_output=True,
    )
    return BytesIO(made.stdout).getvalue()


def test_the_name_is_nowhere_in_a_dump_and_the_seal_verifies_before_and_after(committed_db):
    administrator = make.user(Role.ADMINISTRATOR)
    leaver = gone(make.user(Role.ANALYST, name=NAME, username=USERNAME))
    sealing.seal_waiting(now=make.NOW)
    call_command("verify_audit")
    assert NAME.encode() in dump()
    erasing.erase(by=administrator, now=make.NOW, user=leaver)
    sealing.seal_waiting(now=make.NOW)
    call_command("verify_audit")
    after = dump()
    assert str(leaver.reference).encode() in after
    for trace in (NAME, "Zonderland", "Wilhelmina", USERNAME, leaver.password):
        assert trace.encode() not in after


def test_what_is_left_is_a_row_that_is_nobodys(administrator, leaver):
    was = leaver.password
    person = erasing.erase(by=administrator, now=make.NOW, user=leaver)
    person.refresh_from_db()
    assert (person.name, person.last_login, person.erased_at, person.is_active) == (ERASED, None, make.NOW, False)
    assert (person.reference, person.role) == (leaver.reference, Role.ANALYST)
    assert person.username.isalpha()
    assert len(person.username) == 20
    assert not person.has_usable_password()
    assert person.password != was


def test_all_that_belongs_to_the_account_is_removed_and_what_was_done_stays(administrator, leaver):
    Session.objects.create(session_key="a" * 64, session_data="a:b:c", expire_date=make.NOW, user=leaver)
    Invitation.objects.create(
        user=leaver, kind="account", code_hash="b" * 64, created_at=make.NOW, expires_at=make.NOW, used_at=make.NOW
    )
    of_leaver = AuditEvent.objects.filter(actor=leaver.reference).count()
    assert of_leaver > 0
    erasing.erase(by=administrator, now=make.NOW, user=leaver)
    for relation in User._meta.related_objects:
        left = relation.related_model._base_manager.filter(**{relation.field.name: leaver}).count()
        assert left == (1 if relation.related_model.__name__ == "Report" else 0), relation
    assert AuditEvent.objects.filter(actor=leaver.reference).count() == of_leaver
    event = AuditEvent.objects.get(verb="user_erase")
    assert (event.actor, event.subject_key, event.changes) == (administrator.reference, str(leaver.reference), {})


def test_someone_who_may_sign_in_is_not_erased(administrator, analyst):
    with pytest.raises(erasing.StillSwitchedOnError):
        erasing.erase(by=administrator, now=make.NOW, user=analyst)
    analyst.refresh_from_db()
    assert analyst.name != ERASED


def test_only_who_manages_users_erases(lead, leaver):
    with pytest.raises(actions.NotAllowedError):
        erasing.erase(by=lead, now=make.NOW, user=leaver)


def test_erased_twice_is_erased_once(administrator, leaver):
    once = erasing.erase(by=administrator, now=make.NOW, user=leaver)
    twice = erasing.erase(by=administrator, now=make.NOW.replace(hour=20), user=leaver)
    assert (twice.username, twice.erased_at) == (once.username, once.erased_at)
    assert AuditEvent.objects.filter(verb="user_erase").count() == 1


def test_who_is_erased_stays_so(administrator, leaver):
    erasing.erase(by=administrator, now=make.NOW, user=leaver)
    with pytest.raises(actions.ErasedError):
        actions.change(
            by=administrator, now=make.NOW, user=leaver, name=NAME, role=Role.ANALYST, language="en", is_active=True
        )
    for change in ({"is_active": True}, {"name": NAME}, {"last_login": make.NOW}):
        with pytest.raises(IntegrityError, match="user_erased_is_nobody"), transaction.atomic():
            User.objects.filter(pk=leaver.pk).update(**change)


def test_the_button_asks_and_erases(client, administrator, leaver):
    client.force_login(administrator)
    person = reverse("administration:user_change", args=[leaver.pk])
    erase = reverse("administration:user_erase", args=[leaver.pk])
    assert erase in client.get(person).content.decode()
    assert "This can not be undone." in client.get(erase).content.decode()
    assert User.objects.get(pk=leaver.pk).name == NAME
    answer = client.post(erase, follow=True).content.decode()
    assert "The name is erased." in answer
    assert "A former colleague" in answer
    page = client.get(person).content.decode()
    assert "The name was erased on" in page
    assert erase not in page
    assert NAME not in answer + page


def test_the_button_is_not_there_for_who_may_sign_in(client, administrator, analyst):
    client.force_login(administrator)
    erase = reverse("administration:user_erase", args=[analyst.pk])
    assert erase not in client.get(reverse("administration:user_change", args=[analyst.pk])).content.decode()
    assert "Switch it off first." in client.post(erase).content.decode()
    assert User.objects.get(pk=analyst.pk).erased_at is None


@pytest.mark.parametrize(("language", "shown"), [("en", "A former colleague"), ("nl", "Een voormalige collega")])
def test_pages_say_a_former_colleague_in_the_readers_language(client, administrator, leaver, language, shown):
    report = Report.objects.get()
    assert report.assignee == leaver
    erasing.erase(by=administrator, now=make.NOW, user=leaver)
    for role, page in (
        (Role.LEAD, reverse("cases:report", args=[report.pk])),
        (Role.ADMINISTRATOR, reverse("administration:users")),
        (Role.AUDITOR, reverse("cases:audit_log")),
    ):
        client.force_login(make.user(role, language=language))
        text = client.get(page).content.decode()
        assert shown in text
        assert NAME not in text
