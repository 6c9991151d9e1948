"""Heads of the sealed audit log, kept outside the database: a file that is only added to, one JSON object a line.

``{"block": 12, "day": "2026-11-24", "digest": "..."}``. Who rewrites the log from some block on, as a superuser of the
database can, gives every later block another digest: the file then disagrees. A line with ``"restored": true`` says
that the database was put back to that block: what the lines above it say of later blocks is no longer expected.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from cases.seal.form import Head
from hotline.days import hotline_day

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class KnownHead:
    """What is known of a block outside of the chain itself, and where: a line of the file, or a release."""

    head: Head
    where: str


class HeadFileError(ValueError):
    """The file can not be read as what it should be; ``line`` is the first that can not, from 1."""

    def __init__(self, line: int) -> None:
        super().__init__("a line of the file of heads is none")
        self.line = line


def head_file() -> Path | None:
    """Where heads are kept; None when this installation keeps none."""
    return Path(settings.AUDIT_HEAD_FILE) if settings.AUDIT_HEAD_FILE else None


def keep(head: Head, file: Path, *, now: datetime, restored: bool = False) -> bool:
    """Add a head to the file and see that it is on the disk; False when the newest line has it already.

    Raises ``HeadFileError`` for a file with a line that is none, ``OSError`` when it can not be written.
    """
    lines = list(_lines(file))
    if lines and lines[-1][0] == head and not restored:
        return False
    line = {"block": head.number, "day": hotline_day(now).isoformat(), "digest": head.digest}
    if restored:
        line["restored"] = True
    text = json.dumps(line, sort_keys=True) + "\n"
    # One write, appended whole or not at all as far as the system can promise it.
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return True


def kept_heads(file: Path) -> list[KnownHead]:
    """Every head the file vouches for; none when there is no file.

    Raises ``HeadFileError``.
    """
    known: list[KnownHead] = []
    for number, (head, restored) in enumerate(_lines(file), 1):
        if restored:
            known = [one for one in known if one.head.number <= head.number]
        known.append(KnownHead(head, f"line {number} of the file of heads"))
    return known


def _lines(file: Path) -> Iterator[tuple[Head, bool]]:
    try:
        content = file.read_text(encoding="ascii")
    except FileNotFoundError:
        return
    except ValueError as error:
        raise HeadFileError(1) from error
    yield from _parsed(content.splitlines())


def _parsed(lines: Iterable[str]) -> Iterator[tuple[Head, bool]]:
    for number, line in enumerate(lines, 1):
        try:
            found = json.loads(line)
            block, digest = found["block"], found["digest"]
            restored = found.get("restored", False)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise HeadFileError(number) from error
        if type(block) is not int or type(digest) is not str or not _DIGEST.match(digest):
            raise HeadFileError(number)
        yield Head(block, digest), restored is True
