"""Every check of the project, in order, stopping at the first that fails.

``python scripts/checks.py lint`` or ``python scripts/checks.py test [pytest arguments]``. Standard library only; runs
with the Python of the venv that holds the tools.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHROMIUM = Path("/usr/bin/chromium")
DJANGO = "5.2"


@dataclass(frozen=True)
class Check:
    """One command; ``environment`` is added to ours."""

    heading: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


def tracked(*patterns: str) -> list[str]:
    """The project's files of those patterns, as git knows them, the new ones too; absent ones left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=BASE_DIR, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return sorted({name for name in listed.stdout.split("\0") if name and (BASE_DIR / name).exists()})


def tool(name: str, *arguments: str) -> list[str]:
    """The command line of a tool in the venv."""
    return [str(BIN / name), *arguments]


def production() -> dict[str, str]:
    """An environment as production has it, that leads to no server."""
    return {
        "HOTLINE_MODE": "production",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "REPORT_KEY_SECRET": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "hotline.example",
        "DATABASE_URL": "postgresql://hotline_app@database.invalid/hotline",
        "REDIS_URL": "redis://redis.invalid/0",
    }


def lint(folder: str) -> Iterator[Check]:
    """The checks that run no test. ``folder`` is for servers that one of them needs."""
    templates = tracked("*.html")
    manage = [sys.executable, str(BASE_DIR / "manage.py")]
    yield Check("ruff: style and errors", tool("ruff", "check", "."))
    yield Check("ruff: format", tool("ruff", "format", "--check", "."))
    yield Check("mypy: types", tool("mypy"))
    yield Check("import-linter: layers", tool("lint-imports"))
    yield Check("django-upgrade", tool("django-upgrade", "--check", "--target-version", DJANGO, *tracked("*.py")))
    if templates:
        yield Check("djade: templates", tool("djade", "--check", "--target-version", DJANGO, *templates))
        yield Check("djhtml: templates' indentation", tool("djhtml", "--check", *templates))
    yield Check("hadolint: Dockerfile", tool("hadolint", "docker/Dockerfile"))
    yield Check(
        "compose: schema",
        tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker/compose.yaml"),
    )
    yield Check(
        "migrations: none missing",
        [*manage, "makemigrations", "--check", "--dry-run"],
        {"HOTLINE_MODE": "local", "HOTLINE_DATA_DIR": folder},
    )
    yield Check(
        "settings: ready for production", [*manage, "check", "--deploy", "--fail-level", "WARNING"], production()
    )


def run(check: Check) -> int:
    """Run one check under its heading; its exit code."""
    print(f"\n=== {check.heading}", flush=True)
    started = time.monotonic()
    with subprocess.Popen(
        check.command, cwd=BASE_DIR, env=os.environ | check.environment, stdin=subprocess.DEVNULL
    ) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        code = process.wait()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if code != 0:
        print(f"\n=== FAILED: {check.heading}\n    {' '.join(check.command)[:300]}", flush=True)
    else:
        print(f"    {time.monotonic() - started:.1f} s", flush=True)
    return code


def browser() -> int:
    """Make sure of the Chromium that the journeys drive: installed by apt when root, else said and refused."""
    if CHROMIUM.exists():
        return 0
    mend = "apt-get install chromium"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"\n=== FAILED: {CHROMIUM} is missing; the browser tests need it. As root: {mend}", flush=True)
        return 1
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
    return run(Check("apt-get update", ["apt-get", "update", "-qq"], quiet)) or run(Check(mend, install, quiet))


def tests(arguments: list[str]) -> int:
    """Run pytest in this process's place, so that its closing line is the last."""
    workers = max(2, os.cpu_count() or 2)
    command = [sys.executable, "-m", "pytest", "-n", str(workers), "--durations", "10", *arguments]
    print(f"\n=== pytest, {workers} at once", flush=True)
    os.chdir(BASE_DIR)
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter


def main(what: str, *arguments: str) -> int:
    """Run ``lint`` or ``test``; 0, or the exit code of the first that failed."""
    with tempfile.TemporaryDirectory(prefix="hotline-lint-") as folder:
        for check in lint(folder):
            if code := run(check):
                return code
    if what == "lint":
        return 0
    return browser() or tests(list(arguments))


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
