"""Runs the processes of the demo: starts them, starts again what dies, and ends them all.

Small on purpose. honcho's Manager was looked at first (docs/adr/own-supervisor.md): it ends everything when one
process ends, and leaves everything running when it is killed itself.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

import psutil

from hotline.embedded.privileges import die_with_parent

# Every process of a demo carries its data folder under this name, so that the next start knows the strays of a
# supervisor that was killed.
MARK = "HOTLINE_DEMO_RUN"
STOP_SECONDS = 10
LOOK_SECONDS = 0.2
# What ends is started again for as long as the demo runs, as compose does: later each time until it lives for a
# while. Celery's worker, for one, ends when Redis goes away at the wrong moment.
HEALTHY_SECONDS = 10
LONGEST_PAUSE = 10.0


class Stopped(Exception):  # noqa: N818 - not an error: somebody asked
    """SIGINT, SIGTERM or SIGHUP came."""


class GaveUp(Exception):  # noqa: N818 - says what happened
    """A process ended at once, or never answered; the message names it and its log."""


def stop_on_signals() -> None:
    """From now on the signals that end a program raise Stopped; after the first one they are ignored."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def start_process(command: Sequence[str], *, log: Path | None, folder: Path) -> "subprocess.Popen[bytes]":
    """Start it in a session of its own, so that a Ctrl-C reaches only us; it ends when we are killed."""
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(log.open("ab")) if log else None
        return subprocess.Popen(  # noqa: S603 - our own commands
            command,
            env=os.environ | {MARK: str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - the demo has one thread
        )


def end_process(process: "subprocess.Popen[bytes]", *, seconds: float) -> None:
    """Wait for it to end after a SIGTERM; by force, with all it started, when it takes longer."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(max(seconds, 0))
    # Its session is its process group: this reaches children that outlived it as well.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def end_strays(folder: Path) -> int:
    """End what a killed demo of this folder left running; how many that were."""
    strays = [process for process in psutil.process_iter() if _is_stray(process, folder)]
    for process in strays:
        with contextlib.suppress(psutil.Error):
            process.terminate()
            process.resume()
    _, alive = psutil.wait_procs(strays, timeout=STOP_SECONDS)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    return len(strays)


def _is_stray(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.environ().get(MARK) == str(folder) and process.pid != os.getpid()
    except psutil.Error:
        return False


@dataclass
class Service:
    """One process that is to run until the end."""

    name: str
    command: Sequence[str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause: float = 0.0
    start_at: float = 0.0


@dataclass
class Supervisor:
    """The services of one data folder."""

    folder: Path
    services: list[Service] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a service; its output goes to ``logs/NAME.log`` in the data folder."""
        logs = self.folder / "logs"
        logs.mkdir(exist_ok=True)
        service = Service(name, command, logs / f"{name}.log")
        service.log.write_bytes(b"")
        self.services.append(service)
        self._launch(service)

    def _launch(self, service: Service) -> None:
        service.process = start_process(service.command, log=service.log, folder=self.folder)
        service.started = time.monotonic()

    def check_start(self) -> None:
        """GaveUp when a service has ended already: what does not start at all is not tried again."""
        for service in self.services:
            if service.process and service.process.poll() is not None:
                raise GaveUp(_epitaph(service, f"ended with {service.process.returncode}"))

    def look(self) -> None:
        """Start again what has ended, later each time until it lives for a while."""
        now = time.monotonic()
        for service in self.services:
            if service.process is None:
                if now >= service.start_at:
                    self._launch(service)
            elif service.process.poll() is not None:
                self._has_ended(service, now)

    def _has_ended(self, service: Service, now: float) -> None:
        code = service.process.returncode if service.process else 0
        self._end_orphans(service)
        lived = now - service.started > HEALTHY_SECONDS
        service.pause = 1.0 if lived or code == -signal.SIGKILL else min(max(service.pause * 2, 1.0), LONGEST_PAUSE)
        say(f"{service.name} ended with {code}; starting it again in {service.pause:.0f} s ({service.log})")
        service.process, service.start_at = None, now + service.pause

    def _end_orphans(self, service: Service) -> None:
        """End what it had started: a worker of a dead gunicorn keeps the port."""
        if service.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(service.process.pid, signal.SIGKILL)

    def run(self) -> NoReturn:
        """Keep the services running until Stopped."""
        while True:
            self.look()
            time.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """End every service: all are asked at once, and by force what is left after 10 s."""
        running = [service.process for service in self.services if service.process]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for process in running:
            end_process(process, seconds=end - time.monotonic())


def _epitaph(service: Service, what: str) -> str:
    lines = service.log.read_text(encoding="utf-8", errors="replace").splitlines()
    end = "\n".join(f"  {line}" for line in lines[-5:])
    return f"{service.name} {what}. The end of {service.log}:\n{end}"


def say(line: str) -> None:
    """A line for whoever is watching, if somebody still is."""
    with contextlib.suppress(OSError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
