"""The canaries in short, on the running product; and that the search finds what is there. The long form is
``make canaries``.
"""

import base64
import gzip
import io
import json
import urllib.parse
import zipfile
import zlib

import pytest

from tests.canaries.run import run
from tests.canaries.search import found_in, found_in_file
from tests.canaries.values import KINDS, Mint

URL = KINDS["url"](7)
# Ways in which a program keeps a text. The search has to see through each.
KEPT = {
    "as it is": str.encode,
    "in capitals": lambda text: text.upper().encode(),
    "UTF-16": lambda text: text.encode("utf-16-le"),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 after other letters": lambda text: base64.b64encode(b"ab" + text.encode()),
    "base64url in JSON": lambda text: json.dumps({"a": base64.urlsafe_b64encode(text.encode()).decode()}).encode(),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "percent signs": lambda text: urllib.parse.quote(text, safe="").encode(),
    "percent signs, all": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()).encode(),
    "JSON escapes": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text).encode(),
    "HTML entities": lambda text: "".join(f"&#{ord(letter)};" for letter in text).encode(),
    "gzip": lambda text: gzip.compress(text.encode()),
    "gzip in base64": lambda text: base64.b64encode(gzip.compress(text.encode() * 5)),
    "zlib in base64": lambda text: base64.urlsafe_b64encode(zlib.compress(text.encode() * 5)),
    "a stream of a PDF": lambda text: b"%PDF-1.7\nstream\n" + zlib.compress(text.encode()) + b"\nendstream",
    "a file in a ZIP": lambda text: _zipped("a.xml", text.encode()),
    "a name in a ZIP": lambda text: _zipped(text, b"a"),
}


def _zipped(name, content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("way", KEPT)
def test_search_sees_through(way):
    assert found_in(KEPT[way](URL))


@pytest.mark.parametrize("kind", KINDS)
def test_search_knows_every_kind(kind):
    mint = Mint()
    assert found_in(f"before {mint.one(kind)} after".encode())
    assert found_in(json.dumps({"said": mint.one(kind)}).encode())


def test_search_finds_nothing_in_what_is_no_canary():
    words = (
        "2026-11-24 0123456789 https://hotline.example/reports/12/ " + "0" * 64 + base64.b64encode(b"x" * 99).decode()
    )
    assert found_in(words.encode()) == []


def test_search_finds_a_canary_that_lies_across_two_pieces_of_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.canaries.search.PIECE", 1000)
    (tmp_path / "a").write_bytes(b"." * 990 + URL.encode() + b"." * 3000)
    assert found_in_file(tmp_path / "a", raw=True)
    assert found_in_file(tmp_path / "a", raw=False)


def test_no_two_canaries_are_the_same():
    mint = Mint()
    assert len({mint.one(kind) for _ in range(30) for kind in KINDS}) == 30 * len(KINDS)


@pytest.mark.xdist_group("canaries")
@pytest.mark.timeout(240)
def test_nothing_of_what_is_sent_stays_and_what_is_planted_is_found():
    said = []
    outcome = run(share=80, say=said.append)
    assert {name: around for name, around in outcome.found.items() if around} == {}
    assert (outcome.failed, outcome.not_seen) == ([], [])
    assert len(outcome.searched) == 13
    assert outcome.sent >= 1000
