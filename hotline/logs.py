"""What the logs say: JSON lines with fixed keys, for web, worker, scheduler and commands. Nothing that was typed.

Only sentences that stand in our own code are written, with arguments that are numbers, days, codes or marked as our
own words. Of what other people's code says, the place in that code is written and not the sentence, which may repeat an
address, a header, a task's arguments. Of an exception: its classes, the places in our code, the constraint that
refused, and never its text or a variable. docs/operations.md says what each key means.
"""

import datetime as dt
import enum
import json
import logging
import logging.config
import re
import sys
import threading
import traceback
import uuid
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg

BASE_DIR = Path(__file__).resolve().parent.parent
OURS = ("hotline", "cases", "stats")
# Every key there is, in the order in which a line has them.
KEYS = (
    "at", "level", "process", "logger", "event", "request", "actor", "method", "route", "status", "ms", "task",
    "error", "rule", "where", "traceback",
)  # fmt: skip
# A word of a log line: a code, a short number, a day. No dot, slash, colon or at-sign, no hash or token.
_WORD = re.compile(
    r"(?![A-Za-z0-9_-]*[0-9]{8})"
    r"(?![A-Za-z0-9_-]*(?=[A-Za-z0-9]*[0-9])(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{9})"
    r"-?[A-Za-z0-9][A-Za-z0-9_@-]{0,39}\Z"
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}\Z")
_TASK = re.compile(r"(?:cases|stats|hotline)[.][a-z_.]{1,60}\Z")
# Sentences of other people's code that an operator needs; their arguments are looked at like our own.
FOREIGN = frozenset(
    {
        "WORKER TIMEOUT (pid:%s)",
        "Worker (pid:%s) was sent %s!",
        "Worker (pid:%s) exited with code %s",
        "Worker (pid:%s) exited with code %s.",
        "Worker failed to boot.",
    }
)
FRAMES = 8
REDUCED = "a message of other code"

# The request that is being answered, as its access line will be found.
current_request: ContextVar[str | None] = ContextVar("current_request", default=None)


class Own(str):
    """Words that our own code made, of names in the code and digests of its own: they may be logged as they are."""

    __slots__ = ()


def _safe(value: Any) -> Any:
    """An argument as it may be written; what it is, where it may not."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, Own | uuid.UUID):
        return str(value)
    if isinstance(value, int) and not isinstance(value, enum.Enum):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return str(value.value)  # of a list that stands in the code
    return value if isinstance(value, str) and _WORD.match(value) else f"<{type(value).__name__}>"


def is_ours(record: logging.LogRecord) -> bool:
    """Whether the sentence stands in our own code: then it is a constant, with arguments beside it (a test looks)."""
    return _place(record.pathname).partition("/")[0] in OURS


def _event(record: logging.LogRecord) -> str:
    if not isinstance(record.msg, str) or not (is_ours(record) or record.msg in FOREIGN):
        return REDUCED
    arguments = record.args
    try:
        if isinstance(arguments, Mapping):
            return record.msg % {key: _safe(value) for key, value in arguments.items()}
        return record.msg % tuple(map(_safe, arguments or ())) if arguments else record.msg
    except (TypeError, ValueError, KeyError):
        return REDUCED


def _place(path: str) -> str:
    """A file as its own project calls it: 'cases/actions/reports.py', 'gunicorn/arbiter.py'."""
    name = path.replace("\\", "/")
    for mark in ("/site-packages/", "/dist-packages/"):
        if mark in name:
            return name.rpartition(mark)[2]
    if Path(path).is_relative_to(BASE_DIR):
        return Path(path).relative_to(BASE_DIR).as_posix()
    return "/".join(name.split("/")[-2:])


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _of_error(error: BaseException) -> dict[str, Any]:
    """Classes, places and constraint of an exception and of those that led to it."""
    chain = list(_chain(error))
    places = [
        f"{_place(frame.filename)}:{frame.lineno}"
        for one in reversed(chain)
        for frame in traceback.extract_tb(one.__traceback__, limit=-50)
    ]
    ours = [place for place in places if place.partition("/")[0] in OURS]
    rules = [
        one.diag.constraint_name or one.sqlstate
        for one in chain
        if isinstance(one, psycopg.Error) and (one.diag.constraint_name or one.sqlstate)
    ]
    found: dict[str, Any] = {"error": [type(one).__name__ for one in chain], "where": ours[-FRAMES:] or places[-1:]}
    if rules and _NAME.match(rules[0] or ""):
        found["rule"] = rules[0]
    elif rules and re.fullmatch(r"[0-9A-Z]{5}", rules[0] or ""):
        found["rule"] = f"SQLSTATE {rules[0]}"
    return found


def process_name() -> str:
    """Which of the processes this is: web, worker, beat, manage; else what the program is called."""
    program = Path(sys.argv[0]).name if sys.argv and sys.argv[0] else "python"
    if "gunicorn" in program or "gunicorn" in sys.argv[0]:
        return "web"
    for name in ("worker", "beat"):
        if name in sys.argv[1:]:
            return name
    return "manage" if program == "manage.py" else "python"


class JsonLines(logging.Formatter):
    """One JSON object a line, in ASCII. A key without a value is left out."""

    def __init__(self, *, tracebacks: bool = False, **_ignored: Any) -> None:
        super().__init__()
        self.tracebacks = tracebacks
        self.process = process_name()

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, Any] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": self.process,
            "logger": record.name if all(map(_NAME.match, record.name.split("."))) else REDUCED,
            "event": _event(record),
            "request": current_request.get(),
            "where": None if is_ours(record) else [f"{_place(record.pathname)}:{record.lineno}"],
        }
        told |= self._of_request(record) | self._of_task(record)
        if record.exc_info and record.exc_info[1]:
            told |= _of_error(record.exc_info[1])
            if self.tracebacks:
                told["traceback"] = "".join(traceback.format_exception(record.exc_info[1]))
        told |= {key: _safe(value) for key, value in getattr(record, "told", {}).items() if key in KEYS}
        return json.dumps({key: told[key] for key in KEYS if told.get(key) is not None})

    @staticmethod
    def _of_request(record: logging.LogRecord) -> dict[str, Any]:
        """What Django hangs on a record about a request: its route and status, never its path."""
        request, status = getattr(record, "request", None), getattr(record, "status_code", None)
        match = getattr(request, "resolver_match", None)
        return {"route": Own(match.route) if match else None, "status": status if isinstance(status, int) else None}

    @staticmethod
    def _of_task(record: logging.LogRecord) -> dict[str, Any]:
        """What Celery hangs on a record about a task: its name, never its arguments or its result."""
        data = getattr(record, "data", None)
        name = data.get("name") if isinstance(data, dict) else None
        return {"task": name if isinstance(name, str) and _TASK.match(name) else None}


def unhandled(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say what ended the process: classes and places. Python's own way prints the error's text, and the values in it.

    Takes the place of ``sys.excepthook``.
    """
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger(__name__).critical("ended by an error", exc_info=(kind, error, trace))


def configure(config: dict[str, Any]) -> None:
    """Set logging up, and let warnings and errors that nobody caught go the same way. Settings' LOGGING_CONFIG."""
    logging.config.dictConfig(config)
    logging.captureWarnings(capture=True)
    sys.excepthook = unhandled
    threading.excepthook = lambda given: unhandled(
        given.exc_type, given.exc_value or given.exc_type(), given.exc_traceback
    )
    sys.unraisablehook = lambda given: logging.getLogger(__name__).error(
        "an error in the tidying up",
        exc_info=(given.exc_type, given.exc_value or given.exc_type(), given.exc_traceback),
    )
