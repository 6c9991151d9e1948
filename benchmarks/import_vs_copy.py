"""``import_reports`` beside ``psql`` COPY of the same rows into the same tables, in one run.

``python benchmarks/import_vs_copy.py [--scale 2.4] [--repeats 3]``. Servers of its own in a temporary folder, with
fsync on and the settings that ship. Both sides write the same reports, sender keys and findings, with the same indexes,
constraints, foreign keys and triggers, as the application's role, in one transaction. The import reads the CSV file,
checks every row, and its time includes the start of Python; psql gets rows that are checked and numbered already.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

BASE_DIR = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE_DIR))

from hotline.embedded import postgres  # noqa: E402 - the path comes first
from hotline.embedded.binaries import postgres_install  # noqa: E402
from hotline.embedded.environment import leave_all, provide_environment  # noqa: E402
from hotline.embedded.place import Home  # noqa: E402

TABLES = ("cases_report", "cases_senderkey", "cases_finding")
LEAST = 0.4
# Three made-up years, so that the same scale is the same file on any day.
UNTIL = "2025-12-31"


@dataclass
class Run:
    """One run of a command: seconds, the processors' seconds it and its server took, and its largest memory in MB."""

    seconds: float
    work: float
    memory: float


def run(*command: object) -> Run:
    """Run a command to its end; stops the benchmark when it fails."""
    begin = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], cwd=BASE_DIR, stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"failed: {command[:3]}")
    return Run(time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


class Bench:
    """The database both sides write to."""

    def __init__(self, folder: Path, scale: float) -> None:
        self.folder = folder
        self.scale = scale
        self.file = folder / "import.csv"
        state = Home(folder, "postgres").read_state()
        self.server = psutil.Process(state.server_pid if state else 0)
        self.psql = postgres_install() / "bin" / "psql"
        address = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_URL"])
        self.admin = psycopg.connect(
            postgres.address(folder, int(address["port"]), postgres.SUPERUSER), autocommit=True
        )

    def prepare(self) -> None:
        """The schema, the file, and the rows that a first import of it makes."""
        self.manage("migrate", "--verbosity", "0")
        self.manage("make_demo_file", self.file, "--scale", self.scale, "--until", UNTIL)
        self.import_file()
        for table in TABLES:
            with (
                (self.folder / table).open("wb") as out,
                self.admin.cursor() as cursor,
                cursor.copy(f"COPY {table} TO STDOUT") as copy,
            ):
                out.writelines(copy)

    def manage(self, *arguments: object) -> Run:
        """A management command, as an operator runs it."""
        return run(sys.executable, "manage.py", *arguments)

    def import_file(self) -> Run:
        """Our side."""
        return self.on_server(sys.executable, "manage.py", "import_reports", self.file, "--extend-coverage")

    def copy_rows(self) -> Run:
        """The other side."""
        copies = [part for table in TABLES for part in ("-c", f"\\copy {table} from '{self.folder / table}'")]
        # Without it, an autoanalyze during the COPY makes the foreign key checks take for ever.
        copies[2:2] = ["-c", "SELECT cases_analyze_reports()"]
        return self.on_server(self.psql, os.environ["DATABASE_URL"], "-q", "-1", "-v", "ON_ERROR_STOP=1", *copies)

    def on_server(self, *command: object) -> Run:
        """A command together with what its server process did, which counts once that has ended."""
        before, found = self.server_work(), run(*command)
        time.sleep(1)
        found.work += self.server_work() - before
        return found

    def server_work(self) -> float:
        """Seconds of the server's ended processes."""
        times = self.server.cpu_times()
        return float(times.children_user + times.children_system)

    def clear(self) -> None:
        """Empty tables, and nothing left to write from before. The batches stay: the rows name one."""
        self.admin.execute(f"TRUNCATE {', '.join(TABLES)}, stats_dirtymonth CASCADE")
        self.admin.execute("CHECKPOINT")

    def count(self) -> dict[str, int]:
        """Rows in each table."""
        return {table: self.admin.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}


def measure(bench: Bench, repeats: int) -> dict[str, object]:
    """Both sides in turn, ``repeats`` times."""
    ours, theirs = [], []
    for _ in range(repeats):
        bench.clear()
        ours.append(bench.import_file())
        counts = bench.count()
        bench.clear()
        theirs.append(bench.copy_rows())
        if bench.count() != counts:
            sys.exit("the two sides did not write the same")
        print(f"  import {ours[-1].seconds:.1f} s, psql {theirs[-1].seconds:.1f} s", flush=True)
    seconds, work = (
        [statistics.median(getattr(run, name) for run in side) for side in (ours, theirs)]
        for name in ("seconds", "work")
    )
    return {
        **counts,
        "import_seconds": round(seconds[0], 1),
        "psql_seconds": round(seconds[1], 1),
        "speed_of_psql": round(seconds[1] / seconds[0], 2),
        # On a machine that is busy with other things this is the steadier of the two.
        "work_of_psql": round(work[1] / work[0], 2),
        "import_peak_mb": round(max(run.memory for run in ours)),
    }


def main() -> int:
    """Print the medians; 1 when the import is slower than asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=2.4, help="2.4 is a file of a million rows")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as name:
        folder = Path(name)
        for given in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
            os.environ.pop(given, None)
        os.environ["HOTLINE_DATA_DIR"] = name
        sessions = provide_environment(folder)
        try:
            bench = Bench(folder, options.scale)
            bench.prepare()
            found = measure(bench, options.repeats)
            bench.admin.close()
        finally:
            leave_all(sessions)
    print(json.dumps(found, indent=2))
    return 0 if found["speed_of_psql"] >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
