"""``manage.py import_reports``: what an operator sees."""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from cases.importing import faults
from cases.importing.columns import COLUMNS
from cases.models import AuditEvent, Report
from hotline.days import hotline_day
from tests.cases.importing.files import confirmed, everything, other, row, write
from tests.cases.importing.test_races import command
from tests.published import release

pytestmark = pytest.mark.usefixtures("committed_db")
CANARY = "canary-7q9"


def called(path: Path, *arguments: str) -> str:
    out = io.StringIO()
    call_command("import_reports", str(path), *arguments, stdout=out)
    return out.getvalue()


def server_log() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        log = Path(cursor.fetchone()[0]).parent / "server.log"
    return log.read_text(errors="replace")


def test_a_good_file_gives_a_short_summary(tmp_path):
    path = write(tmp_path / "file.csv", [confirmed(1, 4), other(1, 6), row(2, received_date="2026-01-09")])
    said = called(path, "--extend-coverage")
    assert said.splitlines()[:3] == [
        "3 rows read.",
        "2 new reports with 20 URLs and 2 findings; 0 reports already known.",
        f"Import {Report.objects.first().import_batch_id} is written; 2 months are to be recounted.",
    ]
    assert "The coverage ledger now holds sex shown from 2026-02-01 to 2026-02-28." not in said
    assert "The coverage ledger now holds sex from 2026-02-01 to 2026-02-28." in said
    again = called(path)
    assert again.splitlines()[1:] == [
        "0 new reports with 0 URLs and 0 findings; 2 reports already known.",
        "Nothing new: nothing was changed.",
    ]


def test_the_example_file_of_the_documentation_is_good():
    said = called(settings.BASE_DIR / "tests" / "data" / "reports.csv", "--extend-coverage")
    assert said.splitlines()[1] == "5 new reports with 15 URLs and 5 findings; 0 reports already known."


def test_a_dry_run_says_that_it_is_one(tmp_path):
    before = everything()
    said = called(write(tmp_path / "file.csv", [row(1)]), "--dry-run")
    assert said.splitlines()[-1] == "Dry run: nothing was written."
    assert everything() == before


def test_today_is_the_hotlines_today(tmp_path):
    today = hotline_day(timezone.now())
    called(write(tmp_path / "file.csv", [row(1, received_date=today)]))
    assert Report.objects.get().received_date == today


def test_closed_before_is_a_date(tmp_path):
    path = write(tmp_path / "file.csv", [confirmed(1)])
    with pytest.raises(CommandError, match="use a date as YYYY-MM-DD"):
        called(path, "--closed-before", "2026-02-30")
    called(path, "--extend-coverage", "--closed-before", "2026-02-04")
    assert Report.objects.get().state == "closed"


def test_errors_are_one_line_each_and_the_exit_code_is_1(tmp_path):
    process = command(write(tmp_path / "file.csv", [row("x"), other(2, "")]))
    said, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said == ""
    assert complaint.splitlines() == [
        "row 2, column report_key: use a whole number of at most 20 digits, or a UUID",
        "row 3, column finding_url_count: this may not be empty",
        "CommandError: 2 errors; nothing was written.",
    ]


def test_thousands_of_errors_are_all_shown(tmp_path):
    path = write(tmp_path / "file.csv", [row("x") for _ in range(3000)])
    complaint = io.StringIO()
    with pytest.raises(CommandError, match=r"3000 errors; nothing was written\."):
        call_command("import_reports", str(path), stderr=complaint)
    assert [line.split(",")[0] for line in complaint.getvalue().splitlines()] == [f"row {n}" for n in range(2, 3002)]


def test_more_errors_than_memory_is_for_are_counted_and_the_first_are_shown(tmp_path, monkeypatch):
    monkeypatch.setattr(faults, "SHOWN", 10)
    path = write(tmp_path / "file.csv", [row("x") for _ in range(12)])
    complaint = io.StringIO()
    with pytest.raises(CommandError, match=r"12 errors \(the first 10 are shown\); nothing was written\."):
        call_command("import_reports", str(path), stderr=complaint)
    assert len(complaint.getvalue().splitlines()) == 10


def test_a_file_that_is_not_there_or_a_folder(tmp_path):
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(CommandError, match="The file can not be read"):
            called(path)


# A file for each place where a value that must not come in could stand.
CANARIES = {
    **{name: confirmed(1) | {name: CANARY} for name in COLUMNS},
    "long": confirmed(1, sex=CANARY * 10),
    "nul": confirmed(1, sex=CANARY + "\0"),
    "line end": confirmed(1, sex=f"girls\n{CANARY}"),
    "tab": confirmed(1, sex=f"girls\t{CANARY}\\."),
}


@pytest.mark.parametrize("place", CANARIES)
def test_a_value_that_is_refused_is_said_nowhere(tmp_path, place):
    path = write(tmp_path / "file.csv", [CANARIES[place]])
    before = everything()
    complaint, out = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("import_reports", str(path), "--extend-coverage", stderr=complaint, stdout=out)
    assert complaint.getvalue()
    for said in (complaint.getvalue(), out.getvalue(), str(refused.value), server_log(), audit_log()):
        assert "canary" not in said
    assert everything() == before


def audit_log() -> str:
    return str(list(AuditEvent.objects.values()))


def test_a_header_that_is_refused_is_said_nowhere(tmp_path):
    path = write(tmp_path / "file.csv", [])
    path.write_text(path.read_text().replace("sex", CANARY))
    complaint = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_reports", str(path), stderr=complaint)
    assert complaint.getvalue().splitlines() == [
        "row 1, column 8: this column is not known",
        "row 1, column sex: this column is missing",
    ]


def test_progress_is_shown_on_a_terminal_only(tmp_path):
    path = write(tmp_path / "file.csv", [row(key) for key in range(10)])
    ours, theirs = pty.openpty()
    there = connection.settings_dict
    address = f"postgresql://{there['USER']}:{there['PASSWORD']}@{there['HOST']}:{there['PORT']}/{there['NAME']}"
    done = subprocess.run(
        [sys.executable, "manage.py", "import_reports", path],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": address},
        stdout=subprocess.PIPE,
        stderr=theirs,
        check=True,
        timeout=60,
    )
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "reading and checking the rows 100%" in shown
    assert shown.endswith("\r\x1b[K")
    assert b"10 new reports" in done.stdout


def complained(path: Path, *arguments: str) -> str:
    out = io.StringIO()
    call_command("import_reports", str(path), *arguments, stdout=io.StringIO(), stderr=out)
    return out.getvalue()


def test_rows_of_a_month_under_a_final_release_are_told_and_written(tmp_path):
    release("2026-01")
    release("2026-02", "provisional")
    january = [confirmed(1, 4), other(1, 6), row(2)]
    rows = [cells | {"received_date": "2026-01-09"} for cells in january]
    path = write(tmp_path / "file.csv", [*rows, row(3)])
    rest = [
        "2026-01: 3 rows, 2 new reports",
        "The published figures stay as they are; the releases' differences show it as late entry.",
    ]
    dry = complained(path, "--extend-coverage", "--dry-run").splitlines()
    assert dry == ["3 rows would come into months under a final release:", *rest]
    assert Report.objects.count() == 0
    real = complained(path, "--extend-coverage").splitlines()
    assert real == ["3 rows came into months under a final release:", *rest]
    assert Report.objects.count() == 3
    # What is known already comes into no month again.
    assert complained(path, "--extend-coverage") == ""


def test_an_import_into_open_months_says_nothing_of_releases(tmp_path):
    release("2025")
    assert complained(write(tmp_path / "file.csv", [row(1)])) == ""
