"""One run: the product is started, canaries are sent in by every way there is, and everything it keeps is searched."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.canaries.attack import Attack
from tests.canaries.places import places, settle
from tests.canaries.search import found_in
from tests.canaries.values import KINDS, Mint
from tests.faults.product import Product
from tests.project.processes import BASE_DIR, environment

DRAIN_SECONDS = 60


@dataclass
class Outcome:
    """What a run came to."""

    sent: int = 0
    kinds: set[str] = field(default_factory=set)
    requests: int = 0
    commands: int = 0
    searched: list[str] = field(default_factory=list)
    found: dict[str, list[str]] = field(default_factory=dict)
    not_seen: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Nothing was found, nothing failed, and the search sees what is there."""
        return not (any(self.found.values()) or self.not_seen or self.failed)

    def __str__(self) -> str:
        total = sum(map(len, self.found.values()))
        planted = len(self.searched) - len(self.not_seen)
        return (
            f"{self.sent} values of {len(self.kinds)} kinds sent in {self.requests} requests, commands, imports and "
            f"tasks, {self.seconds:.0f} s; {len(self.searched)} places searched, planted ones seen in {planted}; "
            f"answers with a fault {len(self.failed)}; found {total}"
        )


def run(*, share: int = 1, say: Callable[[str], None]) -> Outcome:
    """Everything, in a folder of its own that is gone afterwards."""
    begun, outcome = time.monotonic(), Outcome()
    root = Path(tempfile.mkdtemp(prefix="hotline-canaries-"))
    temporary, files = root / "tmp", root / "files"
    temporary.mkdir()
    files.mkdir()
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(temporary)
    try:
        with Product(root / "product", megabytes=0) as product:
            say(f"the product runs in {root}")
            _send(product, files, outcome, share=share, say=say)
            _drain(product)
            settle(product)
            _search(product, temporary, outcome, say)
    finally:
        if before is None:
            os.environ.pop("TMPDIR")
        else:
            os.environ["TMPDIR"] = before
        shutil.rmtree(root, ignore_errors=True)
    outcome.seconds = time.monotonic() - begun
    return outcome


def _send(product: Product, files: Path, outcome: Outcome, *, share: int, say: Callable[[str], None]) -> None:
    world = json.loads(_inside(product, "world"))
    if share > 1:
        world["ways"] = world["ways"][::share]
    attack = Attack(product.port, world, mint=Mint())
    attack.everywhere()
    outcome.sent, outcome.kinds = attack.mint.sent, attack.mint.kinds
    outcome.requests = attack.shown.requests
    outcome.found["answers over HTTP"] = attack.shown.said_back
    outcome.searched.append("answers over HTTP")
    outcome.failed = attack.shown.failed
    say(f"{attack.shown.requests} requests: {dict(sorted(attack.shown.statuses.items()))}")
    for what in ("tasks", "commands"):
        said = _inside(product, what, str(files), str(min(share, len(KINDS))))
        told: dict[str, Any] = json.loads((files / f"{what}.json").read_text("utf-8"))
        outcome.sent += told["sent"]
        outcome.kinds |= set(told["kinds"])
        if what == "commands":
            outcome.searched.append("what commands say")
            outcome.found["what commands say"] = [repr(around) for around in found_in(said)]
        say(f"{told['sent']} values to {what}")


def _inside(product: Product, what: str, *more: str) -> bytes:
    """What the module ``inside`` says, standard error with it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.canaries.inside", what, str(product.folder), *more],
        cwd=BASE_DIR, env=environment(TMPDIR=os.environ["TMPDIR"]), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=None if what == "world" else subprocess.STDOUT, check=False,
    )  # fmt: skip
    if done.returncode:
        msg = f"{what} ended with {done.returncode}: {done.stdout[-3000:].decode('utf-8', 'replace')}"
        raise AssertionError(msg)
    return done.stdout


def _drain(product: Product) -> None:
    """Wait until the worker has taken every task."""
    end = time.monotonic() + DRAIN_SECONDS
    with product.redis() as client:
        while client.llen("hotline") or client.hlen("unacked"):
            if time.monotonic() > end:
                return
            time.sleep(0.2)


def _search(product: Product, temporary: Path, outcome: Outcome, say: Callable[[str], None]) -> None:
    """Every place, first for what should not be there, then for what was put there."""
    there = list(places(product, temporary))
    for place in there:
        begun = time.monotonic()
        outcome.found[place.name] = [repr(around) for around in place.search()[:20]]
        outcome.searched.append(place.name)
        say(f"{place.name}: {len(outcome.found[place.name])} found, {time.monotonic() - begun:.1f} s")
    for place in there:
        place.plant()
    time.sleep(0.5)
    outcome.not_seen = [place.name for place in there if not place.search()]
