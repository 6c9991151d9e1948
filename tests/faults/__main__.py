"""``make faults``: SEEDS=3 CREATES=10000 FAULTS=web,worker,... The last line: lost, doubled, wrong counts."""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.hits import FAULTS
from tests.faults.mutants.names import MUTANTS
from tests.faults.product import Product
from tests.faults.runs import Result, Runs, journal_folder

# Enough for a mutant to be seen.
MUTANT_CREATES = 300
MUTANT_HITS = 12


def main() -> int:
    """0 when nothing was lost, doubled or wrong; with --mutants, when each of them was seen."""
    parser = argparse.ArgumentParser(prog="make faults")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--creates", type=int, default=10_000)
    parser.add_argument("--faults", default=",".join(FAULTS), help="which of " + ", ".join(FAULTS))
    parser.add_argument("--mutants", action="store_true", help="break the product on purpose, and see it seen")
    parser.add_argument("--mutant", choices=MUTANTS, action="append", help="only this one; may be given again")
    parser.add_argument("--keep", action="store_true", help="keep the folder with journals and logs")
    options = parser.parse_args()
    if unknown := set(options.faults.split(",")) - set(FAULTS):
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    root = Path(tempfile.mkdtemp(prefix="hotline-faults-"))
    try:
        return _mutants(root, options) if options.mutants or options.mutant else _faults(root, options)
    finally:
        if options.keep:
            _say(f"kept: {root}")
        else:
            shutil.rmtree(root, ignore_errors=True)


def _faults(root: Path, options: argparse.Namespace) -> int:
    begun, results = time.monotonic(), list[Result]()
    for seed in range(1, options.seeds + 1):
        with Product(journal_folder(root, seed)) as product:
            disk = product.space or "none of its own, files are limited in size"
            _say(f"seed {seed}  the disk of PostgreSQL: {disk}")
            runs = Runs(product, seed=seed, creates=options.creates)
            for name in options.faults.split(","):
                results.append(runs.run(name))
                _tell(results[-1])
    _say(_last_line(results, time.monotonic() - begun))
    return 0 if all(result.is_clean for result in results) else 1


def _mutants(root: Path, options: argparse.Namespace) -> int:
    missed = []
    mutants = options.mutant or list(MUTANTS)
    for mutant in mutants:
        fault, symptom = MUTANTS[mutant]
        with Product(journal_folder(root, 0, mutant), mutant=mutant) as product:
            creates = min(options.creates, MUTANT_CREATES)
            result = Runs(product, seed=1, creates=creates, fewest_hits=MUTANT_HITS).run(fault)
            number = getattr(result.verdict, symptom)
            _say(f"mutant {mutant}: {'seen' if number else 'MISSED'}, {symptom} {number}")
            _tell(result)
            missed += [] if number else [mutant]
    _say(f"mutants {len(mutants)}, missed {len(missed)}")
    return 1 if missed else 0


def _tell(result: Result) -> None:
    _say(str(result))
    for note in result.verdict.notes[:5]:
        _say(f"    {note}")


def _last_line(results: list[Result], seconds: float) -> str:
    lost, doubled, wrong = (
        sum(getattr(result.verdict, name) for result in results) for name in ("lost", "doubled", "wrong")
    )
    late = sum(result.settled is None for result in results)
    creates = sum(sum(result.acknowledged.values()) for result in results)
    return (
        f"{len(results)} runs, {creates} writes acknowledged, {sum(result.hits for result in results)} hits, "
        f"{seconds / 60:.0f} min, not settled in time {late}: lost {lost}, doubled {doubled}, wrong counts {wrong}"
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
