"""Sends canaries over HTTP: every route, every method, everybody who may enter, every place where a value fits."""

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode

from tests.canaries.search import found_in
from tests.canaries.values import KINDS, Mint
from tests.canaries.wire import Wire, request

INPUT = re.compile(r"<(?:input|select|textarea|button)\b[^>]*>")
ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
CSRF = "a" * 32
# Headers that a browser or a proxy sends, and that a program might keep.
HEADERS = (
    "User-Agent", "Referer", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via", "Accept",
    "Accept-Language", "Accept-Encoding", "If-None-Match", "If-Modified-Since", "Range", "Authorization", "Origin",
    "X-Requested-With", "X-Request-Id", "X-Csrftoken", "X-Http-Method-Override", "HX-Request", "HX-Target",
    "HX-Current-URL", "HX-Prompt", "HX-Trigger", "HX-Trigger-Name", "Traceparent", "Cache-Control", "From", "DNT",
    "Sec-Fetch-Site", "Expect-CT", "X-Canary",
)  # fmt: skip
# Fields that a page's script or another page would send; with those that the page's own forms have.
OTHER_FIELDS = ("next", "comment", "older", "newer", "url", "name", "code")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@dataclass
class Shown:
    """What was answered: how often, with which statuses, and where a canary was said back."""

    requests: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    said_back: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def look(self, where: str, status: int, answer: bytes) -> None:
        """Take an answer in."""
        self.requests += 1
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status >= 500 and status not in {501, 503}:
            self.failed.append(f"{where}: {status}")
        self.said_back += [f"{where}: {around!r}" for around in found_in(answer, depth=1)[:1]]


