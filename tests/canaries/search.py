"""Looks for canaries in bytes: as they are, and decoded in every way in which a program may have kept them."""

import base64
import binascii
import bz2
import gzip
import io
import re
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.canaries.values import NEEDLES

NEEDLE = re.compile(b"|".join(map(re.escape, NEEDLES)), re.IGNORECASE)
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){8,}")
ESCAPED = re.compile(rb"(?:\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|&#x?[0-9A-Fa-f]{2,5};)")
DEPTH = 3
AROUND = 60
PIECE = 8 * 1024 * 1024
OVERLAP = 4096


def found_in(content: bytes, *, depth: int = DEPTH) -> list[bytes]:
    """The canaries in it, each with a little of what is around; decoded at most three times over."""
    found = [content[max(0, m.start() - AROUND) : m.end() + AROUND] for m in NEEDLE.finditer(content)]
    if not found and depth:
        for inner in _decoded(content):
            if inner and (found := found_in(inner, depth=depth - 1)):
                break
    return found


def _decoded(content: bytes) -> Iterator[bytes]:
    yield from _unpacked(content)
    if b"%" in content:
        yield _if_changed(urllib.parse.unquote_to_bytes(content), content)
    if ESCAPED.search(content):
        yield ESCAPED.sub(_unescaped, content)
    if content.count(b"\x00") > len(content) // 4:
        yield content.replace(b"\x00", b"")
    for m in BASE64.finditer(content):
        yield from _from_base64(m[0])
    for m in HEX.finditer(content):
        yield from _if_text(binascii.unhexlify(m[0]))


def _if_changed(decoded: bytes, content: bytes) -> bytes:
    return decoded if decoded != content else b""


def _unescaped(match: "re.Match[bytes]") -> bytes:
    text = match[0].decode().strip("&#;\\")
    return chr(int(text.lstrip("ux"), 16 if "\\" in match[0].decode() or "x" in text else 10)).encode(
        "utf-8", "replace"
    )


def _from_base64(run: bytes) -> Iterator[bytes]:
    plain = run.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    # Where it begins is not known: a run may have letters before it.
    for start in range(4):
        piece = plain[start:]
        piece = piece[: len(piece) // 4 * 4]
        with suppress(binascii.Error):
            yield from _if_text(base64.b64decode(piece))


def _if_text(decoded: bytes) -> Iterator[bytes]:
    """Most of what decodes is noise; only what is packed or holds a run of text is looked at further."""
    if decoded[:2] in {b"\x1f\x8b", b"x\x9c", b"PK", b"BZ", b"%P"} or NEEDLE.search(decoded) or b"%" in decoded[:200]:
        yield decoded


def _unpacked(content: bytes) -> Iterator[bytes]:
    with suppress(OSError, EOFError, zlib.error):
        if content[:2] == b"\x1f\x8b":
            yield gzip.decompress(content)
        elif content[:2] == b"BZ":
            yield bz2.decompress(content)
    # Also in the middle: a session is compressed behind a dot, a PDF's streams behind 'stream'.
    for m in re.finditer(rb"stream\r?\n", content):
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(content[m.end() :], 10_000_000)
    if content[:1] == b"x":
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(content, 10_000_000)
    if content[:2] == b"PK":
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name.encode() + b"\n" + archive.read(name)


def found_in_file(path: Path, *, raw: bool) -> list[bytes]:
    """The same for a file, a piece at a time. ``raw``: a server's own files, hundreds of megabytes: not decoded."""
    found: list[bytes] = []
    with suppress(FileNotFoundError, PermissionError), path.open("rb") as file:
        before = b""
        while piece := file.read(PIECE):
            found += found_in(before + piece, depth=0 if raw else DEPTH)
            before = piece[-OVERLAP:]
    return found
