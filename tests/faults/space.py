"""A small file system for PostgreSQL, so that a full disk is a real one.

A mount namespace of this process's own: what is mounted in it is gone with its last process, however that ended. As
root an ext4 in a file, else (also where there are no loop devices) a tmpfs, for which anybody may ask in a user
namespace. Where a machine allows none of it, files are limited in size instead.
"""

import ctypes
import os
import resource
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import psutil

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 2, 4, 1 << 14, 1 << 18
FILLER = "filler"
SMALLEST = 4096


def own_space(place: Path, *, megabytes: int) -> str:
    """Mount a file system of that size on ``place``, for this process and its children; what it is, in words.

    Has to be called before anything is open there and while this process has one thread. '' when nothing can be
    mounted here.
    """
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        _leave_the_others()
    except OSError:
        return ""
    if os.geteuid() == 0 and _mount_file(place, megabytes):
        return f"ext4 of {megabytes} MB in a file"
    try:
        _mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, f"size={megabytes}m,mode=0700")
    except OSError:
        return ""
    return f"tmpfs of {megabytes} MB"


def _leave_the_others() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    _check(libc.unshare(CLONE_NEWNS | (CLONE_NEWUSER if user else 0)))
    if user:
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    _mount(None, Path("/"), None, MS_REC | MS_PRIVATE, None)


def _mount(source: str | None, place: Path, kind: str | None, flags: int, options: str | None) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    texts = [text.encode() if text is not None else None for text in (source, str(place), kind, options)]
    _check(libc.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3]))


def _check(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _mount_file(place: Path, megabytes: int) -> bool:
    if not (shutil.which("mkfs.ext4") and shutil.which("mount")):
        return False
    image = place.with_name(f"{place.name}.ext4")
    with image.open("wb") as file:
        file.truncate(megabytes * 1024 * 1024)
    for command in (["mkfs.ext4", "-q", "-F", "-m", "0", image], ["mount", "-o", "loop,nosuid,nodev", image, place]):
        if subprocess.run(command, check=False, capture_output=True).returncode != 0:
            return False
    # The loop device holds the file; nothing is left of it after the last process.
    image.unlink()
    place.chmod(0o700)
    return True


def fill(place: Path) -> None:
    """Take all that is left of the file system at ``place``."""
    file = os.open(place / FILLER, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size, step = os.fstat(file).st_size, 64 * 1024 * 1024
        while step >= SMALLEST:
            try:
                os.posix_fallocate(file, size, step)
                size += step
            except OSError:
                step //= 2
    finally:
        os.close(file)


def free(place: Path) -> None:
    """Give it back."""
    (place / FILLER).unlink(missing_ok=True)


def limit_files(processes: list[psutil.Process], *, limited: bool) -> None:
    """The next best: no file of these processes may grow any more. PostgreSQL gets EFBIG where it would get ENOSPC."""
    for process in processes:
        with suppress(OSError, psutil.Error):
            _, most = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (SMALLEST if limited else most, most))
