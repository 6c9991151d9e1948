"""HTTP by hand: any method, any header, any bytes. A browser and its libraries would refuse to send half of this."""

import re
import socket
import time

HOST = "127.0.0.1"
STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})")
LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


class Wire:
    """One connection, kept as long as the server keeps it."""

    def __init__(self, port: int, *, seconds: float = 30) -> None:
        self.port = port
        self.seconds = seconds
        self._socket: socket.socket | None = None

    def send(self, request: bytes, *, head_only: bool = False) -> tuple[int, bytes]:
        """The status, 0 when nothing was answered, and all that came: head and body."""
        for _ in range(2):
            fresh = self._socket is None
            try:
                if self._socket is None:
                    self._socket = socket.create_connection((HOST, self.port), timeout=self.seconds)
                self._socket.sendall(request)
                answer = self._answer(head_only=head_only)
            except OSError:
                answer = b""
            if not answer or CLOSES.search(answer):
                self.close()
            # A kept connection may have been closed meanwhile; a new one is tried once.
            if answer or fresh:
                break
        status = STATUS.match(answer)
        return int(status[1]) if status else 0, answer

    def close(self) -> None:
        """Let go of the connection."""
        if self._socket:
            self._socket.close()
            self._socket = None

    def _answer(self, *, head_only: bool) -> bytes:
        got, end = b"", time.monotonic() + self.seconds
        while b"\r\n\r\n" not in got:
            if not (more := self._receive(end)):
                return got
            got += more
        head, _, body = got.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        status = STATUS.match(head)
        bare = head_only or (status and status[1] in {b"204", b"304"})
        wanted = 0 if bare else int(length[1]) if length else None
        while (wanted is not None and len(body) < wanted) or (
            wanted is None and not (CHUNKED.search(head) and body.endswith(b"0\r\n\r\n"))
        ):
            if not (more := self._receive(end)):
                break
            body += more
        return head + b"\r\n\r\n" + body

    def _receive(self, end: float) -> bytes:
        if time.monotonic() > end or self._socket is None:
            return b""
        return self._socket.recv(65536)


def request(method: str, path: str, headers: list[tuple[str, str]], body: bytes = b"") -> bytes:
    """A request's bytes. Header values go out as UTF-8, in a path everything but letters is escaped by the caller."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    if body or method in {"POST", "PUT", "PATCH"}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8") + body
