"""How often somebody may try."""

import threading

import pytest
import redis
from django.test import RequestFactory

from hotline.accounts import limits
from hotline.accounts.addresses import UNKNOWN, client_prefix
from hotline.accounts.limits import Allowed, LimitsAwayError, Refused

HERE, THERE = "192.0.2.1", "198.51.100.7"
PAIR = 10


def tries(count, kind="sign_in", subject="anne", address=HERE, device=""):
    answers = [limits.attempt(kind, subject=subject, address=address, device=device) for _ in range(count)]
    return sum(isinstance(answer, Allowed) for answer in answers)


def test_one_subject_from_one_address_is_allowed_ten_tries_and_told_when_the_next_may_come():
    assert tries(PAIR) == PAIR
    first, second = (limits.attempt("sign_in", subject="anne", address=HERE) for _ in range(2))
    assert isinstance(first, Refused)
    assert isinstance(second, Refused)
    assert 14 * 60 < first.seconds <= 15 * 60
    assert (first.is_first, second.is_first) == (True, False)


def test_who_is_refused_here_uses_up_nothing_elsewhere():
    assert tries(500) == PAIR
    assert tries(1, address=THERE) == 1
    # Of the hundred an hour from anywhere, 10 were used from here and 1 from there.
    allowed = sum(tries(PAIR, address=f"203.0.113.{host}") for host in range(1, 11))
    assert allowed == 100 - PAIR - 1


def test_one_address_is_bounded_over_all_subjects():
    assert sum(tries(5, subject=f"user{number}") for number in range(30)) == 100
    assert tries(1, subject="user99", address=THERE) == 1


def test_a_known_device_is_counted_by_itself():
    for host in range(1, 30):
        tries(PAIR, address=f"203.0.113.{host}")
    assert tries(1, address=THERE) == 0
    assert tries(20, device="a device of hers") == 10
    assert tries(20, device="another of hers") == 10


def test_one_that_was_right_forgives_the_pair_but_not_the_address():
    assert tries(20) == PAIR
    limits.forgive("sign_in", subject="anne", address=HERE)
    assert tries(20) == PAIR
    for _ in range(20):
        limits.forgive("sign_in", subject="anne", address=HERE)
        tries(PAIR)
    assert tries(1, subject="bert") == 0


def test_an_office_that_signs_in_together_is_not_refused():
    for number in range(150):
        assert tries(2, subject=f"user{number}") == 2, number
        # The first was mistyped, the second was right.
        limits.forgive("sign_in", subject=f"user{number}", address=HERE)
        if number % 2:
            limits.forgive("sign_in", subject=f"user{number}", address=HERE)
    assert sum(tries(1, subject=f"other{number}") for number in range(100)) == 25


def test_tries_of_one_kind_are_not_tries_of_another():
    assert tries(20) == PAIR
    assert tries(20, kind="totp") == 5
    assert tries(20, kind="recovery_code") == 5


@pytest.mark.parametrize("kind", limits.BOUNDS)
def test_every_kind_is_bounded(kind):
    assert tries(200, kind=kind) <= 100


def test_of_two_hundred_tries_at_once_ten_are_allowed():
    start, allowed = threading.Barrier(20), []

    def attack():
        start.wait()
        allowed.append(tries(10))

    threads = [threading.Thread(target=attack) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(allowed) == PAIR


def test_redis_holds_neither_names_nor_addresses(settings):
    tries(20, subject="annevisser", address="203.0.113.99", device="devicename")
    tries(20, subject="annevisser", address="203.0.113.99")
    server = redis.Redis.from_url(settings.REDIS_URL)
    keys = [key for key in server.keys("*") if settings.LIMITS_NAMESPACE.encode() in key]
    assert keys
    dump = b"".join(key + (server.dump(key) or b"") for key in keys)
    assert [said for said in (b"annevisser", b"203.0.113", b"devicename", b"sign_in") if said in dump] == []
    # And nothing is kept for ever.
    assert all(0 < server.ttl(key) <= 24 * 60 * 60 for key in keys)


@pytest.mark.parametrize("address", ["redis://127.0.0.1:1/0", "redis://:wrong@{there}"])
def test_without_its_counter_nothing_may_be_tried(settings, address):
    there = settings.REDIS_URL.rpartition("@")[2]
    settings.REDIS_URL = address.format(there=there)
    with pytest.raises(LimitsAwayError):
        limits.attempt("sign_in", subject="anne", address=HERE)
    with pytest.raises(LimitsAwayError):
        limits.forgive("sign_in", subject="anne", address=HERE)


def asked(proxies, said=None, remote=HERE):
    headers = {} if said is None else {"x-forwarded-for": said}
    return RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)


@pytest.mark.parametrize(
    ("proxies", "said", "remote", "believed"),
    [
        (0, None, HERE, HERE),
        (0, THERE, HERE, HERE),  # no proxy: the header is the client's own invention
        (1, THERE, HERE, THERE),
        (1, f"203.0.113.5, {THERE}", HERE, THERE),  # what is further left is made up
        (2, f"203.0.113.5, {THERE}, 10.0.0.1", HERE, THERE),
        (2, THERE, HERE, HERE),  # fewer than the proxies there are: not by way of them
        (1, "", HERE, HERE),
        (1, "unknown", HERE, HERE),
        (1, "127.0.0.1; DROP", HERE, HERE),
        (1, "2001:db8:1:2:3::4", HERE, "2001:db8:1:2::/64"),
        (1, "[2001:db8:1:2:ffff::9]", HERE, "2001:db8:1:2::/64"),
        (0, None, "::ffff:192.0.2.1", HERE),
        (0, None, "fe80::1%eth0", "fe80::/64"),
        (0, None, "", UNKNOWN),  # a UNIX socket
    ],
)
def test_the_address_is_the_one_the_nearest_believed_proxy_was_asked_from(settings, proxies, said, remote, believed):
    settings.PROXIES = proxies
    assert client_prefix(asked(proxies, said, remote)) == believed