class Attack:
    """One product, its world, and all that is sent to it."""

    def __init__(self, port: int, world: dict[str, Any], *, mint: Mint | None = None) -> None:
        self.world = world
        self.wire = Wire(port)
        self.mint = mint or Mint()
        self.shown = Shown()
        self._headers = itertools.cycle(HEADERS)

    def everywhere(self, *, share: int = 1) -> None:
        """Every way in by every method. ``share``: only each so-manieth form field by itself."""
        for way in self.world["ways"]:
            fields = self._fields(way)
            for method in self.world["methods"]:
                self._send(method, way, way["path"], fields)
            if way["arguments"]:
                self._send("GET", way, self._other_path(way), fields)
            for number, name in enumerate(sorted(fields)):
                if number % share == 0:
                    self._one_field(way, fields, name)
        self.no_http()

    def _fields(self, way: dict[str, Any]) -> dict[str, str]:
        """What the forms of the page hold, as they are drawn."""
        headers = [("Host", "localhost"), ("Cookie", self._cookie(way))]
        _, page = self.wire.send(request("GET", way["path"], headers))
        found: dict[str, str] = {}
        for tag in INPUT.findall(page.decode("utf-8", "replace")):
            has = {name: unescape(value) for name, value in ATTRIBUTE.findall(tag)}
            if name := has.get("name"):
                found.setdefault(name, has.get("value", ""))
        return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}

    def _cookie(self, way: dict[str, Any], *more: str) -> str:
        names = self.world["cookies"]
        pairs = [f"{names['csrf']}={CSRF}", *more]
        if session := self.world["sessions"].get(way["identity"]):
            pairs.insert(0, f"{names['session']}={session}")
        return "; ".join(pairs)

    def _send(self, method: str, way: dict[str, Any], path: str, fields: dict[str, str]) -> None:
        """A request with a canary wherever one fits: query, headers, cookies, every field, a file."""
        mint = self.mint
        first, second = mint.halves()
        asked = {name: mint.one() for name in [*fields, *OTHER_FIELDS][:12]}
        query = urlencode({**asked, mint.one("bare host"): mint.one(), "a": first, "b": second})
        cookies = (f"language={mint.one('bare host')}", f"{mint.one('bare host')}={mint.one('long digits')}")
        headers = [("Host", "localhost"), ("Cookie", self._cookie(way, *cookies))]
        # What a form has to have, so that three of four are read: a canary there would be the end of it.
        read = method in UNSAFE and self.shown.requests % 4
        headers += [("X-Csrftoken", CSRF)] if read else []
        taken = ("Origin", "X-Csrftoken") if read else ()
        names = [name for name in itertools.islice(self._headers, 12) if name not in taken]
        headers += [(name, self._for_header()) for name in names]
        headers.append((f"X-{mint.one('onion').replace('.', '-')}", "1"))
        kind, body = self._body(method, fields)
        headers += [("Content-Type", kind)] if kind else []
        sent = request(method, f"{path}?{query}", headers, body)
        self.shown.look(
            f"{method} {way['route']} as {way['identity']}", *self.wire.send(sent, head_only=method == "HEAD")
        )

    def _for_header(self) -> str:
        """A canary of a kind that fits in a header's line."""
        return re.sub(r"[\x00-\x1f\x7f]", "", self.mint.one())

    def _body(self, method: str, fields: dict[str, str]) -> tuple[str, bytes]:
        if method not in UNSAFE:
            return "", b""
        typed = {**{name: self.mint.one() for name in [*fields, *OTHER_FIELDS]}, "csrfmiddlewaretoken": CSRF}
        way = self.shown.requests % 4
        if way == 0:
            return "application/json", json.dumps(typed).encode()
        if way == 1:
            return self._multipart(typed)
        if way == 2:
            return f"text/plain; charset={self.mint.one('bare host')}", self.mint.one().encode()
        return "application/x-www-form-urlencoded", urlencode(typed).encode()

    def _multipart(self, typed: dict[str, str]) -> tuple[str, bytes]:
        """A form with a file: its field, its name, its type and what is in it are canaries."""
        boundary = "b" * 20
        parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}' for name, text in typed.items()]
        # Large enough for Django to write it to a temporary file if it took it.
        content = self.mint.one() * 3
        parts.append(
            f'Content-Disposition: form-data; name="file"; filename="{self.mint.one("url")}.jpg"\r\n'
            f"Content-Type: {self.mint.one('bare host')}\r\n\r\n{content}"
        )
        body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"
        return f"multipart/form-data; boundary={boundary}", body.encode()

    def _one_field(self, way: dict[str, Any], fields: dict[str, str], name: str) -> None:
        """The page's form as it was drawn, with one canary in one field: beyond the first refusal."""
        typed = {**fields, name: self.mint.one(), "csrfmiddlewaretoken": CSRF}
        headers = [("Host", "localhost"), ("Cookie", self._cookie(way)), ("Referer", "http://localhost/")]
        headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        sent = request("POST", way["path"], headers, urlencode(typed).encode())
        self.shown.look(f"POST {way['route']}, {name}, as {way['identity']}", *self.wire.send(sent))

    def _other_path(self, way: dict[str, Any]) -> str:
        """The route's path with a canary for each argument."""
        path = way["path"]
        for argument in filter(None, way["arguments"]):
            path = re.sub(rf"(?<=/){re.escape(argument)}(?=[/.]|$)", lambda _: quote(self.mint.one(), safe=""), path)
        return path

    def no_http(self) -> None:
        """What is no HTTP, or not meant for us: gunicorn answers most of it, or Django before any route."""
        for number, sent in enumerate(self._malformed()):
            self.wire.close()
            self.shown.look(f"no HTTP {number}", *self.wire.send(sent))
        self.wire.close()

    def _malformed(self) -> Iterator[bytes]:
        mint = self.mint
        fine = [("Host", "localhost")]
        for kind in KINDS:
            text = mint.one(kind)
            yield request("GET", "/" + quote(text, safe="/:@"), fine)
            yield request("GET", "/static/" + quote(text, safe="/:@"), fine)
            yield request("GET", f"/?{quote(text, safe='/:@=&')}", [("Host", mint.plain().replace("/", ""))])
            yield f"{text}\r\n\r\n".encode()
            yield f"GET {text} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
            yield request("GET", f"/queue?{quote(text, safe='/:@=&')}", fine)
        yield request(mint.one("bare host"), "/", fine)
        yield request("GET", mint.plain(), fine)
        yield f"GET / HTTP/{mint.one('bare host')}\r\nHost: localhost\r\n\r\n".encode()
        yield f"GET / HTTP/1.1\r\nHost: localhost\r\n{mint.plain()}\r\n\r\n".encode()
        yield f"GET / HTTP/1.1\r\nHost: localhost\r\nBad Name {mint.plain()}: 1\r\n\r\n".encode()
        yield f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {mint.one('url')}\r\n\r\n".encode()
        yield f"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: {mint.one('url')}\r\n\r\n".encode()
        chunk = f"{mint.one('bare host')}\r\n"
        yield f"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}".encode()
        yield request("GET", "/" + mint.one("url") + "a" * 9000, fine)
        yield request("GET", "/", [*fine, ("X-Long", mint.plain() + "a" * 9000)])
        yield request("GET", "/", [*fine, *((f"X-{n}", mint.plain()) for n in range(120))])
        yield request("POST", "/sign-in/", [*fine, ("Content-Length", "99999999999")])
        form = urlencode({"username": mint.one(), **{f"f{n}": "1" for n in range(1200)}}).encode()
        yield request("POST", "/sign-in/", [*fine, ("Content-Type", "application/x-www-form-urlencoded")], form)
        large = urlencode({"username": mint.one() + "a" * 1_200_000}).encode()
        yield request("POST", "/sign-in/", [*fine, ("Content-Type", "application/x-www-form-urlencoded")], large)
