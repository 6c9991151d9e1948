"""Codes of an authenticator app: RFC 6238's own values, drift, and that each is used once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from cases.models import AuditEvent
from hotline.accounts.factors import actions, totp, vault
from hotline.accounts.factors.models import Totp
from hotline.accounts.models import User
from hotline.accounts.permissions import Role
from tests import make
from tests.accounts.conftest import NOW, code, with_app

RFC_SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_rfc_6238_appendix_b(seconds, expected):
    now = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_at(RFC_SECRET, totp.step_of(now)) == expected
    assert totp.matching_steps(RFC_SECRET, expected, now=now) == [totp.step_of(now)]


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_step(owner, steps, is_right):
    person, secret = owner
    assert actions.use_totp(user=person, now=NOW, code=code(secret, steps=steps)) is is_right


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "12345a", "\uff11\uff12\uff13\uff14\uff15\uff16", "123456\n"]
)
def test_what_is_no_code_is_never_compared(typed):
    assert totp.matching_steps(RFC_SECRET, typed, now=NOW) == []


def test_a_code_is_accepted_once_and_an_older_one_after_it_never(owner):
    person, secret = owner
    assert actions.use_totp(user=person, now=NOW, code=code(secret))
    assert not actions.use_totp(user=person, now=NOW, code=code(secret))
    assert not actions.use_totp(user=person, now=NOW, code=code(secret, steps=-1))
    assert actions.use_totp(user=person, now=NOW, code=code(secret, steps=1))


def test_the_code_that_confirmed_the_app_does_not_sign_in(db):
    person = make.user()
    actions.begin_totp(user=person, now=NOW)
    secret = actions.waiting_secret(user=person, now=NOW)
    actions.confirm_totp(user=person, now=NOW, code=code(secret))
    assert not actions.use_totp(user=person, now=NOW, code=code(secret))


def test_an_app_that_was_not_confirmed_counts_for_nothing(db):
    person = make.user()
    actions.begin_totp(user=person, now=NOW)
    secret = actions.waiting_secret(user=person, now=NOW)
    assert not actions.use_totp(user=person, now=NOW, code=code(secret))
    with pytest.raises(actions.WrongCodeError):
        actions.confirm_totp(user=person, now=NOW, code=code(secret, steps=3))
    assert Totp.objects.get().confirmed_at is None
    assert not AuditEvent.objects.exists()


def test_setting_up_is_over_after_a_quarter_of_an_hour(db):
    person = make.user()
    actions.begin_totp(user=person, now=NOW)
    late = NOW + timedelta(seconds=actions.SET_UP_SECONDS + 1)
    with pytest.raises(actions.SetUpOverError):
        actions.waiting_secret(user=person, now=late)


def test_another_app_takes_the_place_of_the_first_only_once_confirmed(owner):
    person, old = owner
    actions.begin_totp(user=person, now=NOW)
    new = actions.waiting_secret(user=person, now=NOW)
    assert actions.use_totp(user=person, now=NOW, code=code(old))
    actions.confirm_totp(user=person, now=NOW, code=code(new))
    later = NOW + timedelta(minutes=2)
    assert not actions.use_totp(user=person, now=later, code=code(old, later))
    assert actions.use_totp(user=person, now=later, code=code(new, later))


def at_once(count: int, work) -> list:
    """What ``count`` threads that begin together get."""
    start, found = threading.Barrier(count), []

    def run() -> None:
        start.wait()
        try:
            found.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_twenty_requests_with_one_code_at_once_one_is_let_in(committed_db):
    person = make.user(Role.LEAD)
    secret = with_app(person)
    found = at_once(20, lambda: actions.use_totp(user=person, now=NOW, code=code(secret)))
    assert sorted(found) == [False] * 19 + [True]


def test_of_twenty_requests_with_one_recovery_code_at_once_one_is_let_in(committed_db):
    person = make.user(Role.LEAD)
    first, *_others = actions.renew_recovery_codes(user=person, now=NOW)
    found = at_once(20, lambda: actions.use_recovery_code(user=person, now=NOW, code=first))
    assert sorted(found) == [False] * 19 + [True]


def test_the_test_would_see_a_code_let_in_twice(committed_db):
    """The alarm rings: reading, comparing and saving, as others do it, lets several in."""
    person = make.user(Role.LEAD)
    with_app(person)
    seen = threading.Barrier(2)

    def careless() -> bool:
        app = Totp.objects.get(user=person)
        seen.wait()
        is_new = app.last_step < totp.step_of(NOW)
        app.last_step = totp.step_of(NOW)
        app.save()
        return is_new

    assert at_once(2, careless) == [True, True]


def test_the_secret_in_the_database_opens_for_its_owner_alone(owner, settings):
    person, secret = owner
    sealed = Totp.objects.get().secret
    assert vault.unseal(sealed, owner=str(person.reference)) == secret
    with pytest.raises(vault.SealError):
        vault.unseal(sealed, owner=str(make.user().reference))
    settings.FACTOR_SECRETS = ["another"]
    with pytest.raises(vault.SealError):
        vault.unseal(sealed, owner=str(person.reference))
    settings.FACTOR_SECRETS = ["another", settings.SECRET_KEY]
    assert vault.unseal(sealed, owner=str(person.reference)) == secret


def test_the_database_keeps_nothing_of_a_secret_or_a_code(owner):
    person, secret = owner
    codes = actions.renew_recovery_codes(user=person, now=NOW)
    plain = [secret.hex(), totp.groups(secret).replace(" ", ""), *codes, *(text.replace("-", "") for text in codes)]
    with connection.cursor() as cursor:
        rows = []
        for table in ("factors_totp", "factors_recoverycode", "cases_auditevent", "accounts_user"):
            cursor.execute(f"SELECT {table}::text FROM {table}")
            rows += [row[0] for row in cursor.fetchall()]
    assert len(rows) > 10
    assert [text for text in plain if any(text in row for row in rows)] == []


def test_recovery_codes_are_typed_in_any_manner_and_belong_to_one_person(db):
    person, other = make.user(), make.user()
    codes = actions.renew_recovery_codes(user=person, now=NOW)
    assert len(set(codes)) == 10
    assert not actions.use_recovery_code(user=other, now=NOW, code=codes[0])
    assert actions.use_recovery_code(user=person, now=NOW, code=f" {codes[0].upper().replace('-', ' ')} ")
    actions.renew_recovery_codes(user=person, now=NOW)
    assert not actions.use_recovery_code(user=person, now=NOW, code=codes[1])


def test_a_first_factor_ends_the_sessions_that_were_signed_in_without(client, db):
    person = make.user()
    client.force_login(person)
    with_app(person)
    assert client.get("/account/").status_code == 302


def test_the_last_factor_of_who_must_have_one_stays(db, settings):
    settings.FACTOR_FOR_ADMINISTRATORS = True
    person = make.user(Role.ADMINISTRATOR)
    with_app(person)
    with pytest.raises(actions.LastFactorError):
        actions.remove_totp(user=person, now=NOW)
    assert Totp.objects.count() == 1
    User.objects.filter(pk=person.pk).update(role=Role.LEAD)
    person.refresh_from_db()
    actions.renew_recovery_codes(user=person, now=NOW)
    actions.remove_totp(user=person, now=NOW)
    assert (Totp.objects.count(), person.recovery_codes.count()) == (0, 0)
