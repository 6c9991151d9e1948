"""``make outage``: Redis is away for minutes, then hangs for as long. Logging goes on; what waits is counted later."""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults.journal import Journal, Kind, Told
from tests.faults.load import THREADS, Months
from tests.faults.product import Product
from tests.faults.runs import MONTHS, Runs, settle, span_of

BEFORE_SECONDS = 20
PAUSE = 0.8
ALLOWED_SECONDS = 120.0
LONGEST_ANSWER = 5.0


def main() -> int:
    """0 when nothing was lost or doubled, nobody waited for seconds, and no mark was left two minutes later."""
    parser = argparse.ArgumentParser(prog="make outage")
    parser.add_argument("--seconds", type=int, default=180)
    seconds = parser.parse_args().seconds
    root = Path(tempfile.mkdtemp(prefix="hotline-outage-"))
    try:
        with Product(root / "product", megabytes=0) as product:
            runs = Runs(product, seed=1, creates=0)
            outages = [("stopped", stopped), ("hung", hung)]
            results = [
                one(runs, place, name, lambda way=way: way(product, seconds))
                for place, (name, way) in enumerate(outages)
            ]
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return 0 if all(results) else 1


def stopped(product: Product, seconds: int) -> None:
    """The server ends; its keeper, which would start it at once, sleeps meanwhile."""
    keeper, server = product.keeper("valkey"), product.server("valkey")
    keeper.suspend()
    try:
        server.terminate()
        time.sleep(seconds)
    finally:
        keeper.resume()


def hung(product: Product, seconds: int) -> None:
    """The server takes connections and says nothing."""
    server = product.server("valkey")
    server.suspend()
    try:
        time.sleep(seconds)
    finally:
        server.resume()


def one(runs: Runs, place: int, name: str, outage: Callable[[], None]) -> bool:
    """One outage under a load of some 10 reports a second; whether all went well."""
    journal = Journal(runs.product.folder / f"journal-{name}.jsonl")
    load = runs.load(name, journal, Months(place * MONTHS, MONTHS), creates=2000, pause=PAUSE)
    load.start()
    try:
        time.sleep(BEFORE_SECONDS)
        began = time.monotonic()
        outage()
        ended = time.monotonic()
    finally:
        load.enough()
        load.join()
        journal.close()
    settled, verdict = settle(runs.product, journal, span_of(load.months), seconds=ALLOWED_SECONDS)
    before = [seconds for at, seconds in load.latencies if at < began]
    during = [seconds for at, seconds in load.latencies if began <= at < ended]
    unknown = sum(journal.count(kind, Told.UNKNOWN) for kind in Kind)
    say(f"Redis {name} for {ended - began:.0f} s: {len(during)} writes acknowledged meanwhile to {THREADS} clients")
    say(f"    answered in {told(during)}; before in {told(before)}; unknown {unknown}")
    waited = "never" if settled is None else f"{settled:.1f} s"
    say(f"    all counted {waited} after its return")
    say(f"    lost {verdict.lost}, doubled {verdict.doubled}, wrong counts {verdict.wrong}, refused {verdict.refused}")
    return verdict.is_clean and settled is not None and bool(during) and max(during) < LONGEST_ANSWER


def say(line: str) -> None:
    """A line for whoever is watching."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def told(seconds: list[float]) -> str:
    """Median, the hundredth and the longest, in ms."""
    if len(seconds) < 2:
        return "no time"
    steps = statistics.quantiles(seconds, n=100)
    return f"median {steps[49] * 1000:.0f}, 99th {steps[98] * 1000:.0f}, longest {max(seconds) * 1000:.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
