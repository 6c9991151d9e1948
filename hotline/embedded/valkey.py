"""The Redis-protocol server. Its messages are only hints, so nothing of it is kept on disk."""

import signal
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from hotline.embedded.binaries import outside_copy, valkey_server
from hotline.embedded.place import Home, secret
from hotline.embedded.privileges import is_root, may_keep_access
from hotline.embedded.process import Process, end_stray, free_port, reachable_home


def address(folder: Path, port: int) -> str:
    """The redis:// address of the server."""
    return f"redis://:{secret(folder, 'redis')}@127.0.0.1:{port}/0"


class Valkey:
    """The server of one data folder."""

    def __init__(self, home: Home, *, throwaway: bool) -> None:
        self.home = home
        self.throwaway = throwaway
        self.port = 0
        self.process: Process | None = None
        self._server = Path()

    def start(self) -> Process:
        """Start it and wait until it answers."""
        self._server = valkey_server()
        if is_root() and not may_keep_access():
            self._server = outside_copy(self.home, self._server)
        left = self.home.read_state()
        if left:
            end_stray(left.server_pid, left.server_started)
        self.port = free_port(self.home)
        return self._launch()

    def start_again(self) -> Process:
        """Start it where it was, after it has ended: its users know the port."""
        return self._launch()

    def _launch(self) -> Process:
        # Settings go through its standard input: a command line can be read by every user of the machine.
        settings = (
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {secret(self.home.folder, 'redis')}\n"
            'save ""\nappendonly no\nmaxmemory 256mb\nmaxmemory-policy noeviction\nloglevel warning\n'
        )
        cwd = reachable_home(self.home)
        self.process = Process(self.home, [str(self._server), "-"], cwd=cwd, end_with=signal.SIGTERM, config=settings)
        self.process.wait_until(self._answers)
        return self.process

    def _answers(self) -> bool:
        # By itself the client would try again for seconds; we ask every few milliseconds.
        options = {"socket_connect_timeout": 5, "retry": Retry(NoBackoff(), 0)}
        with redis.Redis.from_url(address(self.home.folder, self.port), **options) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False
