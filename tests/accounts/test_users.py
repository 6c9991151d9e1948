"""The administration of users."""

import re
import threading
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.urls import reverse

from cases.models import AuditEvent
from hotline.accounts import actions
from hotline.accounts.models import User
from hotline.accounts.permissions import Role
from hotline.accounts.signals import account_changed
from tests import make

NOW = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
CODE = re.compile(r'<p class="secret">([a-z2-9-]+)</p>')


@pytest.fixture
def office(client, administrator):
    client.force_login(administrator)
    return client


def test_a_new_user_gets_an_invitation_shown_once(office, administrator):
    typed = {"name": "Anne Visser", "username": "anne", "role": "lead", "language": "nl"}
    answer = office.post(reverse("administration:user_add"), typed)
    code = CODE.search(answer.content.decode())[1]
    anne = User.objects.get(username="anne")
    assert (anne.name, anne.role, anne.language) == ("Anne Visser", "lead", "nl")
    assert not anne.has_usable_password()
    event = AuditEvent.objects.get()
    assert (event.verb, event.subject, event.subject_key) == ("user_add", "user", str(anne.reference))
    assert event.actor == administrator.reference
    assert event.changes == {"role": [None, "lead"], "language": [None, "nl"], "is_active": [None, "yes"]}
    assert code not in office.get(reverse("administration:user_change", args=[anne.pk])).content.decode()


def test_a_taken_user_name_is_refused(office, administrator):
    typed = {"name": "Anne Visser", "username": administrator.username, "role": "lead", "language": "nl"}
    answer = office.post(reverse("administration:user_add"), typed)
    assert "This user name is taken." in answer.content.decode()
    assert User.objects.count() == 1


def change(office, person: User, **fields):
    now_so = {"name": person.name, "role": person.role, "language": person.language, "is_active": "on"}
    typed = {name: value for name, value in {**now_so, **fields}.items() if value is not None}
    return office.post(reverse("administration:user_change", args=[person.pk]), typed)


def test_a_change_is_audited_by_code_and_a_name_only_as_changed(office, analyst):
    assert change(office, analyst, role="lead", name="Somebody Else", is_active=None).status_code == 302
    analyst.refresh_from_db()
    assert (analyst.name, analyst.role, analyst.is_active) == ("Somebody Else", "lead", False)
    event = AuditEvent.objects.get()
    assert event.verb == "user_change"
    assert event.changes == {
        "role": ["analyst", "lead"],
        "is_active": ["yes", "no"],
        "name": [None, "changed"],
    }


def test_saving_what_is_so_already_leaves_no_event(office, analyst):
    change(office, analyst)
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("fields", [{"role": "lead"}, {"is_active": None}])
def test_the_last_active_administrator_stays(office, administrator, fields):
    make.user(Role.ADMINISTRATOR, is_active=False)
    answer = change(office, administrator, **fields)
    assert "This is the last active administrator." in answer.content.decode()
    administrator.refresh_from_db()
    assert (administrator.role, administrator.is_active) == ("administrator", True)
    assert not AuditEvent.objects.exists()


def test_of_two_administrators_one_may_go(office, administrator):
    other = make.user(Role.ADMINISTRATOR)
    assert change(office, other, is_active=None).status_code == 302
    other.refresh_from_db()
    assert not other.is_active


def test_a_new_invitation_ends_the_present_password_and_its_sessions(office, client, analyst):
    theirs = type(client)()
    theirs.force_login(analyst)
    office.post(reverse("administration:user_invite", args=[analyst.pk]))
    analyst.refresh_from_db()
    assert not analyst.check_password(make.PASSWORD)
    assert theirs.get(reverse("accounts:account")).status_code == 302
    assert AuditEvent.objects.get().verb == "invite"


def test_no_name_and_no_code_is_ever_in_the_log(office, analyst):
    answer = office.post(reverse("administration:user_invite", args=[analyst.pk]))
    change(office, analyst, name="Quite Another")
    log = str(list(AuditEvent.objects.values()))
    secrets = (CODE.search(answer.content.decode())[1], analyst.name, "Quite Another", analyst.username)
    assert [secret for secret in secrets if secret in log] == []


@pytest.mark.parametrize("fields", [{"role": "lead"}, {"is_active": None}])
def test_another_role_or_none_at_all_ends_sessions_for_good(office, client, analyst, fields):
    theirs = type(client)()
    theirs.force_login(analyst)
    change(office, analyst, **fields)
    assert theirs.get(reverse("accounts:account")).status_code == 302
    # What was ended does not come back with the role.
    change(office, analyst)
    assert theirs.get(reverse("accounts:account")).status_code == 302


def test_another_name_ends_no_session(office, client, analyst):
    theirs = type(client)()
    theirs.force_login(analyst)
    change(office, analyst, name="Somebody Else", language="nl")
    assert theirs.get(reverse("accounts:account")).status_code == 200


def test_a_role_changed_behind_our_back_ends_sessions_as_well(client, analyst):
    client.force_login(analyst)
    User.objects.filter(pk=analyst.pk).update(role="lead")
    assert client.get(reverse("accounts:account")).status_code == 302


def test_a_write_whose_event_can_not_be_kept_is_undone(administrator, analyst):
    def refuse(**_kwargs):
        raise RuntimeError

    account_changed.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            actions.invite(by=administrator, now=NOW, user=analyst)
    finally:
        account_changed.disconnect(refuse)
    assert User.objects.get(pk=analyst.pk).check_password(make.PASSWORD)
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("role", ["analyst", "lead", "auditor", "reader"])
def test_an_action_refuses_who_may_not_manage_users(db, role):
    person, other = make.user(role), make.user(Role.ANALYST)
    with pytest.raises(actions.NotAllowedError):
        actions.invite(by=person, now=NOW, user=other)
    with pytest.raises(actions.NotAllowedError):
        actions.withdraw_invitation(by=person, now=NOW, user=other)
    with pytest.raises(actions.NotAllowedError):
        actions.add(by=person, now=NOW, username="anne", name="Anne", role=Role.ADMINISTRATOR, language="nl")
    with pytest.raises(actions.NotAllowedError):
        actions.change(by=person, now=NOW, user=person, name="Anne", role=Role.LEAD, language="nl", is_active=True)


def test_two_administrators_who_switch_each_other_off_at_once_leave_one(committed_db):
    pair = [make.user(Role.ADMINISTRATOR), make.user(Role.ADMINISTRATOR)]
    start, refused = threading.Barrier(2), []

    def switch_off(by: User, other: User) -> None:
        start.wait()
        try:
            actions.change(
                by=by, now=NOW, user=other, name=other.name, role=Role.ADMINISTRATOR, language="nl", is_active=False
            )
        except actions.LastAdministratorError:
            refused.append(by)
        finally:
            connection.close()

    threads = [threading.Thread(target=switch_off, args=pair), threading.Thread(target=switch_off, args=pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert User.objects.by_role(Role.ADMINISTRATOR).count() == 1
