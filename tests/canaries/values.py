"""The canaries: each is another, and each can be known again, also in pieces, encoded or in other letters.

Every value that can hold letters holds MARK and a number; hashes and digits begin with runs of their own. So one search
for a few needles finds any of them, and the number tells which.
"""

import base64
import hashlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

MARK = "qzxj"
HEX = "fee1dead5afec0de"
DIGITS = "0900314159"
FULL = {ord(letter): ord(letter) + 0xFEE0 for letter in "abcdefghijklmnopqrstuvwxyz0123456789:/.@"}
CYRILLIC = str.maketrans("aeopc", "аеорс")  # noqa: RUF001 - look-alikes are what this is about


def wide(text: str) -> str:
    """In full-width letters, as they are typed on some keyboards."""
    return text.translate(FULL)


def _host(number: int) -> str:
    return f"{MARK}{number:x}.example"


def _url(number: int) -> str:
    return f"https://{_host(number)}/a/b?c={number}#d"


def _hex(number: int, length: int) -> str:
    return (HEX + hashlib.sha512(str(number).encode()).hexdigest())[:length]


KINDS: dict[str, Callable[[int], str]] = {
    "url": _url,
    "url with a port": lambda n: f"http://{_host(n)}:8080/x.jpg",
    "defanged": lambda n: f"hxxps://{MARK}{n:x}[.]example/a",
    "defanged with words": lambda n: f"hxxp {MARK}{n:x} (dot) example slash a",
    "bare host": _host,
    "punycode": lambda n: f"xn--{MARK}{n:x}-e1a.xn--p1ai",
    "onion": lambda n: f"{MARK}{n:x}{'a2b7' * 12}.onion"[:62],
    "e-mail": lambda n: f"{MARK}{n:x}@mail.example",
    "md5": lambda n: _hex(n, 32),
    "sha1": lambda n: _hex(n, 40),
    "sha256": lambda n: _hex(n, 64),
    "sha256 in capitals": lambda n: _hex(n, 64).upper(),
    "pdq": lambda n: f"{_hex(n, 64)},100",
    "ssdeep": lambda n: f"96:{MARK}{n:x}Yk+Zq:a/b",
    "unix path": lambda n: f"/home/{MARK}/{n:x}/a.jpg",
    "windows path": lambda n: f"C:\\{MARK}\\{n:x}\\a.jpg",
    "way out": lambda n: f"../../../{MARK}{n:x}/passwd",
    "IPv4 with a note": lambda n: f"192.0.2.{n % 256} {MARK}{n:x}",
    "IPv6": lambda n: f"2001:db8:{MARK}:{n % 65536:x}::7",
    "base64": lambda n: base64.b64encode(_url(n).encode()).decode(),
    "base64 of UTF-16": lambda n: base64.b64encode(_url(n).encode("utf-16-le")).decode(),
    "hexadecimal": lambda n: _url(n).encode().hex(),
    "percent signs": lambda n: "".join(f"%{byte:02x}" for byte in _url(n).encode()),
    "full width": lambda n: wide(_url(n)),
    "look-alikes": lambda n: f"{MARK}{n:x}.example/peace".translate(CYRILLIC),
    "right to left": lambda n: f"\u202egpj.{MARK}{n:x}\u202c",
    "between letters": lambda n: f"{MARK}{n:x}\u200b.example",
    "combining": lambda n: f"{MARK}{n:x}e\u0301\u0327.example",
    "telephone": lambda n: f"+{DIGITS}{n:06d}",
    "long digits": lambda n: f"{DIGITS}{n:08d}",
    "SQL": lambda n: f"1'; SELECT '{MARK}{n:x}' --",
    "HTML": lambda n: f'<img src="//{_host(n)}/a" onerror=x>',
    "template": lambda n: "{{ " + f"'{MARK}{n:x}' " + "}}",
    "format": lambda n: f"%({MARK}{n:x})s {{0}} %s",
    "log line": lambda n: f'a\n{{"at": "{MARK}{n:x}"}}',
    "tab and quotes": lambda n: f"\t\"'{MARK}{n:x}`\\",
    "sentence": lambda n: f"She wrote on {MARK}{n:x}: 'come to room 12'.",
}
# What a search is for: any of these, whatever the case, in what is found or in a decoded form of it.
NEEDLES = (
    MARK.encode(),
    HEX.encode(),
    DIGITS.encode(),
    wide(MARK).encode(),
    base64.b64encode(f"https://{MARK}".encode())[:14],
    base64.b64encode(f"https://{MARK}".encode("utf-16-le"))[:30],
    MARK.encode().hex().encode(),
    MARK.encode("utf-16-le"),
    "".join(f"%{byte:02x}" for byte in MARK.encode()).encode(),
)


@dataclass
class Mint:
    """Makes canaries, each once, and remembers how many and of which kinds."""

    sent: int = 0
    kinds: set[str] = field(default_factory=set)
    _turn: Iterator[str] = field(default_factory=lambda: itertools.cycle(KINDS))

    def one(self, kind: str = "") -> str:
        """A canary of that kind, or of the next."""
        kind = kind or next(self._turn)
        self.sent += 1
        self.kinds.add(kind)
        return KINDS[kind](self.sent)

    def plain(self) -> str:
        """One in ASCII without signs that end a header or a word."""
        return self.one("url")

    def halves(self) -> tuple[str, str]:
        """A URL in two fields: each half can be known again."""
        self.sent += 1
        self.kinds.add("split")
        return f"https://{MARK}{self.sent:x}", f"{MARK}.example/{self.sent:x}"
