"""The web application with one thing wrong, as HOTLINE_FAULTS_MUTANT says."""

import io
import os
import threading
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode
from uuid import uuid4

from django.db import connection

from hotline.wsgi import application as product
from tests.faults.mutants.names import EARLY, NO_KEY, OUTSIDE, VARIABLE

# As long as a busy machine may take between two steps.
BLINK = 0.3


def _form(environ: dict) -> dict[str, list[str]]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(body)
    return parse_qs(body.decode(), keep_blank_values=True) if environ["REQUEST_METHOD"] == "POST" else {}


def without_key(environ: dict, start_response: Callable) -> list[bytes]:
    """Each sending has another key."""
    form = _form(environ)
    if "form_key" in form:
        body = urlencode({**form, "form_key": [str(uuid4())]}, doseq=True).encode()
        environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    return product(environ, start_response)


def marking_outside(environ: dict, start_response: Callable) -> list[bytes]:
    """The month is marked after the commit, in a transaction of its own."""
    form = _form(environ)
    answer = product(environ, start_response)
    if "received_date" in form:
        time.sleep(BLINK)
        with connection.cursor() as cursor:
            day = form["received_date"][0]
            cursor.execute("INSERT INTO stats_dirtymonth (month) VALUES (date_trunc('month', %s::date))", [day])
    return answer


# How the product draws the number of a new report.
DRAWN = "nextval('cases_report_id_seq')"


def answering_early(environ: dict, start_response: Callable) -> list[bytes]:
    """A report is acknowledged under a number of its own, then written."""
    if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) != ("POST", "/reports/log/"):
        return product(environ, start_response)
    _form(environ)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('cases_report', 'id'))")
        [pk] = cursor.fetchone()
    threading.Thread(target=_write_later, args=(pk, environ)).start()
    start_response("302 Found", [("Location", f"/reports/log/?last={pk}"), ("Content-Length", "0")])
    return [b""]


def _write_later(pk: int, environ: dict) -> None:
    def numbered(execute: Callable, sql: str, params: object, many: object, context: object) -> object:
        """The report gets the number that was answered."""
        return execute(sql.replace(DRAWN, str(pk)), params, many, context)

    time.sleep(BLINK)
    with connection.execute_wrapper(numbered):
        product(environ, lambda *_: None)
    connection.close()


MUTANT = os.environ[VARIABLE]
BROKEN = {NO_KEY: without_key, OUTSIDE: marking_outside, EARLY: answering_early}
application = BROKEN.get(MUTANT, product)
