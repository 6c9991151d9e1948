"""The data folder: where it is, its secrets, its locks, and what each keeper says about its server."""

import fcntl
import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent


class EmbeddedError(Exception):
    """A server could not be started or joined; the message says what to do about it."""


def data_folder() -> Path:
    """The folder of this clone's servers: HOTLINE_DATA_DIR, else ``.hotline`` beside manage.py. Made when missing."""
    folder = Path(os.environ.get("HOTLINE_DATA_DIR") or BASE_DIR / ".hotline").absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        msg = f"The data folder {folder} can not be made ({error.strerror}). Set HOTLINE_DATA_DIR to another folder."
        raise EmbeddedError(msg) from error
    return folder


def secret(folder: Path, name: str) -> str:
    """The secret of that name, made at first use: 50 random characters in a file that only its owner reads.

    Two processes that make it at once get the same one: the link that is first counts.
    """
    path = folder / "secrets" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        draft = path.with_name(f".{name}.{os.getpid()}")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_text(secrets.token_urlsafe(50)[:50], encoding="ascii")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")


class Lock:
    """An advisory lock on a file. It belongs to the process and its forks, and ends with the last of them."""

    def __init__(self, path: Path) -> None:
        self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def exclusive(self) -> None:
        """Wait until nobody else holds it."""
        fcntl.flock(self.file, fcntl.LOCK_EX)

    def shared(self) -> None:
        """Wait until nobody holds it exclusively."""
        fcntl.flock(self.file, fcntl.LOCK_SH)

    def try_exclusive(self) -> bool:
        """Take it if nobody holds it; False otherwise."""
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Let go, for the forks of this process too."""
        fcntl.flock(self.file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of this process's copy only."""
        os.close(self.file)


@dataclass(frozen=True)
class State:
    """What a keeper says of itself and its server; ``started`` (seconds since 1970) tells a reused pid apart."""

    keeper_pid: int
    server_pid: int
    server_started: float
    port: int


class Home:
    """One server's corner of the data folder: ``<folder>/<kind>/``."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder = folder
        self.kind = kind
        self.path = folder / kind
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Held for the moment of starting and ending; whoever holds it decides alone.
        self.door = self.path / "door.lock"
        # Held shared by every user, for as long as it lives.
        self.users = self.path / "users.lock"
        # Held by the keeper while there is one.
        self.keeper = self.path / "keeper.lock"
        self.log = self.path / "server.log"
        self._state = self.path / "state.json"

    def read_state(self) -> State | None:
        """What the last keeper said, alive or not; None when there was none or it is unreadable."""
        try:
            return State(**json.loads(self._state.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def write_state(self, state: State) -> None:
        """Replace what the last keeper said, all at once."""
        draft = self._state.with_suffix(".new")
        draft.write_text(json.dumps(asdict(state)), encoding="utf-8")
        draft.replace(self._state)

    def outside(self) -> Path:
        """A folder that any user can reach, the same one each time, for when ours can not be reached.

        Its name can be foreseen and its parent is writable by all, so one that is not ours alone is refused.
        """
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        path = Path("/var/tmp") / f"hotline-{name}"  # noqa: S108 - owner and mode are checked below
        path.mkdir(mode=0o711, exist_ok=True)
        found = path.lstat()
        if path.is_symlink() or found.st_uid != os.geteuid() or found.st_mode & 0o022:
            msg = f"{path} belongs to somebody else. Remove it, or set HOTLINE_DATA_DIR to a folder that all can reach."
            raise EmbeddedError(msg)
        return path
