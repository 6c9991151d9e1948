"""Every committed event is sealed once: writers interleaved, sealers at once, killed at every statement."""

import contextlib
import functools
import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from cases.actions import audit, sealing
from cases.models import AuditBlock, AuditEvent, AuditRange, UnsealedEvent
from cases.seal.form import ROW, Head
from cases.seal.state import seal_state, sealed_head
from cases.tasks import seal_audit
from tests import make

INSERT = "INSERT INTO cases_auditevent (verb, subject, subject_key, changes) VALUES ('log', 'report', '1', '{}')"


def events(count: int) -> None:
    audit.write_all(
        [audit.Event(verb="log", subject="report", subject_key=str(n)) for n in range(count)], actor=None, now=make.NOW
    )


def spans() -> list[tuple[int, int, int]]:
    return list(AuditRange.objects.values_list("block_id", "first_event", "last_event"))


def sealed_keys() -> list[int]:
    return sorted(key for _block, first, last in spans() for key in range(first, last + 1))


def all_keys() -> list[int]:
    return list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def writer(committed_db):
    """A connection in whose transaction events can be left uncommitted."""
    with psycopg.connect(make.database_address()) as own:
        yield own
        if not own.broken:
            own.rollback()


def test_nothing_to_seal_makes_no_block(db):
    assert sealing.seal_waiting(now=make.NOW) is None
    assert seal_state() == seal_state().__class__(head=None, unsealed=0, oldest_unsealed=None)


def test_events_are_closed_into_a_block_that_names_them(db):
    events(3)
    first = all_keys()[0]
    head = sealing.seal_waiting(now=make.NOW)
    block = AuditBlock.objects.get()
    assert (block.number, block.events, block.first_event, block.last_event) == (1, 3, first, first + 2)
    assert (block.previous_digest, block.sealed_at) == ("", make.NOW)
    assert head == sealed_head() == Head(1, block.digest)
    assert spans() == [(1, first, first + 2)]
    assert seal_state().unsealed == 0


def test_blocks_are_bounded_and_chained(db, monkeypatch):
    monkeypatch.setattr(sealing, "BLOCK_EVENTS", 4)
    events(10)
    sealing.seal_waiting(now=make.NOW)
    blocks = list(AuditBlock.objects.order_by("number"))
    assert [block.events for block in blocks] == [4, 4, 2]
    assert [block.previous_digest for block in blocks[1:]] == [block.digest for block in blocks[:-1]]


def test_what_waits_is_counted_and_its_age_told(db):
    events(2)
    state = seal_state()
    assert state.unsealed == 2
    assert state.oldest_age(state.oldest_unsealed + timedelta(seconds=7)) == timedelta(seconds=7)


def test_the_form_of_a_row_holds_every_column(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND table_name = 'cases_auditevent' ORDER BY ordinal_position"
        )
        columns = [name for (name,) in cursor.fetchall()]
    assert [name for name in columns if f"e.{name}" not in ROW] == []


def test_the_form_of_a_row_does_not_depend_on_the_session(db):
    events(1)

    def form() -> str:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {ROW} FROM cases_auditevent e")
            return cursor.fetchone()[0]

    before = form()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'Asia/Tokyo'")
        cursor.execute("SET LOCAL DateStyle = 'German'")
    assert form() == before


def test_an_event_committed_after_ones_with_larger_keys_is_in_a_later_block(writer):
    writer.execute(INSERT)
    events(2)
    sealing.seal_waiting(now=make.NOW)
    late = min(all_keys()) - 1
    writer.commit()
    assert seal_state().unsealed == 1
    sealing.seal_waiting(now=make.NOW)
    assert spans() == [(2, late, late), (1, late + 1, late + 2)]
    assert sealed_keys() == all_keys()


def test_a_transaction_that_stays_open_holds_up_no_other_event(writer):
    writer.execute(INSERT)
    for _tick in range(3):
        events(1)
        sealing.seal_waiting(now=make.NOW)
        assert seal_state().unsealed == 0
    assert AuditBlock.objects.count() == 3


def test_what_is_rolled_back_leaves_a_gap_and_nothing_that_waits(writer):
    events(1)
    writer.execute(INSERT)
    writer.rollback()
    events(1)
    sealing.seal_waiting(now=make.NOW)
    assert [last - first for _block, first, last in spans()] == [0, 0]
    assert sealed_keys() == all_keys()
    assert seal_state().unsealed == 0


