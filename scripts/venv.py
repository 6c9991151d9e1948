"""Make or renew a virtual environment from a requirements file with hashes. Standard library only.

``python scripts/venv.py [--same-version] VENV REQUIREMENTS``. Does nothing, in a few milliseconds, when the file is
the one that was installed last. ``--same-version``: make the venv anew when it is of another Python than this one.
"""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
STEPS = re.compile(r"(?P<verb>Collecting|Installing collected packages)[: ](?P<what>[^\n=;]*)")


def say(line: str) -> None:
    """A line of progress, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def version_of(python: Path) -> tuple[int, ...]:
    """(3, 11) for the Python at that path; () when it does not run."""
    code = "import sys; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ()
    return tuple(int(part) for part in done.stdout.split())


def stamps(venv: Path, requirements: Path) -> dict[Path, str]:
    """The stamp files that hold once ``requirements`` is installed; the development file holds all of the other."""
    contained = {"requirements-dev.txt": ["requirements-dev.txt", "requirements.txt"]}
    names = contained.get(requirements.name, [requirements.name])
    return {venv / f".installed-{name}": hashlib.sha256((BASE_DIR / name).read_bytes()).hexdigest() for name in names}


def is_installed(expected: dict[Path, str]) -> bool:
    """Whether every stamp is there and is of the file as it is now."""
    return all(stamp.exists() and stamp.read_text(encoding="ascii") == digest for stamp, digest in expected.items())


def make(venv: Path) -> None:
    """A new, empty venv of this Python, in place of what is there."""
    say(f"Making {venv} with Python {sys.version.split()[0]}")
    # Our own Python may be the one in the venv: remove nothing that runs.
    base = Path(getattr(sys, "_base_executable", sys.executable))
    shutil.rmtree(venv, ignore_errors=True)
    subprocess.run([base, "-m", "venv", venv], check=True, stdin=subprocess.DEVNULL)


def install(python: Path, requirements: Path) -> int:
    """Run pip with hashes required; say which package it is at. Returns pip's exit code."""
    total = len(re.findall(r"^[a-z0-9].*==", requirements.read_text(encoding="utf-8"), re.MULTILINE))
    if subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode:
        subprocess.run([python, "-m", "ensurepip"], capture_output=True, check=True)
    say(f"Installing {total} pinned packages from {requirements.name}")
    command = [str(python), "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-input", "--progress-bar",
               "off", "--disable-pip-version-check", "-r", str(requirements)]  # fmt: skip
    done = 0
    with (
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints, text=True
        ) as pip,
    ):
        signal.signal(signal.SIGTERM, lambda *_: pip.terminate())
        for line in pip.stdout or ():
            step = STEPS.match(line)
            if step and step["verb"] == "Collecting":
                done += 1
                if done % 10 == 0:
                    say(f"  {done} of {total}: {step['what'].strip()}")
            elif step:
                say("  writing them")
        if pip.wait() != 0:
            complaints.seek(0)
            sys.stderr.write(complaints.read())
    return pip.returncode


def main() -> int:
    """Bring the venv up to date; 0, or pip's own exit code."""
    options = [argument for argument in sys.argv[1:] if argument.startswith("--")]
    venv, requirements = (Path(argument) for argument in sys.argv[1:] if not argument.startswith("--"))
    requirements = BASE_DIR / requirements
    python = venv / "bin" / "python"
    has = version_of(python)
    if has < OLDEST or ("--same-version" in options and has != sys.version_info[:2]):
        make(venv)
    expected = stamps(venv, requirements)
    if is_installed(expected):
        return 0
    code = install(python, requirements)
    if code == 0:
        for stamp, digest in expected.items():
            stamp.write_text(digest, encoding="ascii")
        return 0
    say(f"error: pip could not install {requirements.name}; its message is above.")
    return code if code > 0 else 1


if __name__ == "__main__":
    os.umask(0o022)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
