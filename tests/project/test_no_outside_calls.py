"""The guard that lets only loopback pass, broken on purpose."""

import socket
import ssl
import subprocess
import sys
import urllib.request

import pytest

from tests.project.processes import BASE_DIR, environment
from tests.sockets import OutsideError, is_inside

# Documentation's own addresses (RFC 5737, 3849): nobody answers there, should the guard fail.
ELSEWHERE = ("192.0.2.1", "2001:db8::1", "elsewhere.example")


@pytest.mark.parametrize("host", ELSEWHERE)
def test_a_connection_to_another_machine_is_refused(host):
    with pytest.raises(OutsideError):
        socket.create_connection((host, 80), timeout=0.2)


def test_a_datagram_to_another_machine_is_refused():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own, pytest.raises(OutsideError):
        own.sendto(b"x", ("192.0.2.1", 53))


def test_no_library_hides_it():
    with pytest.raises(OutsideError):
        urllib.request.urlopen("https://elsewhere.example/", timeout=0.2, context=ssl.create_default_context())


def test_loopback_passes():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        socket.create_connection(server.getsockname(), timeout=5).close()
    assert is_inside(("::1", 80, 0, 0))
    assert is_inside("/run/postgresql/.s.PGSQL.5432")
    assert not is_inside(("10.0.0.1", 80))


@pytest.mark.parametrize("host", ELSEWHERE)
def test_a_process_of_the_product_is_held_to_it_too(host):
    code = f"import socket; socket.create_connection(({host!r}, 80), timeout=0.2)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=BASE_DIR, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "to another machine" in done.stderr.splitlines()[-1]
