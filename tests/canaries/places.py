"""Where a value could have stayed: each place is searched, and a canary that was put there is found."""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hotline.embedded.binaries import postgres_install
from tests.canaries.search import found_in, found_in_file
from tests.canaries.values import MARK
from tests.faults.product import Product

PLANTED = f"https://{MARK}planted.example/a"
LOGS = ("web", "worker", "beat")


@dataclass(frozen=True)
class Place:
    """``search`` gives what was found, ``plant`` puts a canary there as a careless program would."""

    name: str
    search: Callable[[], list[bytes]]
    plant: Callable[[], object]


def places(product: Product, temporary: Path) -> Iterator[Place]:
    """Every place that outlives a request."""
    folder = product.folder
    yield Place("database, dumped", lambda: found_in(dump(product)), lambda: _in_database(product))
    yield Place(
        "database, audit log",
        lambda: found_in(_rows(product, "SELECT a.*::text FROM cases_auditevent a")),
        lambda: _as_superuser(
            product,
            "INSERT INTO cases_auditevent (verb, subject, subject_key, changes) "
            f"VALUES ('log', 'a', '{MARK}planted', '{{}}')",
        ),
    )
    data = product.disk / "data" if (product.disk / "data").exists() else folder / "postgres" / "data"
    yield Place("database, its files", lambda: in_folder(data / "base", raw=True), lambda: _in_database(product))
    yield Place("database, its write-ahead log", lambda: in_folder(data / "pg_wal", raw=True), lambda: None)
    yield Place(
        "database server's log",
        lambda: found_in_file(folder / "postgres" / "server.log", raw=False),
        lambda: _as_superuser(product, f"DO $$ BEGIN RAISE LOG '{PLANTED}'; END $$"),
    )
    for name in LOGS:
        log = folder / "logs" / f"{name}.log"
        yield Place(f"log of {name}", lambda log=log: found_in_file(log, raw=False), lambda log=log: _append(log))
    yield Place(
        "log of the broker",
        lambda: found_in_file(folder / "valkey" / "server.log", raw=False),
        lambda: _append(folder / "valkey" / "server.log"),
    )
    yield Place("broker, every key", lambda: found_in(broker(product)), lambda: product.redis().set("planted", PLANTED))
    yield Place("temporary files", lambda: in_folder(temporary, raw=False), lambda: _append(temporary / "planted.tmp"))


def dump(product: Product) -> bytes:
    """The whole database as pg_dump writes it, with names, comments and large objects."""
    pg_dump = postgres_install() / "bin" / "pg_dump"
    done = subprocess.run(
        [pg_dump, "--large-objects", "--dbname", product.ready["superuser"]], capture_output=True, check=True
    )
    return done.stdout


def broker(product: Product) -> bytes:
    """Names and values of every key, in every database it has."""
    found = []
    with product.redis() as client:
        for number in range(int(client.config_get("databases")["databases"])):
            client.execute_command("SELECT", number)
            for key in client.scan_iter(count=1000):
                found += [key, client.dump(key) or b"", *_plain(client, key)]
        found += [str(entry).encode() for entry in client.slowlog_get(128)]
        client.execute_command("SELECT", 0)
    return b"\n".join(found)


def _plain(client, key: bytes) -> list[bytes]:
    """A value as it is: what DUMP gives may be compressed."""
    kind = client.type(key)
    if kind == b"string":
        return [client.get(key) or b""]
    if kind == b"list":
        return client.lrange(key, 0, -1)
    if kind == b"hash":
        return [part for pair in client.hgetall(key).items() for part in pair]
    return list(client.smembers(key)) if kind == b"set" else client.zrange(key, 0, -1)


def in_folder(folder: Path, *, raw: bool) -> list[bytes]:
    """What is found in the names and contents of all files below."""
    found = found_in("\n".join(str(path) for path in folder.rglob("*")).encode())
    for path in folder.rglob("*"):
        if path.is_file():
            found += found_in_file(path, raw=raw)
    return found


def _rows(product: Product, query: str) -> bytes:
    with product.database() as connection:
        return "\n".join(str(row) for row in connection.execute(query)).encode()


def _in_database(product: Product) -> None:
    _as_superuser(product, f"CREATE TABLE IF NOT EXISTS planted AS SELECT '{PLANTED}' AS text", "CHECKPOINT")


def _as_superuser(product: Product, *statements: str) -> None:
    with product.database() as connection:
        for statement in statements:
            connection.execute(statement)


def _append(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(PLANTED + "\n")


def settle(product: Product) -> None:
    """Let what was sent be worked on, and write what PostgreSQL has in memory to its files."""
    with product.database() as connection:
        connection.execute("CHECKPOINT")
    os.sync()
