"""The log's lines: JSON with fixed keys, our own sentences, and nothing that was typed."""

import ast
import datetime as dt
import json
import logging
import subprocess
import sys
import uuid
import warnings
from pathlib import Path

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test import Client

from cases.models import Recipient
from hotline.accounts.permissions import Role
from hotline.logs import KEYS, REDUCED, JsonLines, Own
from tests import make
from tests.canaries.search import found_in
from tests.canaries.values import KINDS, Mint
from tests.project.processes import BASE_DIR

CANARY = "https://qzxj7.example/a"
OUR_FILE = str(BASE_DIR / "cases" / "actions" / "reports.py")
THEIR_FILE = "/usr/lib/python3/site-packages/kombu/connection.py"


def line(message, *arguments, file=OUR_FILE, name="cases.actions.reports", error=None, **more):
    """What is written of a record that code in that file made."""
    record = logging.LogRecord(name, logging.ERROR, file, 7, message, arguments, None)
    if error:
        record.exc_info = (type(error), error, error.__traceback__)
    for key, value in more.items():
        setattr(record, key, value)
    written = JsonLines().format(record)
    assert written.isascii()
    assert "\n" not in written
    told = json.loads(written)
    assert set(told) <= set(KEYS)
    assert list(told) == [key for key in KEYS if key in told]
    return told


def test_our_own_sentence_is_written_with_plain_arguments():
    key = uuid.uuid4()
    told = line("%d of %s on %s by %s: %s", 3, "no_access", dt.date(2026, 3, 1), key, Role.LEAD)
    assert told["event"] == f"3 of no_access on 2026-03-01 by {key}: lead"
    assert told["level"] == "ERROR"
    assert told["at"].endswith("+00:00")


@pytest.mark.parametrize("kind", KINDS)
def test_an_argument_that_is_no_plain_word_is_told_by_its_type(kind):
    told = line("refused %s and %s", Mint().one(kind), ValueError(Mint().one(kind)))
    assert told["event"] == "refused <str> and <ValueError>"


def test_words_that_our_code_made_are_written_when_it_says_so():
    assert line("sealed %s", Own("0f" * 32))["event"] == f"sealed {'0f' * 32}"


def test_a_sentence_of_other_code_is_not_written_but_its_place_is():
    told = line(f"cannot connect to {CANARY}", file=THEIR_FILE, name="kombu.connection")
    assert (told["event"], told["where"], told["logger"]) == (REDUCED, ["kombu/connection.py:7"], "kombu.connection")


def test_a_message_that_does_not_fit_its_arguments_is_not_written():
    assert line("%d", CANARY)["event"] == REDUCED
    assert line(ValueError(CANARY))["event"] == REDUCED


def test_what_hangs_on_a_record_is_not_written():
    told = line(
        "failed", request_path=CANARY, data={"name": CANARY, "args": CANARY}, told={"route": CANARY, "x": CANARY}
    )
    assert found_in(json.dumps(told).encode()) == []
    assert line("failed", data={"name": "stats.tasks.run_job"})["task"] == "stats.tasks.run_job"


def test_an_exception_is_told_by_classes_and_places():
    try:
        try:
            int(CANARY)
        except ValueError as error:
            raise KeyError(CANARY) from error
    except KeyError as error:
        told = line("failed", error=error)
    assert told["error"] == ["KeyError", "ValueError"]
    assert found_in(json.dumps(told).encode()) == []


@pytest.mark.django_db
def test_a_database_error_leaves_without_the_row_and_names_the_rule():
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Recipient.objects.create(name=CANARY, code="trial", kind="police")
    told = line("failed", error=refused.value)
    assert (told["rule"], told["error"]) == ("recipient_name_is_plain", ["IntegrityError", "CheckViolation"])
    assert "recipient_name_is_plain" in str(refused.value)
    assert found_in(f"{refused.value!r} {refused.value.__cause__!r} {told}".encode()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["SELECT %s::int", "SELECT %s::date", "SELECT %s::uuid", "SELECT %s::jsonb", "SELECT (%s || 'x')::inet"],
)
def test_a_value_of_another_type_is_not_in_the_errors_text(statement):
    with pytest.raises(DataError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [CANARY])
    assert found_in(f"{refused.value} {refused.value.__cause__}".encode()) == []


