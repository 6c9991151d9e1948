"""Run a server as what it may be: PostgreSQL refuses root, so root starts it as the unprivileged uid 65534.

That uid can not walk into a folder such as /root (mode 0700), where the clone and its venv may lie. So it keeps one
capability, to pass file permissions (CAP_DAC_OVERRIDE), as an *ambient* one, which outlives the change of uid and the
exec. Where the kernel refuses that, binaries and data go to a folder everybody can reach (``Home.outside``).
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

NOBODY = 65534
CAP_DAC_OVERRIDE = 1
PR_SET_PDEATHSIG = 1
PR_GET_SECUREBITS = 27
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522

LINUX = sys.platform.startswith("linux")


def is_root() -> bool:
    """Whether servers have to be started as another user."""
    return os.geteuid() == 0


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _keep_file_access(libc: ctypes.CDLL) -> None:
    """After setuid: make CAP_DAC_OVERRIDE effective and ambient, and drop every other capability."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    bit = 1 << CAP_DAC_OVERRIDE
    # Two words of 32 capabilities, each: effective, permitted, inheritable.
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    _check(libc.capset(header, data))
    _check(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0))


def _become_nobody(libc: ctypes.CDLL, *, keep_access: bool) -> None:
    if keep_access:
        # Without this the kernel drops capabilities at the change of uid, and access(2), by which initdb looks for
        # postgres beside itself, answers as if there were none.
        bits = libc.prctl(PR_GET_SECUREBITS, 0, 0, 0, 0)
        _check(libc.prctl(PR_SET_SECUREBITS, bits | SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    if keep_access:
        _keep_file_access(libc)


def before_exec(*, end_with: signal.Signals | None) -> Callable[[], None]:
    """What a server's process does between fork and exec: step down from root, and die with its keeper.

    ``end_with`` is the signal it gets when its parent dies (Linux only); None for a short helper.
    """
    libc = _libc()
    keep_access = is_root() and may_keep_access()

    def prepare() -> None:
        os.umask(0o077)
        if is_root():
            _become_nobody(libc, keep_access=keep_access)
        if end_with is not None:
            # After the change of uid, which clears it.
            die_with_parent(end_with)

    return prepare


def die_with_parent(end_with: signal.Signals) -> None:
    """Let this process get that signal when its parent ends, however it ends. Linux only; elsewhere nothing."""
    if LINUX:
        _libc().prctl(PR_SET_PDEATHSIG, int(end_with), 0, 0, 0)


@cache
def may_keep_access() -> bool:
    """Whether the kernel lets the unprivileged uid keep its way to our files. Tried once, in a process of its own."""
    if not LINUX:
        return False
    libc = _libc()
    try:
        trial = subprocess.run(
            ["/bin/sh", "-c", "exit 0"],
            preexec_fn=lambda: _become_nobody(libc, keep_access=True),
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return trial.returncode == 0


def give(path: Path) -> None:
    """Make the file or folder the server's own, when the server runs as another user."""
    if is_root():
        os.chown(path, NOBODY, NOBODY)
