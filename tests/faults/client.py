"""A browser without a screen, and cheap: one connection, kept; cookies; forms. Threads have one each."""

import re
import socket
import time
from contextlib import suppress
from urllib.parse import urlencode

HOST = "127.0.0.1"
STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})")
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
LOCATION = re.compile(rb"\r\nlocation: *([^\r\n]*)", re.IGNORECASE)
COOKIE = re.compile(rb"\r\nset-cookie: *([^=\r\n]+)=([^;\r\n]*)", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')


class UnansweredError(Exception):
    """No whole answer came: nothing is known of what was asked."""


class Answer:
    """What was answered: status, where it leads ('' for nowhere), the page."""

    __slots__ = ("body", "location", "status")

    def __init__(self, head: bytes, body: bytes) -> None:
        match = STATUS.match(head)
        if not match:
            raise UnansweredError
        self.status = int(match[1])
        led = LOCATION.search(head)
        self.location = led[1].decode() if led else ""
        self.body = body


class Client:
    """One connection to the web, with the cookies of whoever signed in."""

    def __init__(self, port: int, *, cookies: dict[str, str] | None = None, seconds: float = 15.0) -> None:
        self.port = port
        self.cookies = dict(cookies or {})
        self.seconds = seconds
        self._socket: socket.socket | None = None

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._ask(f"GET {path}", b"")

    def get_soon(self, path: str, *, seconds: float = 60.0) -> Answer:
        """Ask for a page until it comes: the web may be on its way back."""
        end = time.monotonic() + seconds
        while True:
            with suppress(UnansweredError):
                answer = self.get(path)
                if answer.status < 500:
                    return answer
            if time.monotonic() > end:
                msg = f"{path} did not come within {seconds} s"
                raise AssertionError(msg)
            time.sleep(0.2)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form."""
        return self._ask(f"POST {path}", urlencode(fields).encode())

    def close(self) -> None:
        """Let go of the connection."""
        if self._socket:
            self._socket.close()
            self._socket = None

    def _ask(self, what: str, body: bytes) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = (
            f"{what} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            if self._socket is None:
                self._socket = socket.create_connection((HOST, self.port), timeout=self.seconds)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.sendall(head.encode() + body)
            return self._answer(self._socket, end=time.monotonic() + self.seconds)
        except OSError as error:
            self.close()
            raise UnansweredError from error
        except UnansweredError:
            self.close()
            raise

    def _answer(self, connection: socket.socket, *, end: float) -> Answer:
        got = b""
        while (split := got.find(b"\r\n\r\n")) < 0:
            got += self._more(connection, end)
        head, body = got[:split], [got[split + 4 :]]
        length = LENGTH.search(head)
        left = int(length[1]) - len(body[0]) if length else 0
        while left > 0:
            body.append(self._more(connection, end))
            left -= len(body[-1])
        for name, value in COOKIE.findall(head):
            self.cookies[name.decode()] = value.decode()
        if CLOSES.search(head):
            self.close()
        return Answer(head, b"".join(body))

    def _more(self, connection: socket.socket, end: float) -> bytes:
        got = connection.recv(65536)
        if not got or time.monotonic() > end:
            raise UnansweredError
        return got


def hidden_fields(page: Answer) -> dict[str, str]:
    """The hidden fields of a page's forms, as a browser would send them back."""
    return {name: value or "" for name, value in HIDDEN.findall(page.body.decode())}


def signed_in(port: int, *, username: str, password: str) -> Client:
    """A client with the cookies of that person."""
    client = Client(port)
    fields = hidden_fields(client.get("/sign-in/"))
    answer = client.post("/sign-in/", {**fields, "username": username, "password": password})
    client.close()
    if answer.status != 302 or "sign-in" in answer.location:
        msg = f"the harness could not sign in: {answer.status}"
        raise AssertionError(msg)
    return client
