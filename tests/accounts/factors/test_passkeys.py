"""Passkeys: made, used alone and as the second step, once for each challenge, and refused when anything is wrong."""

import json

import pytest

from cases.models import AuditEvent
from hotline.accounts.factors import actions, ceremonies
from hotline.accounts.factors.models import Once, Passkey
from hotline.accounts.permissions import Role
from tests import make
from tests.accounts.authenticator import USER_PRESENT, Authenticator, raw, text
from tests.accounts.conftest import NOW, with_app

SECURITY, OPTIONS, ADD = (
    "/account/second-factor/",
    "/account/second-factor/passkeys/options/",
    "/account/second-factor/passkeys/",
)
ASK, SIGN_IN = "/sign-in/passkey/options/", "/sign-in/passkey/"


def is_in(client) -> bool:
    return client.get("/account/").status_code == 200


def ask(client, path: str) -> dict:
    answer = client.post(path)
    assert answer.status_code == 200
    return json.loads(answer.content)


@pytest.fixture
def owner(client, db):
    """Somebody who has made a passkey: the person and the device."""
    person, device = make.user(Role.LEAD), Authenticator()
    client.force_login(person)
    page = client.post(ADD, {"answer": device.create(ask(client, OPTIONS))})
    assert "Recovery codes, shown once" in page.content.decode()
    client.post("/sign-out/")
    person.refresh_from_db()  # other sessions ended, by another stamp
    return person, device


def test_a_passkey_is_kept_as_id_key_and_count(owner):
    person, device = owner
    passkey = Passkey.objects.get()
    assert (passkey.user, passkey.credential_id, passkey.sign_count) == (person, text(device.id_bytes), 0)
    assert raw(passkey.public_key)[:3] == b"\xa5\x01\x02"
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))[:2] == [
        "passkey_added",
        "recovery_renewed",
    ]


def test_what_is_asked_of_the_browser(client, db):
    person = make.user()
    client.force_login(person)
    asked = ask(client, OPTIONS)
    assert asked["rp"] == {"name": "Hotline", "id": "testserver"}
    assert asked["authenticatorSelection"] == {
        "residentKey": "required", "requireResidentKey": True, "userVerification": "required",
    }  # fmt: skip
    assert asked["attestation"] == "none"
    assert raw(asked["user"]["id"]) == person.reference.bytes
    assert len(raw(asked["challenge"])) >= 32
    assert ask(type(client)(), ASK)["userVerification"] == "required"


def test_a_passkey_alone_signs_in_as_both_factors(client, owner, settings):
    settings.FACTOR_FOR_ADMINISTRATORS = True
    person, device = owner
    answer = client.post(SIGN_IN, {"answer": device.get(ask(client, ASK)), "next": "/account/"})
    assert answer["Location"] == "/account/"
    assert client.session["methods"] == ["passkey"]
    assert is_in(client)
    assert Passkey.objects.get().sign_count == 1
    assert AuditEvent.objects.latest("pk").actor == person.reference


def test_a_passkey_is_the_second_step_after_a_password(client, owner):
    person, device = owner
    answer = client.post("/sign-in/", {"username": person.username, "password": make.PASSWORD})
    assert answer["Location"] == "/sign-in/second-step/"
    asked = ask(client, ASK)
    assert [one["id"] for one in asked["allowCredentials"]] == [text(device.id_bytes)]
    client.post(SIGN_IN, {"answer": device.get(asked)})
    assert client.session["methods"] == ["password", "passkey"]


def test_somebody_elses_passkey_is_no_second_step(client, owner):
    _person, device = owner
    other = make.user()
    with_app(other)
    client.post("/sign-in/", {"username": other.username, "password": make.PASSWORD})
    answer = client.post(SIGN_IN, {"answer": device.get(ask(client, ASK))})
    assert answer["Location"] == "/sign-in/second-step/"
    assert not is_in(client)


def wrong_origin(device):
    device.origin = "http://testserver.example"


def wrong_host(device):
    device.host = "elsewhere.example"


def nobody_verified(device):
    device.flags = USER_PRESENT


def nobody_there(device):
    device.flags = 0


def another_key(device):
    device.key = Authenticator().key


def another_person(device):
    device.user_handle = text(bytes(16))


def no_person(device):
    device.user_handle = None


WRONG = [wrong_origin, wrong_host, nobody_verified, nobody_there, another_key, another_person, no_person]


@pytest.mark.parametrize("spoil", WRONG, ids=lambda spoil: spoil.__name__)
def test_an_answer_that_is_not_right_signs_no_one_in(client, owner, spoil):
    _person, device = owner
    spoil(device)
    answer = client.post(SIGN_IN, {"answer": device.get(ask(client, ASK))})
    assert answer["Location"] == "/sign-in/"
    assert not is_in(client)
    assert AuditEvent.objects.latest("pk").verb == "sign_in_failed"


def test_a_copied_key_is_seen_by_its_count(client, owner):
    _person, device = owner
    copy = Authenticator(id_bytes=device.id_bytes, key=device.key, user_handle=device.user_handle)
    client.post(SIGN_IN, {"answer": device.get(ask(client, ASK))})
    client.post("/sign-out/")
    client.post(SIGN_IN, {"answer": copy.get(ask(client, ASK))})
    assert not is_in(client)


