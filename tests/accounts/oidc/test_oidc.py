"""Signing in at a provider: a real one on loopback, honest first, then lying in each way there is."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import AuditEvent
from hotline.accounts.factors.models import Identity
from hotline.accounts.oidc import flow
from hotline.accounts.permissions import Role
from tests import make
from tests.accounts.conftest import with_app
from tests.accounts.oidc.lying_provider import CLIENT, SECRET, Provider, new_key

BEGIN, BACK, FINISH = "/sign-in/provider/", "/sign-in/provider/back/", "/sign-in/provider/finish/"
REFUSED = "/sign-in/provider/refused/"
SUBJECT = "8f14e45f-canary-77"


@pytest.fixture(scope="module")
def keys():
    """Two keys: making them takes a while."""
    return new_key("first"), new_key("second")


@pytest.fixture
def provider(keys, settings):
    """A running provider, and settings that name it."""
    running = Provider(key=keys[0], other=keys[1])
    settings.OIDC_ISSUER = running.issuer
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT, SECRET
    settings.OIDC_NAME, settings.OIDC_MATCH, settings.OIDC_SECOND_FACTOR = "the ministry", "sub", []
    yield running
    running.close()


@pytest.fixture
def linked(db, provider):
    """Somebody whose account is linked to SUBJECT."""
    person = make.user(Role.LEAD)
    Identity.objects.create(user=person, subject_hash=flow.subject_hashes(SUBJECT)[0], created_at=make.NOW)
    return person


def there(client, **more) -> str:
    """Where the browser is sent to."""
    page = client.post(BEGIN, more)
    assert page.status_code == 200
    return page["Refresh"].partition("url=")[2]


def come_back(client, brought: dict):
    """What the browser does with what the provider gave it: the page, then its form."""
    page = client.get(BACK, brought)
    if page.status_code != 200:
        return page
    return client.post(FINISH, {"state": brought["state"], "code": brought["code"], "issuer": brought.get("iss", "")})


def sign_in(client, provider, subject=SUBJECT, **more):
    return come_back(client, provider.sign_in(there(client, **more), subject=subject))


def is_in(client) -> bool:
    return client.get("/account/").status_code == 200


def test_who_is_linked_signs_in_and_goes_on_to_what_was_asked_for(client, provider, linked):
    answer = sign_in(client, provider, next="/account/")
    assert answer["Location"] == "/account/"
    assert is_in(client)
    assert client.session["methods"] == ["oidc"]
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor) == ("sign_in", linked.reference)
    assert provider.asked == ["/.well-known/openid-configuration", "/token", "/keys"]


def test_what_is_sent_there(client, provider, linked):
    address = there(client)
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{provider.issuer}/authorize?")
    assert asked["redirect_uri"] == ["http://testserver/sign-in/provider/back/"]
    assert asked["scope"] == ["openid"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 43


def test_people_may_be_known_by_their_user_name_there(client, provider, settings, db):
    settings.OIDC_MATCH = "preferred_username"
    hashes = flow.subject_hashes(f"name-of-{SUBJECT}")
    Identity.objects.create(user=make.user(), subject_hash=hashes[0], created_at=make.NOW)
    sign_in(client, provider)
    assert is_in(client)


def test_a_key_of_before_knows_people_still(client, provider, linked, settings):
    settings.FACTOR_SECRETS = ["another", *settings.FACTOR_SECRETS]
    sign_in(client, provider)
    assert is_in(client)


def test_nobody_is_made_for_who_is_not_linked(client, provider, db):
    assert sign_in(client, provider)["Location"] == REFUSED
    assert not is_in(client)
    assert not Identity.objects.exists()
    assert list(AuditEvent.objects.values_list("verb", "subject_key")) == [("sign_in_failed", "none")]


def test_who_was_switched_off_stays_out(client, provider, linked):
    linked.is_active = False
    linked.save()
    assert sign_in(client, provider)["Location"] == REFUSED


def test_our_own_second_factor_is_asked_for_all_the_same(client, provider, linked):
    with_app(linked)
    provider.claims = {"amr": ["pwd", "mfa"], "acr": "high"}
    assert sign_in(client, provider)["Location"] == "/sign-in/second-step/"
    assert not is_in(client)


TOLD = [
    ({"amr": ["pwd", "mfa"]}, True),
    ({"acr": "mfa"}, True),
    ({"amr": ["pwd"]}, False),
    ({"amr": "mfa"}, False),
    ({}, False),
]


@pytest.mark.parametrize(("said", "is_enough"), TOLD)
def test_the_providers_second_factor_counts_where_a_setting_names_it(
    client, provider, linked, settings, said, is_enough
):
    settings.OIDC_SECOND_FACTOR = ["mfa"]
    with_app(linked)
    provider.claims = said
    sign_in(client, provider)
    assert is_in(client) is is_enough


def lie(**what):
    """A provider that is wrong in one thing."""
    return what


NOW = int(time.time())
LIES = {
    "nonce of another": lie(claims={"nonce": "n" * 43}),
    "no nonce": lie(claims={"nonce": None}),
    "nonce that is no text": lie(claims={"nonce": ["n"]}),
    "issuer of another": lie(claims={"iss": "http://127.0.0.1:1"}),
    "issuer with a slash more": lie(claims={"iss": "slash"}),
    "no issuer": lie(claims={"iss": None}),
    "audience of another": lie(claims={"aud": "another"}),
    "audience of others": lie(claims={"aud": ["another", "third"]}),
    "audience of several without a party": lie(claims={"aud": [CLIENT, "another"]}),
    "party of another": lie(claims={"azp": "another"}),
    "no audience": lie(claims={"aud": None}),
    "expired": lie(claims={"exp": NOW - 120}),
    "no end": lie(claims={"exp": None}),
    "an end that is no number": lie(claims={"exp": "tomorrow"}),
    "made tomorrow": lie(claims={"iat": NOW + 86400}),
    "not made at any time": lie(claims={"iat": None}),
    "not valid yet": lie(claims={"nbf": NOW + 86400}),
    "no subject": lie(claims={"sub": None}),
    "subject that is no text": lie(claims={"sub": 5}),
    "no signature": lie(header={"alg": "none"}),
    "signed with the public key as a secret": lie(header={"alg": "HS256"}),
    "signed by the other key": lie(signer="other"),
    "key id of the other key": lie(header={"kid": "second"}),
    "key id of no key": lie(header={"kid": "third"}),
    "no token": lie(token=["no", "token"]),
    "a token that is none": lie(token="a.b.c"),
    "half a token": lie(token="half"),
    "keys of the wrong kind": lie(keys=[{"kty": "oct", "k": "c2VjcmV0", "kid": "first"}]),
    "no keys": lie(keys=[]),
    "keys that are none": lie(keys=[{"kty": "RSA"}]),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_signs_no_one_in_and_is_repeated_nowhere(client, provider, linked, caplog, name):
    for what, value in LIES[name].items():
        setattr(provider, what, value)
    if provider.signer == "other":
        provider.signer = provider.other
    if provider.claims.get("iss") == "slash":
        provider.claims["iss"] = provider.issuer + "/"
    answer = sign_in(client, provider)
    assert answer["Location"] == REFUSED
    assert not is_in(client)
    page = client.get(REFUSED).content.decode()
    said = [page, caplog.text, str(list(AuditEvent.objects.values()))]
    assert [text for text in said if SUBJECT in text or "code-0" in text] == []
    assert AuditEvent.objects.get().verb == "sign_in_failed"


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "http://127.0.0.1:1"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:1"},
        {"token_endpoint": None},
    ],
)
def test_a_document_that_leads_elsewhere_is_not_followed(client, provider, linked, document):
    provider.document = document
    assert client.post(BEGIN)["Location"] == REFUSED


@pytest.mark.parametrize("status", [302, 500])
def test_a_provider_that_does_not_answer_is_told_as_such(client, provider, linked, status):
    provider.status = status
    assert client.post(BEGIN)["Location"] == REFUSED


def test_what_comes_back_is_for_this_session_alone(client, provider, linked):
    """Nobody can be signed in as somebody else by a link: the state is another session's."""
    brought = provider.sign_in(there(client), subject=SUBJECT)
    victim = Client()
    assert come_back(victim, brought)["Location"] == REFUSED
    there(victim)
    assert come_back(victim, brought)["Location"] == REFUSED
    assert victim.post(FINISH, brought)["Location"] == REFUSED
    assert not is_in(victim)


