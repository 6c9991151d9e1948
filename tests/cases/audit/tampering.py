"""What the database's superuser can do to a sealed log: one random change after the other, each undone.

``python -m tests.cases.audit.tampering 1000`` prints how many of 1,000 ``verify_audit`` finds (docs/reliability.md).
"""

import argparse
import os
import random
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

if __name__ == "__main__":
    # Servers and settings of a run of its own, as the tests have them; before Django is looked at.
    import django

    import tests.servers  # noqa: F401

    django.setup()

from django.db import connection, transaction

from cases.actions import audit, sealing
from cases.models import AuditBlock, AuditEvent
from cases.seal.form import ROW, RowsDigest, Sealed, block_digest, spans_of
from cases.seal.heads import keep, kept_heads
from cases.seal.verify import check_seal
from tests import make

Tamper = Callable[[random.Random], None]
EVENT_COLUMNS = ("at", "actor", "verb", "subject", "subject_key", "report_id", "changes")
BLOCK_COLUMNS = ("first_event", "last_event", "events", "rows_digest", "previous_digest", "digest", "sealed_at")


class _UndoneError(Exception):
    """Rolls back."""


def fill(events: int, blocks: int, heads: Path, *, rng: random.Random) -> None:
    """A log of so many events with gaps between keys and late ones, sealed in so many blocks; each head kept."""
    people = [uuid.UUID(int=rng.getrandbits(128)) for _ in range(5)]
    made = 0
    for block in range(blocks):
        last = events - made if block == blocks - 1 else min(events - made, rng.randint(1, 2 * events // blocks))
        audit.write_all([_event(rng, made + n) for n in range(max(last, 1))], actor=rng.choice(people), now=make.NOW)
        made += max(last, 1)
        _skip_keys(rng)
        head = sealing.seal_waiting(now=make.NOW + timedelta(minutes=block))
        if head:
            keep(head, heads, now=make.NOW)


def _event(rng: random.Random, number: int) -> audit.Event:
    changes = {"state": ["received", "in_triage"], "url_count": [None, str(rng.randint(0, 99))]}
    return audit.Event(verb="log", subject="report", subject_key=str(number), report_id=number, changes=changes)


def _skip_keys(rng: random.Random) -> None:
    if rng.random() < 0.5:
        sql("SELECT nextval(pg_get_serial_sequence('cases_auditevent', 'id'))")


def sql(statement: str, *values: object) -> list[tuple]:
    """Run a statement as the superuser, with no trigger in its way."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        found = cursor.fetchall() if cursor.description else []
        cursor.execute("SET LOCAL session_replication_role = origin")
    return found


def drop_rules() -> None:
    """What a superuser may do as well: no constraint stands in the way either."""
    found = sql(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype IN ('c', 'u', 'x', 'f') AND conrelid"
        " IN ('cases_auditevent'::regclass, 'cases_auditblock'::regclass, 'cases_auditrange'::regclass)"
    )
    for table, name in found:
        sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def _some_event(rng: random.Random) -> int:
    return rng.choice(list(AuditEvent.objects.values_list("pk", flat=True)))


def _some_block(rng: random.Random) -> int:
    return rng.choice(list(AuditBlock.objects.values_list("pk", flat=True)))


def change_event(rng: random.Random) -> None:
    """One column of one event has another value."""
    column = rng.choice(EVENT_COLUMNS)
    value = {
        "at": "at + interval '1 microsecond'",
        "actor": "gen_random_uuid()" if rng.random() < 0.5 else "NULL",
        "report_id": "report_id + 1" if rng.random() < 0.5 else "NULL",
        "changes": rng.choice(["'{}'", 'changes || \'{"state": [null, "void"]}\'', "changes - 'url_count'"]),
        "subject_key": "subject_key || '0'",
    }.get(column, f"{column} || 'x'")
    sql(f"UPDATE cases_auditevent SET {column} = {value} WHERE id = %s", _some_event(rng))


def remove_event(rng: random.Random) -> None:
    """An event, or several in a row, are gone."""
    first = _some_event(rng)
    sql("DELETE FROM cases_auditevent WHERE id BETWEEN %s AND %s", first, first + rng.choice([0, 0, 3, 30]))


def remove_event_and_its_mention(rng: random.Random) -> None:
    """An event is gone, and its key is taken out of its block's ranges."""
    key = _some_event(rng)
    sql("DELETE FROM cases_auditevent WHERE id = %s", key)
    ((place, block, first, last),) = sql(
        "SELECT id, block_id, first_event, last_event FROM cases_auditrange"
        " WHERE %s BETWEEN first_event AND last_event",
        key,
    )
    sql("DELETE FROM cases_auditrange WHERE id = %s", place)
    for start, end in ((first, key - 1), (key + 1, last)):
        if start <= end:
            sql(
                "INSERT INTO cases_auditrange (block_id, first_event, last_event) VALUES (%s, %s, %s)",
                block, start, end,
            )  # fmt: skip
    sql("UPDATE cases_auditblock SET events = events - 1 WHERE number = %s", block)


def put_in_event(rng: random.Random) -> None:
    """An event that never was: at the end, or under a key that is free between others."""
    keys = set(AuditEvent.objects.values_list("pk", flat=True))
    free = [key for key in range(min(keys) - 5, max(keys) + 5) if key not in keys]
    sql(
        "INSERT INTO cases_auditevent (id, at, verb, subject, subject_key, changes)"
        " VALUES (%s, now(), 'log', 'report', '7', '{}')",
        rng.choice(free),
    )


def swap_events(rng: random.Random) -> None:
    """Two events have each other's key."""
    one, other = rng.sample(list(AuditEvent.objects.values_list("pk", flat=True)), 2)
    for was, becomes in ((one, -1), (other, one), (-1, other)):
        sql("UPDATE cases_auditevent SET id = %s WHERE id = %s", becomes, was)


def change_block(rng: random.Random) -> None:
    """One column of one block has another value."""
    column = rng.choice(BLOCK_COLUMNS)
    value = {
        "sealed_at": "sealed_at - interval '1 second'",
        "rows_digest": "encode(sha256(rows_digest::bytea), 'hex')",
        "previous_digest": "encode(sha256(previous_digest::bytea), 'hex')",
        "digest": "encode(sha256(digest::bytea), 'hex')",
    }.get(column, f"{column} + 1")
    sql(f"UPDATE cases_auditblock SET {column} = {value} WHERE number = %s", _some_block(rng))


def change_range(rng: random.Random) -> None:
    """A range begins or ends elsewhere, belongs to another block, or is gone."""
    change = rng.choice(
        [
            "UPDATE cases_auditrange SET first_event = first_event - 1 WHERE id = %s",
            "UPDATE cases_auditrange SET last_event = last_event + 1 WHERE id = %s",
            "UPDATE cases_auditrange SET block_id = block_id + 1 WHERE id = %s",
            "DELETE FROM cases_auditrange WHERE id = %s",
        ]
    )
    ((place,),) = sql("SELECT id FROM cases_auditrange ORDER BY random() LIMIT 1")
    sql(change, place)


def remove_newest_blocks(rng: random.Random) -> None:
    """The newest blocks are gone; their events stay, or wait to be sealed again, or are gone as well."""
    first = max(1, AuditBlock.objects.count() - rng.randint(0, 3))
    _remove_blocks_from(first, events=rng.choice(["stay", "wait", "gone"]))


def remove_block(rng: random.Random) -> None:
    """A block in the middle is gone, with or without its events."""
    number = _some_block(rng)
    keys = _keys_of(number)
    sql("DELETE FROM cases_auditrange WHERE block_id = %s", number)
    sql("DELETE FROM cases_auditblock WHERE number = %s", number)
    if rng.random() < 0.5:
        sql("DELETE FROM cases_auditevent WHERE id = ANY(%s)", keys)


def make_chain_anew(rng: random.Random) -> None:
    """An event is changed, and its block and every later one get digests that fit: no fault in the chain itself."""
    key = _some_event(rng)
    sql("UPDATE cases_auditevent SET verb = verb || 'x' WHERE id = %s", key)
    ((first,),) = sql(
        "SELECT block_id FROM cases_auditrange WHERE %s BETWEEN first_event AND last_event", key
    )  # fmt: skip
    chain_anew_from(first)


def seal_newest_anew(rng: random.Random) -> None:
    """The newest blocks are taken back, an event of theirs is changed, and all is sealed again by the product."""
    first = max(1, AuditBlock.objects.count() - rng.randint(0, 3))
    keys = [key for number in range(first, AuditBlock.objects.count() + 1) for key in _keys_of(number)]
    _remove_blocks_from(first, events="wait")
    sql("UPDATE cases_auditevent SET at = at + interval '1 hour' WHERE id = %s", rng.choice(keys))
    sealing.seal_waiting(now=datetime.now(make.AMSTERDAM))


def wait_for_nothing(rng: random.Random) -> None:
    """A key that is no event's, or a sealed one's, is put among what waits."""
    key = _some_event(rng) if rng.random() < 0.5 else 10**9
    sql("INSERT INTO cases_unsealedevent (event_id) VALUES (%s)", key)


def _keys_of(number: int) -> list[int]:
    spans = sql("SELECT first_event, last_event FROM cases_auditrange WHERE block_id = %s", number)
    return [key for first, last in spans for key in range(first, last + 1)]


def _remove_blocks_from(first: int, *, events: str) -> None:
    keys = [key for number in range(first, AuditBlock.objects.count() + 1) for key in _keys_of(number)]
    sql("DELETE FROM cases_auditrange WHERE block_id >= %s", first)
    sql("DELETE FROM cases_auditblock WHERE number >= %s", first)
    if events == "wait":
        sql("INSERT INTO cases_unsealedevent (event_id) SELECT unnest(%s::bigint[])", keys)
    if events == "gone":
        sql("DELETE FROM cases_auditevent WHERE id = ANY(%s)", keys)


def chain_anew_from(number: int) -> None:
    """Give a block and all after it the digests that their events give now."""
    before = sql("SELECT digest FROM cases_auditblock WHERE number = %s", number - 1)
    previous = before[0][0] if before else ""
    for block in list(AuditBlock.objects.filter(number__gte=number).order_by("number")):
        rows = sql(
            f"SELECT e.id, {ROW} FROM cases_auditevent e JOIN cases_auditrange r"
            " ON e.id BETWEEN r.first_event AND r.last_event WHERE r.block_id = %s ORDER BY e.id",
            block.number,
        )
        content = RowsDigest()
        for _key, row in rows:
            content.add(row)
        sealed = Sealed(
            number=block.number, events=len(rows), spans=spans_of(key for key, _row in rows),
            rows_digest=content.hexdigest(), previous_digest=previous, sealed_at=block.sealed_at,
        )  # fmt: skip
        previous = block_digest(sealed)
        sql(
            "UPDATE cases_auditblock SET rows_digest = %s, previous_digest = %s, digest = %s WHERE number = %s",
            sealed.rows_digest, sealed.previous_digest, previous, block.number,
        )  # fmt: skip


TAMPERINGS: tuple[Tamper, ...] = (
    change_event,
    remove_event,
    remove_event_and_its_mention,
    put_in_event,
    swap_events,
    change_block,
    change_range,
    remove_newest_blocks,
    remove_block,
    make_chain_anew,
    seal_newest_anew,
    wait_for_nothing,
)


def tried(rounds: int, heads: Path, *, rng: random.Random) -> tuple[Counter, list[str]]:
    """How many of each tampering there were; and those that were not found."""
    known = kept_heads(heads)
    there, missed = Counter(), []
    for number in range(rounds):
        tamper = TAMPERINGS[number % len(TAMPERINGS)]
        there[tamper.__name__] += 1
        try:
            with transaction.atomic():
                tamper(rng)
                if check_seal(known).faults == 0:
                    missed.append(f"{tamper.__name__}, number {number}")
                raise _UndoneError  # noqa: TRY301 - undone whether found or not
        except _UndoneError:
            pass
    return there, missed


def main() -> None:
    """Fill a log, tamper with it so often, print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", type=int, default=20261124)
    options = parser.parse_args()
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    from django.test.utils import setup_databases, teardown_databases  # noqa: PLC0415 - after the settings

    databases = setup_databases(verbosity=0, interactive=False)
    try:
        rng = random.Random(options.seed)  # noqa: S311 - to be the same again
        heads = Path(tempfile.mkdtemp()) / "heads.jsonl"
        with transaction.atomic():
            drop_rules()
            fill(600, 24, heads, rng=rng)
            there, missed = tried(options.rounds, heads, rng=rng)
            transaction.set_rollback(True)
    finally:
        connection.close()
        teardown_databases(databases, verbosity=0)
    for name, count in there.items():
        sys.stdout.write(f"{count:6}  {name}\n")
    for one in missed:
        sys.stdout.write(f"not found: {one}\n")
    sys.stdout.write(f"{options.rounds - len(missed)} of {options.rounds} tamperings found, seed {options.seed}\n")


if __name__ == "__main__":
    main()