def test_a_synced_passkey_that_counts_nothing_signs_in_again_and_again(client, owner):
    _person, device = owner
    device.counts = False
    for _time in range(2):
        client.post(SIGN_IN, {"answer": device.get(ask(client, ASK))})
        assert is_in(client)
        client.post("/sign-out/")


def test_an_answer_is_accepted_once(client, owner):
    _person, device = owner
    device.counts = False
    answer = device.get(ask(client, ASK))
    kept = dict(client.session["passkey_challenge"])
    client.post(SIGN_IN, {"answer": answer})
    client.post("/sign-out/")
    session = client.session
    session["passkey_challenge"] = kept  # as a second request at the same moment has it
    session.save()
    client.post(SIGN_IN, {"answer": answer})
    assert not is_in(client)


def test_a_challenge_is_over_after_five_minutes_and_for_one_purpose(client, owner, at_now):
    person, device = owner
    asked = ask(client, ASK)
    at_now.shift(ceremonies.SECONDS + 1)
    client.post(SIGN_IN, {"answer": device.get(asked)})
    assert not is_in(client)
    client.force_login(person)
    new = Authenticator()
    client.post(ADD, {"answer": new.create({**ask(client, OPTIONS), "challenge": ask(client, ASK)["challenge"]})})
    assert Passkey.objects.count() == 1


def test_used_challenges_leave_nothing_and_old_ones_are_swept(client, owner, at_now):
    _person, device = owner
    client.post(SIGN_IN, {"answer": device.get(ask(client, ASK))})
    assert not Once.objects.exists()
    ask(client, ASK)
    at_now.shift(ceremonies.SECONDS + 1)
    ask(client, ASK)
    assert Once.objects.count() == 1


NONSENSE = [
    "",
    "null",
    "[]",
    "{}",
    '{"id": 1}',
    '{"id": "x"}',
    "[" * 9000,
    json.dumps({"id": "a" * 40, "response": "x"}),
    json.dumps({"id": "a" * 40, "rawId": "a" * 40, "type": "public-key", "response": {}}),
]


@pytest.mark.parametrize("answer", NONSENSE, ids=range(len(NONSENSE)))
def test_what_is_no_answer_is_refused_like_a_wrong_one(client, owner, answer):
    person, _device = owner
    ask(client, ASK)
    assert client.post(SIGN_IN, {"answer": answer})["Location"] == "/sign-in/"
    client.force_login(person)
    ask(client, OPTIONS)
    assert client.post(ADD, {"answer": answer})["Location"] == SECURITY
    assert Passkey.objects.count() == 1


@pytest.mark.parametrize("length", [8, 129, 200])
def test_an_id_that_is_too_short_or_too_long_to_keep_is_refused(client, owner, length):
    person, _device = owner
    client.force_login(person)
    device = Authenticator(id_bytes=bytes(length))
    assert client.post(ADD, {"answer": device.create(ask(client, OPTIONS))})["Location"] == SECURITY
    assert Passkey.objects.count() == 1


def test_a_known_key_is_not_taken_over(client, owner):
    _person, device = owner
    thief = make.user()
    client.force_login(thief)
    client.post(ADD, {"answer": device.create(ask(client, OPTIONS))})
    assert Passkey.objects.get().user != thief


def test_the_list_names_passkeys_by_day_and_removes_one(client, owner):
    person, _device = owner
    actions.add_passkey(user=person, now=NOW, credential_id="a" * 40, public_key="b" * 60, sign_count=0)
    actions.add_passkey(user=person, now=NOW, credential_id="c" * 40, public_key="d" * 60, sign_count=0)
    client.force_login(person)
    page = client.get(SECURITY).content.decode()
    assert "Passkey of 10 Mar 2026" in page
    assert "Passkey of 10 Mar 2026, number 2" in page
    theirs = Passkey.objects.get(credential_id="a" * 40)
    client.post(f"{ADD}{theirs.pk}/remove/")
    assert set(Passkey.objects.values_list("credential_id", flat=True)) > {"c" * 40}
    assert not Passkey.objects.filter(pk=theirs.pk).exists()


def test_somebody_elses_passkey_can_not_be_removed(client, owner):
    client.force_login(make.user())
    client.post(f"{ADD}{Passkey.objects.get().pk}/remove/")
    assert Passkey.objects.count() == 1


def test_there_are_none_at_an_address_that_is_only_a_pattern(client, db, settings):
    settings.ALLOWED_HOSTS = [".example"]
    client.force_login(make.user())
    assert client.post(OPTIONS, headers={"host": "neighbour.example"}).status_code == 409
    settings.ORIGIN = "https://hotline.example"
    asked = json.loads(client.post(OPTIONS, headers={"host": "neighbour.example"}).content)
    assert asked["rp"]["id"] == "hotline.example"


def test_a_deactivated_persons_passkey_opens_nothing(client, owner):
    person, device = owner
    person.is_active = False
    person.save()
    client.post(SIGN_IN, {"answer": device.get(ask(client, ASK))})
    assert not is_in(client)