def test_a_copy_is_sealed_too(writer):
    with writer.cursor().copy("COPY cases_auditevent (verb, subject, subject_key, changes) FROM STDIN") as copy:
        for number in range(50):
            copy.write_row(("log", "report", str(number), "{}"))
    writer.commit()
    assert seal_state().unsealed == 50


def test_a_second_sealer_leaves_it_to_the_first(writer):
    events(1)
    writer.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.LOCK])
    assert sealing.seal_waiting(now=make.NOW) is None
    writer.rollback()
    assert sealing.seal_waiting(now=make.NOW).number == 1


def write_some(number: int) -> None:
    for round_ in range(25):
        with contextlib.suppress(_UndoneError), transaction.atomic():
            events(1 + (number + round_) % 3)
            if (number + round_) % 5 == 0:
                raise _UndoneError


def at_once(until_done, *works) -> list[BaseException]:
    """Runs ``works`` in threads, and two of ``until_done`` over and over until they have ended; what they raised."""
    done, problems = threading.Event(), []

    def run(work, *, again: bool) -> None:
        try:
            work()
            while again and not done.is_set():
                work()
        except BaseException as error:  # noqa: BLE001 - told by the test
            problems.append(error)
        finally:
            connections.close_all()

    others = [threading.Thread(target=run, args=[until_done], kwargs={"again": True}) for _ in range(2)]
    threads = [threading.Thread(target=run, args=[work], kwargs={"again": False}) for work in works]
    for thread in others + threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    for thread in others:
        thread.join()
    return problems


def test_writers_interleaved_with_two_sealers_lose_and_double_nothing(committed_db, monkeypatch):
    monkeypatch.setattr(sealing, "BLOCK_EVENTS", 7)
    assert at_once(seal_audit, *(functools.partial(write_some, number) for number in range(4))) == []
    seal_audit()
    committed = [1 + (number + round_) % 3 for number in range(4) for round_ in range(25) if (number + round_) % 5]
    assert len(all_keys()) == sum(committed)
    assert sealed_keys() == all_keys()
    blocks = AuditBlock.objects.order_by("number")
    assert sum(blocks.values_list("events", flat=True)) == len(all_keys())
    assert list(blocks.values_list("number", flat=True)) == list(range(1, blocks.count() + 1))
    assert UnsealedEvent.objects.count() == 0


class _UndoneError(Exception):
    """Rolls back."""


class _KilledError(BaseException):
    """Stands for the end of the process at a statement: the server rolls back what was not committed."""


@pytest.mark.parametrize("after", [False, True])
def test_a_sealer_killed_at_any_statement_has_sealed_nothing_and_the_next_seals_all(committed_db, after):
    events(3)
    statements = 0

    def end_at(place: int):
        seen = 0

        def wrapper(execute, sql, params, many, context):
            nonlocal seen
            seen += 1
            if seen == place and not after:
                raise _KilledError
            result = execute(sql, params, many, context)
            if seen == place:
                raise _KilledError
            return result

        return wrapper

    for place in range(1, 50):
        try:
            with connection.execute_wrapper(end_at(place)):
                sealing.seal_block(now=make.NOW)
        except _KilledError:
            statements += 1
            assert not AuditBlock.objects.exists()
            assert not AuditRange.objects.exists()
            assert seal_state().unsealed == 3
        else:
            break
    assert statements >= 5
    assert sealed_keys() == all_keys()
    assert seal_state().unsealed == 0


def test_a_back_end_that_is_ended_while_it_seals_has_sealed_nothing(writer):
    events(2)
    writer.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.LOCK])
    writer.execute("DELETE FROM cases_unsealedevent")
    pid = writer.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    with pytest.raises(psycopg.OperationalError):
        writer.execute("SELECT 1")
    sealing.seal_waiting(now=make.NOW)
    assert sealed_keys() == all_keys()


@pytest.mark.parametrize("table", ["cases_auditblock", "cases_auditrange"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET first_event = first_event", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_the_seal_is_append_only(db, table, statement):
    events(1)
    sealing.seal_waiting(now=make.NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"):
            cursor.execute(statement.format(table))


def test_the_database_seals_no_event_twice(db):
    events(3)
    sealing.seal_waiting(now=make.NOW)
    block = AuditBlock.objects.get()
    with pytest.raises(IntegrityError, match="auditrange_event_once"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_auditrange (block_id, first_event, last_event) VALUES (1, %s, %s)",
            [block.last_event, block.last_event + 5],
        )
