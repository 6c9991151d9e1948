"""A hint never raises and never waits, whatever has become of the broker."""

import socket
import time
import uuid

import pytest
from django.conf import settings

from cases.signals import records_changed
from hotline.celery import app
from stats import hints

MOST_SECONDS = 0.5


@pytest.fixture
def broker():
    """Points hints to an address, with no memory of an earlier failure; back again afterwards.

    They go to a queue of this test's own, as the tests beside this one share the broker.
    """
    before = (app.conf.broker_url, app.conf.broker_write_url)
    queue = app.conf.task_default_queue
    app.conf.task_default_queue = f"hints-{uuid.uuid4()}"

    def use(address: str) -> None:
        app.conf.broker_url = app.conf.broker_write_url = address
        hints._Quiet.until = hints._Quiet.asked_until = 0.0

    use(before[0])
    yield use
    app.conf.broker_url, app.conf.broker_write_url = before
    app.conf.task_default_queue = queue
    hints._Quiet.until = hints._Quiet.asked_until = 0.0


@pytest.fixture
def hung():
    """An address at which somebody accepts the connection and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(16)
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def queued() -> int:
    with app.connection_for_read() as connection:
        return connection.default_channel.client.llen(app.conf.task_default_queue)


def send() -> float:
    hints._Quiet.asked_until = 0.0
    started = time.monotonic()
    records_changed.send(sender=None)
    return time.monotonic() - started


def test_hint_puts_one_message_in_the_queue(broker):
    before = queued()
    assert send() < MOST_SECONDS
    assert queued() == before + 1


def test_many_writes_at_once_are_one_message_and_later_ones_another(broker):
    before = queued()
    for _ in range(20):
        records_changed.send(sender=None)
    assert queued() == before + 1
    time.sleep(hints.APART_SECONDS)
    records_changed.send(sender=None)
    assert queued() == before + 2


def test_refused_connection_neither_raises_nor_waits(broker):
    broker("redis://127.0.0.1:1/0")
    assert send() < MOST_SECONDS


def test_hung_broker_is_waited_for_only_a_blink(broker, hung):
    broker(hung)
    assert send() < MOST_SECONDS


def test_after_a_failure_nothing_is_tried_for_some_seconds(broker, hung):
    broker(hung)
    send()
    assert send() < 0.01
    assert hints._Quiet.until > time.monotonic() + 5


def test_hints_begin_again_after_the_quiet(broker):
    broker("redis://127.0.0.1:1/0")
    send()
    broker(settings.CELERY_BROKER_URL)
    before = queued()
    send()
    assert queued() == before + 1
