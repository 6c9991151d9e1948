"""The web application with one thing wrong, as HOTLINE_FAULTS_MUTANT says."""

import io
import os
import threading
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode
from uuid import uuid4

from django.db import connection, transaction

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


class _Later(threading.local):
    pk: int | None = None


def _answer_early() -> None:
    """A report is acknowledged, then written."""
    from cases.actions import reports  # noqa: PLC0415 - Django has to be set up first
    from cases.models import Report  # noqa: PLC0415 - the same

    log, save, later = reports.log, Report.save, _Later()

    def saved(self: Report, *args: object, **kwargs: object) -> None:
        if later.pk and self._state.adding:
            self.pk, later.pk = later.pk, None
        save(self, *args, **kwargs)

    def written_later(pk: int, known: dict) -> None:
        time.sleep(BLINK)
        later.pk = pk
        log(**known)
        connection.close()

    def early(**known: object) -> Report:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('cases_report', 'id'))")
            [pk] = cursor.fetchone()
        transaction.on_commit(lambda: threading.Thread(target=written_later, args=(pk, known)).start())
        intake = known["intake"]
        return Report(pk=pk, source=intake.source, received_date=intake.received_date, url_count=intake.url_count)

    Report.save = saved
    reports.log = early


MUTANT = os.environ[VARIABLE]
application = {NO_KEY: without_key, OUTSIDE: marking_outside}.get(MUTANT, product)
if MUTANT == EARLY:
    _answer_early()
