"""One run: a load, a fault that hits it again and again, and the comparison afterwards."""

import itertools
import random
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.faults.check import Verdict, compare, marks
from tests.faults.client import Client, signed_in
from tests.faults.hits import FAULTS, Fault
from tests.faults.journal import Journal, Kind, Told
from tests.faults.load import FIRST_YEAR, Load, Months
from tests.faults.product import Product

MONTHS = 48  # of their own for each fault
FEWEST_HITS = 3
SETTLE_SECONDS = 60.0
# About so many hits for a run, with as many creates between them as that gives.
HITS = 40
LONGEST_WAIT = 20.0
LONGEST_SECONDS = 1800.0


@dataclass
class Result:
    """What one run gave. ``settled``: seconds until the counts were right, None when they were not in time."""

    seed: int
    fault: str
    wanted: int
    acknowledged: dict[Kind, int]
    unknown: int
    verdict: Verdict
    settled: float | None
    hits: int
    seconds: float
    answers: dict[int, int]

    @property
    def is_clean(self) -> bool:
        """Whether as much as wanted was acknowledged, nothing of it lost, doubled or wrong, and counted in time."""
        enough = self.acknowledged[Kind.CREATE] >= self.wanted
        return self.verdict.is_clean and self.settled is not None and enough

    def __str__(self) -> str:
        told, verdict = self.acknowledged, self.verdict
        settled = "never" if self.settled is None else f"{self.settled:.1f} s"
        failed = " ".join(f"{status}x{number}" for status, number in sorted(self.answers.items()) if status >= 400)
        return (
            f"seed {self.seed}  {self.fault:8}  acknowledged {told[Kind.CREATE]} "
            f"(amended {told[Kind.AMEND]}, voided {told[Kind.VOID]})  unknown {self.unknown}: "
            f"once {verdict.unknown_once}, not at all {verdict.unknown_not}  lost {verdict.lost}  "
            f"doubled {verdict.doubled}  wrong counts {verdict.wrong}  refused {verdict.refused}  "
            f"right after {settled}  hits {self.hits}  took {self.seconds:.0f} s  answers {failed or 'all well'}"
        )


class Runs:
    """The runs against one product, one after another; each fault writes into months of its own."""

    def __init__(self, product: Product, *, seed: int, creates: int, fewest_hits: int = FEWEST_HITS) -> None:
        self.product = product
        self.seed = seed
        self.creates = creates
        self.fewest_hits = fewest_hits
        self.client = self._sign_in()
        self.numbers = itertools.count(1)

    def _sign_in(self) -> Client:
        ready = self.product.ready
        return signed_in(self.product.port, username=ready["username"], password=ready["password"])

    def run(self, name: str) -> Result:
        """One fault, until as many creates as wanted were acknowledged and it has hit often enough."""
        begun = time.monotonic()
        label = f"{self.seed} {name}"
        journal = Journal(self.product.folder / f"journal-{self.seed}-{name}.jsonl")
        months = Months(list(FAULTS).index(name) * MONTHS, MONTHS)
        load = self.load(label, journal, months, creates=self.creates)
        rng = random.Random(label)  # noqa: S311 - to be repeated, not to be secret
        fault = FAULTS[name](self.product, rng)
        load.start()
        try:
            self._hit(fault, load)
        finally:
            load.enough()
            load.join()
            journal.close()
        settled, verdict = settle(self.product, journal, span_of(months))
        told = {kind: journal.count(kind, Told.ACKNOWLEDGED) for kind in Kind}
        unknown = sum(journal.count(kind, Told.UNKNOWN) for kind in Kind)
        return Result(
            seed=self.seed,
            fault=name,
            wanted=self.creates,
            acknowledged=told,
            unknown=unknown,
            verdict=verdict,
            settled=settled,
            hits=fault.hits,
            seconds=time.monotonic() - begun,
            answers=dict(load.answers),
        )

    def load(self, label: str, journal: Journal, months: Months, *, creates: int, pause: float = 0.0) -> Load:
        """The clients of one run, not yet at work."""
        return Load(
            self.client,
            sources=self.product.ready["sources"],
            journal=journal,
            months=months,
            numbers=self.numbers,
            creates=creates,
            seed=label,
            pause=pause,
        )

    def _hit(self, fault: Fault, load: Load) -> None:
        end = time.monotonic() + LONGEST_SECONDS
        while not (load.is_done and fault.hits >= self.fewest_hits) and time.monotonic() < end:
            self._leave_alone(fault, load)
            fault.hit()
        load.enough()
        # Once more into the last writes, which no later one mends.
        fault.hit()

    def _leave_alone(self, fault: Fault, load: Load) -> None:
        """Until some time has passed and some creates were acknowledged: a slow machine gets somewhere, too."""
        soonest = time.monotonic() + fault.wait()
        latest = soonest + LONGEST_WAIT
        enough = load.acknowledged + self.creates / HITS * fault.rng.uniform(0.3, 1.7)
        while time.monotonic() < latest:
            if time.monotonic() > soonest and (load.is_done or load.acknowledged >= enough):
                return
            time.sleep(0.02)


def span_of(months: Months) -> dict[str, str]:
    """The days of these months, as the comparison asks for them."""
    ends = [divmod(index, 12) for index in (months.first, months.first + months.number)]
    first, until = (f"{FIRST_YEAR + year}-{month + 1:02}-01" for year, month in ends)
    return {"first": first, "until": until}


def settle(
    product: Product, journal: Journal, span: dict[str, str], *, seconds: float = SETTLE_SECONDS
) -> tuple[float | None, Verdict]:
    """Wait until no mark is left and the counts are right; how long that took, and the last comparison."""
    begun = time.monotonic()
    verdict, was_seen = Verdict(), False
    while True:
        late = time.monotonic() - begun > seconds
        with suppress(psycopg.Error), product.database() as connection:
            left = marks(connection, span)
            if late or not left:
                verdict, was_seen = compare(connection, journal, span), True
                # Counts of rows that are not there as acknowledged never come right.
                if not left and (verdict.lost or verdict.doubled or not verdict.wrong):
                    return time.monotonic() - begun, verdict
        if late:
            if not was_seen:
                verdict.notes.append("the database could not be asked")
            return None, verdict
        time.sleep(0.2)


def journal_folder(root: Path, seed: int, mutant: str = "") -> Path:
    """Where the product of a seed has its folder."""
    return root / (f"mutant-{mutant}" if mutant else f"seed-{seed}")