def test_what_came_back_counts_once(client, provider, linked):
    brought = provider.sign_in(there(client), subject=SUBJECT)
    kept = dict(client.session["oidc"])
    come_back(client, brought)
    client.post("/sign-out/")
    session = client.session
    session["oidc"] = kept  # as a second request at the same moment has it
    session.save()
    provider._codes[brought["code"]] = {}
    assert client.post(FINISH, brought)["Location"] == REFUSED


def test_what_comes_back_late_is_refused(client, provider, linked, at_now):
    brought = provider.sign_in(there(client), subject=SUBJECT)
    at_now.shift(flow.SECONDS + 1)
    assert come_back(client, brought)["Location"] == REFUSED


def test_another_provider_can_not_answer_for_this_one(client, provider, linked):
    brought = provider.sign_in(there(client), subject=SUBJECT)
    assert come_back(client, brought | {"iss": "http://127.0.0.1:1"})["Location"] == REFUSED


def test_an_error_of_the_provider_is_not_repeated(client, provider, linked):
    there(client)
    answer = client.get(
        BACK, {"error": "access_denied", "error_description": "canary-7q9", "state": "canary-7q9"}, follow=True
    )
    assert answer.redirect_chain == [(REFUSED, 302)]
    assert "canary-7q9" not in answer.content.decode()