@pytest.mark.django_db
def test_a_unique_value_that_is_there_already_is_not_in_the_errors_text():
    make.recipient(name="Already There")
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        make.recipient(name="Already There")
    assert "Already" not in f"{refused.value} {refused.value.__cause__}"


@pytest.mark.django_db
def test_every_request_has_a_line_with_route_and_person_and_no_address(caplog):
    caplog.set_level(logging.INFO, logger="hotline.access_log")
    person, client = make.user(Role.ANALYST), Client()
    client.force_login(person)
    client.get(f"/reports/999/?q={CANARY}", headers={"user-agent": CANARY, "referer": CANARY})
    [record] = [record for record in caplog.records if record.name == "hotline.access_log"]
    told = json.loads(JsonLines().format(record))
    assert {key: told[key] for key in ("event", "method", "route", "status", "actor")} == {
        "event": "request",
        "method": "GET",
        "route": "reports/<int:pk>/",
        "status": 404,
        "actor": str(person.reference),
    }
    assert isinstance(told["ms"], int)
    assert found_in(JsonLines().format(record).encode()) == []


@pytest.mark.django_db
def test_static_files_and_those_who_look_whether_we_live_have_no_line(caplog):
    caplog.set_level(logging.INFO, logger="hotline.access_log")
    Client().get("/healthz")
    Client().get("/static/hotline/css/tokens.css").close()
    assert caplog.records == []


def test_every_sentence_that_is_logged_is_a_constant():
    """An f-string or a variable would carry values past the arguments, which are looked at."""
    wrong = []
    for folder in ("hotline", "cases", "stats"):
        for path in (BASE_DIR / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if _is_log_call(node) and not (node.args and isinstance(node.args[0], ast.Constant)):
                    wrong += [f"{path}:{node.lineno}"]
    assert wrong == []


def _is_log_call(node):
    levels = {"debug", "info", "warning", "error", "exception", "critical"}
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in levels
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"logger", "log"}
    )


# In a process of its own: what these change is the whole process's.
ENDINGS = {
    "an error nobody caught": "raise ValueError(CANARY)",
    "one in a thread": "import threading; t = threading.Thread(target=lambda: int(CANARY)); t.start(); t.join()",
    "one in the tidying up": "class A:\n    def __del__(self): raise ValueError(CANARY)\nA()",
    "a warning": "import warnings; warnings.warn(CANARY)",
}


@pytest.mark.parametrize("what", ENDINGS)
def test_what_python_would_print_is_a_line_without_values(what):
    code = f"CANARY = {CANARY!r}\nimport django; django.setup()\n{ENDINGS[what]}"
    done = subprocess.run([sys.executable, "-c", code], cwd=BASE_DIR, capture_output=True, check=False, timeout=60)
    lines = [json.loads(line) for line in done.stderr.decode().splitlines()]
    assert len(lines) == 1
    assert set(lines[0]) <= set(KEYS)
    assert found_in(done.stderr + done.stdout) == []


def test_warnings_in_this_process_are_still_errors():
    with pytest.raises(UserWarning):
        warnings.warn("this one", stacklevel=1)


def test_tracebacks_are_never_written_in_production():
    code = "from hotline import settings; print(settings.LOG_TRACEBACKS)"
    extra = {
        "HOTLINE_MODE": "production", "HOTLINE_LOG_TRACEBACKS": "1", "ALLOWED_HOSTS": "hotline.example",
        "FACTOR_SECRET": "f" * 50,
    }  # fmt: skip
    import os  # noqa: PLC0415 - for this one

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(BASE_DIR), env=os.environ | extra, capture_output=True, check=False
    )
    assert done.stdout == b"False\n", done.stderr
