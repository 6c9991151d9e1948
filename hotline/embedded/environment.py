"""What the servers give to settings: addresses and secrets, as environment variables."""

import atexit
import os
from pathlib import Path

from hotline.embedded import postgres, valkey
from hotline.embedded.place import secret
from hotline.embedded.session import Session

# In the order in which every process begins them (see Session).
KINDS = {"DATABASE_URL": "postgres", "REDIS_URL": "valkey"}
SECRETS = {"SECRET_KEY": "secret-key", "REPORT_KEY_SECRET": "report-key-secret"}


def _is_given(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def provide_environment(folder: Path, *, throwaway: bool = False) -> list[Session]:
    """Set what settings need and the environment does not give, starting or joining servers for it.

    The servers stay until this process ends, or until ``leave_all`` with the returned sessions. ``throwaway``: a
    cluster for tests, without durability, with the superuser as DATABASE_URL, gone with its folder at the end.
    Raises EmbeddedError.
    """
    sessions = {kind: Session(folder, kind, throwaway=throwaway) for name, kind in KINDS.items() if not _is_given(name)}
    atexit.register(leave_all, list(sessions.values()))
    for session in sessions.values():
        session.begin()
    ports = {kind: session.wait().port for kind, session in sessions.items()}
    if "postgres" in ports:
        _set_database(folder, ports["postgres"], throwaway=throwaway)
    if "valkey" in ports:
        os.environ["REDIS_URL"] = valkey.address(folder, ports["valkey"])
    for name, stored in SECRETS.items():
        if not _is_given(name):
            os.environ[name] = secret(folder, stored)
    return list(sessions.values())


def _set_database(folder: Path, port: int, *, throwaway: bool) -> None:
    role = postgres.SUPERUSER if throwaway else postgres.APP
    os.environ["DATABASE_URL"] = postgres.address(folder, port, role)
    os.environ["DATABASE_OWNER_URL"] = postgres.address(folder, port, postgres.OWNER)


def leave_all(sessions: list[Session]) -> None:
    """Stop using the servers; the last user waits until they have ended. Twice is once."""
    while sessions:
        sessions.pop().leave()
