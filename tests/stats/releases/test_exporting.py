"""A release as a file, from the terminal: the same bytes, whole or not at all, and noted."""

import json

import pytest
from django.core.management import CommandError, call_command

from cases.models import AuditEvent
from tests.stats.releases.conftest import frozen

pytestmark = pytest.mark.usefixtures("hotline_2024")


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf", "json", "sdmx"])
def test_every_form_is_the_same_to_the_byte_again(tmp_path, form):
    frozen("2024", "final")
    for name in ("first", "second"):
        call_command("export_release", "1", "--format", form, "--output", str(tmp_path / name), "--lang", "nl")
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes() != b""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first", "second"]
    events = AuditEvent.objects.filter(verb="export", subject="release", subject_key="1")
    assert [event.changes["format"] for event in events] == [[None, form]] * 2


@pytest.mark.parametrize("document", ["annual_report", "press_sheet"])
def test_report_and_sheet_are_typeset_only(tmp_path, document):
    frozen("2024", "final")
    path = tmp_path / "file"
    call_command("export_release", "1", "--format", "pdf", "--document", document, "--output", str(path))
    assert path.read_bytes().startswith(b"%PDF")
    with pytest.raises(CommandError, match="as pdf only"):
        call_command("export_release", "1", "--format", "csv", "--document", document, "--output", str(path))


def test_what_can_not_be_written_is_said_and_nothing_is_left(tmp_path):
    frozen("2024", "final")
    with pytest.raises(CommandError, match="no release of that number"):
        call_command("export_release", "9", "--format", "csv", "--output", str(tmp_path / "file"))
    with pytest.raises(CommandError, match="can not be written there"):
        call_command("export_release", "1", "--format", "csv", "--output", str(tmp_path / "nowhere" / "file"))
    assert list(tmp_path.iterdir()) == []
    assert not AuditEvent.objects.filter(verb="export").exists()


def test_the_release_in_force_on_a_day(capsys):
    from tests.stats.releases.conftest import LATER  # noqa: PLC0415

    frozen("2024", "final")
    frozen("2024", "revised", reason="correction", now=LATER)
    told = {}
    for day in ("2025-04-09", "2025-04-10", "2025-06-01", "2025-06-02"):
        call_command("releases", "--format", "json", "--on", day)
        told[day] = [one["id"] for one in json.loads(capsys.readouterr().out)]
    assert told == {"2025-04-09": [], "2025-04-10": [1], "2025-06-01": [1], "2025-06-02": [2]}
    with pytest.raises(CommandError, match="--on is written as"):
        call_command("releases", "--on", "yesterday")