def test_coming_back_alone_signs_no_one_in(client, provider, linked):
    """A GET writes nothing: what came along waits in the page's form."""
    brought = provider.sign_in(there(client), subject=SUBJECT)
    assert client.get(BACK, brought).status_code == 200
    assert not is_in(client)
    assert "/token" not in provider.asked


def test_without_an_issuer_no_route_answers_and_no_one_is_asked(client, administrator):
    client.force_login(administrator)
    for path in (BEGIN, BACK, FINISH, REFUSED, reverse("administration:user_identity", args=[administrator.pk])):
        assert {client.get(path).status_code, client.post(path).status_code} <= {404, 405}
    assert "provider" not in Client().get("/sign-in/").content.decode()


def test_an_administrator_links_and_takes_the_link_away(client, provider, administrator):
    person = make.user()
    client.force_login(administrator)
    path = reverse("administration:user_identity", args=[person.pk])
    client.post(path, {"subject": SUBJECT})
    assert Identity.objects.get(user=person).subject_hash == flow.subject_hashes(SUBJECT)[0]
    other = reverse("administration:user_identity", args=[make.user().pk])
    refused = client.post(other, {"subject": SUBJECT}).content.decode()
    assert "This is linked to another account." in refused
    assert SUBJECT not in refused
    assert SUBJECT not in client.get(path).content.decode()
    client.post(path)
    assert not Identity.objects.exists()
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", "changes"))
    assert verbs == [("identity_linked", {}), ("identity_unlinked", {})]


@pytest.mark.parametrize("typed", ["", "with space", "é", "x" * 256, "a\nb"])
def test_who_can_be_nobody_there_is_not_linked(client, provider, administrator, typed):
    client.force_login(administrator)
    client.post(reverse("administration:user_identity", args=[make.user().pk]), {"subject": typed})
    assert not Identity.objects.exists()
