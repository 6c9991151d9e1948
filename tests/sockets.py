"""No test, and nothing of the product that a test runs, speaks to another machine: only loopback passes.

A pytest plugin. An audit hook sees every connection, datagram and look-up of a name that Python's sockets make, also in
libraries. Processes of the product that tests start are Python's as well: they get the same hook, by a module that
Python loads at its start (``sitecustomize``, in tests/guarded). Chromium's requests are looked at in the journeys.
"""

import ipaddress
import os
import socket
import sys
from pathlib import Path
from typing import Any

GUARDED = Path(__file__).resolve().parent / "guarded"
NAMES = {"localhost", "", None, socket.gethostname()}
EVENTS = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}


class OutsideError(BaseException):
    """Something wanted to leave this machine. No ``except Exception`` may hide it."""


if _loaded_at_start := sys.modules.get("_hotline_sockets"):
    # A worker of pytest-xdist has the guard from sitecustomize already: its error is the one that is raised.
    OutsideError = _loaded_at_start.OutsideError


def is_inside(address: Any) -> bool:
    """Whether that is this machine: loopback, a name of it, or a socket file."""
    host = address[0] if isinstance(address, tuple) else address
    if isinstance(host, bytes):
        host = host.decode("utf-8", "replace")
    if host in NAMES or (isinstance(address, str) and address.startswith(("/", "\0"))):
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise for what leaves this machine. Names that can never exist (RFC 2606, .invalid) are asked of nobody."""
    if event not in EVENTS:
        return
    address = arguments[EVENTS[event]]
    if event == "socket.connect" and isinstance(address, str | bytes):
        return  # a socket file
    if not is_inside(address):
        msg = f"{event} to another machine"
        raise OutsideError(msg)


def pytest_configure() -> None:
    """For this process, and for every Python that it starts."""
    sys.addaudithook(guard)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(GUARDED), os.environ.get("PYTHONPATH")]))
