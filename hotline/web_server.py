"""How gunicorn serves the application, in the demo and in production: ``gunicorn --config python:hotline.web_server``.

gunicorn itself answers bytes that are no HTTP request, and says back what it did not understand, on its page and in its
log. Ours says which rule was broken, and has the headers that every answer of the application has.
"""

import contextlib
import logging
import os
import shutil
import socket
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import Any

from gunicorn import glogging
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from hotline.headers import EVERYWHERE, NOT_KEPT
from hotline.logs import JsonLines

logger = logging.getLogger(__name__)

# Where prometheus-client looks for the folder of its files; read when it is imported, so before the application is.
COUNTED_IN = "PROMETHEUS_MULTIPROC_DIR"

STATUS: dict[type[Exception], HTTPStatus] = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
}
HEADERS = {
    **EVERYWHERE,
    "Cache-Control": NOT_KEPT,
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Content-Type": "text/plain; charset=utf-8",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Connection": "close",
}


def status_of(error: Exception) -> HTTPStatus:
    """What to answer: 400 or nearer for what is no HTTP request, 500 for a fault of ours."""
    fault_of_ours = isinstance(error, errors.InvalidResponseHeader | errors.InvalidResponseHeaderName)
    if fault_of_ours or not isinstance(error, errors.ParseException):
        return HTTPStatus.INTERNAL_SERVER_ERROR
    return STATUS.get(type(error), HTTPStatus.BAD_REQUEST)


def refusal(status: HTTPStatus) -> bytes:
    """The whole answer. Shape: status line, headers, the status in words."""
    body = f"{status.phrase}\n".encode("ascii")
    lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
    lines += [f"{name}: {value}" for name, value in {**HEADERS, "Content-Length": len(body)}.items()]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn publishes no types
    """gunicorn's worker with threads, silent about what it was sent."""

    def handle_error(self, _request: Any, client: socket.socket, _address: Any, error: Exception) -> None:
        """Answer a request that could not be read, or that failed outside the application."""
        status = status_of(error)
        logger.warning("refused before the application: %d, %s", status.value, type(error).__name__)
        with contextlib.suppress(OSError):
            client.sendall(refusal(status))


class Logger(glogging.Logger):  # type: ignore[misc]  # gunicorn publishes no types
    """gunicorn's own log as JSON lines (hotline.logs). Its access log is not written: the application writes one."""

    def setup(self, cfg: Any) -> None:
        """Write what gunicorn says to standard error, as all logs."""
        super().setup(cfg)
        self.access_log.handlers.clear()
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLines())


def on_starting(_server: Any) -> None:
    """Make the folder in which each process counts its requests, empty, before the application is loaded."""
    given = os.environ.get("HOTLINE_DATA_DIR", "")
    folder = Path(given) / "metrics" if given else Path(tempfile.mkdtemp(prefix="hotline-metrics-"))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ[COUNTED_IN] = str(folder)


def on_exit(_server: Any) -> None:
    """Remove it."""
    shutil.rmtree(os.environ.pop(COUNTED_IN, ""), ignore_errors=True)


logger_class = Logger
worker_class = Worker
