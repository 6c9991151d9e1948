"""Invitations: how somebody gets a first password, or a new one."""

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.models import AuditEvent
from hotline.accounts import actions, invitations
from hotline.accounts.invitations import InvitationGoneError
from hotline.accounts.models import Invitation, InvitationKind, User
from hotline.accounts.permissions import Role
from tests import make

pytestmark = pytest.mark.usefixtures("cheap_hash")

NOW = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
PAGE = "/invitation/"
CHOSEN = "seven green bicycles uphill"
CODE = re.compile(r'<p class="secret">([a-z2-9-]+)</p>')
GONE = "This invitation is not valid any more."


@pytest.fixture
def office(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def invited(office):
    """A new user and the code."""
    typed = {"name": "Anne Visser", "username": "anne", "role": "lead", "language": "en"}
    page = office.post(reverse("administration:user_add"), typed).content.decode()
    return User.objects.get(username="anne"), CODE.search(page)[1]


def accept(code, password=CHOSEN, again=None, client=None):
    typed = {"code": code, "new_password": password, "again": again or password}
    return (client or Client()).post(PAGE, typed)


def test_the_person_chooses_a_password_and_is_signed_in(invited):
    anne, code = invited
    visitor = Client()
    answer = accept(code, client=visitor)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert visitor.get(reverse("accounts:account")).status_code == 200
    anne.refresh_from_db()
    assert anne.check_password(CHOSEN)
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", "actor")[1:]) == [
        ("invite_accept", anne.reference),
        ("sign_in", anne.reference),
    ]


def test_the_link_keeps_its_code_from_servers(office, analyst):
    page = office.post(reverse("administration:user_invite", args=[analyst.pk])).content.decode()
    code = CODE.search(page)[1]
    assert f"http://testserver{PAGE}#{code}" in page


@pytest.mark.parametrize("change", [str.upper, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_a_code_may_be_typed_in_other_ways(invited, change):
    assert accept(change(invited[1])).status_code == 302


def test_an_invitation_is_used_once(invited):
    anne, code = invited
    accept(code)
    answer = accept(code, password="quite another long password")
    assert GONE in answer.content.decode()
    anne.refresh_from_db()
    assert anne.check_password(CHOSEN)


def test_an_invitation_expires(invited, settings):
    anne, code = invited
    invitation = Invitation.objects.get()
    assert invitation.expires_at - invitation.created_at == timedelta(days=settings.INVITATION_DAYS)
    just_before = invitation.expires_at - timedelta(seconds=1)
    assert invitations.invited(code, now=just_before) == anne
    assert invitations.invited(code, now=invitation.expires_at) is None
    with pytest.raises(InvitationGoneError):
        actions.accept_invitation(now=invitation.expires_at, code=code, password=CHOSEN)


def test_an_invitation_that_is_withdrawn_or_replaced_or_whose_account_is_off_opens_nothing(office, invited):
    anne, first = invited
    second = CODE.search(office.post(reverse("administration:user_invite", args=[anne.pk])).content.decode())[1]
    assert GONE in accept(first).content.decode()
    office.post(reverse("administration:user_invite_withdraw", args=[anne.pk]))
    assert GONE in accept(second).content.decode()
    third = CODE.search(office.post(reverse("administration:user_invite", args=[anne.pk])).content.decode())[1]
    User.objects.filter(pk=anne.pk).update(is_active=False)
    assert GONE in accept(third).content.decode()
    assert not User.objects.get(pk=anne.pk).has_usable_password()


@pytest.mark.parametrize("typed", ["", "x", "https://canary.example/x", "canary\x00x", "a" * 300])
def test_what_is_no_code_is_refused_and_shown_nowhere(db, typed):
    answer = accept(typed)
    assert answer.status_code == 200
    if len(typed) > 1:
        assert typed not in answer.content.decode()


def test_a_weak_password_uses_nothing_up(invited):
    _anne, code = invited
    refused = accept(code, password="annevisser2026!")
    assert refused.status_code == 200
    assert "your own names" in refused.content.decode()
    assert accept(code).status_code == 302


def test_codes_are_kept_as_hashes_and_are_long(invited):
    _anne, code = invited
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(i)::text FROM accounts_invitation i")
        assert code.replace("-", "") not in cursor.fetchone()[0]
    codes = {invitations.new_code() for _time in range(100)}
    assert len(codes) == 100
    assert all(re.fullmatch(r"(?:[a-km-np-z2-9]{5}-){5}[a-km-np-z2-9]{5}", one) for one in codes)


def test_tries_of_codes_are_limited(db):
    answers = [accept(f"{'a' * 25}{number:05d}".replace("0", "b").replace("1", "c")) for number in range(32)]
    assert [answer.status_code for answer in answers].count(429) == 2
    assert int(answers[-1]["Retry-After"]) > 0


def test_of_one_invitation_used_many_times_at_once_one_wins(committed_db):
    anne = make.user(Role.LEAD, username="anne")
    code = invitations.open_invitation(anne, kind=InvitationKind.ACCOUNT, now=NOW)
    start, won, lost = threading.Barrier(8), [], []

    def use(number):
        start.wait()
        try:
            actions.accept_invitation(now=NOW, code=code, password=f"{CHOSEN} {number}")
            won.append(number)
        except InvitationGoneError:
            lost.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=use, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 7)
    assert User.objects.get(pk=anne.pk).check_password(f"{CHOSEN} {won[0]}")


def test_the_users_page_tells_who_is_invited_until_when(office, invited):
    anne, code = invited
    day = Invitation.objects.get().expires_at
    page = office.get(reverse("administration:users")).content.decode()
    assert f"invited, expires on {day:%m/%d/%Y}" in page or "invited, expires on" in page
    Invitation.objects.update(expires_at=NOW)
    assert "has no valid invitation" in office.get(reverse("administration:users")).content.decode()
    actions.invite(by=None, now=datetime.now(UTC), user=anne)
    assert "invited, expires on" in office.get(reverse("administration:users")).content.decode()
    assert code not in page


def test_the_command_makes_the_first_administrator(db, capsys):
    call_command("invite", "anne", "--name", "Anne Visser")
    code = capsys.readouterr().out.strip().removeprefix("/invitation/#")
    assert accept(code).status_code == 302
    anne = User.objects.get()
    assert (anne.role, anne.check_password(CHOSEN)) == (Role.ADMINISTRATOR, True)
    assert [event.actor for event in AuditEvent.objects.filter(verb="user_add")] == [None]
    call_command("invite", "anne")
    assert not User.objects.get().has_usable_password()


def test_the_command_refuses_by_field_and_rule(db):
    with pytest.raises(CommandError, match="--name"):
        call_command("invite", "anne")
    with pytest.raises(CommandError) as refused:
        call_command("invite", "anne", "--name", "http://canary.example")
    assert "name" in str(refused.value)
    assert "canary" not in str(refused.value)
    assert not User.objects.exists()
