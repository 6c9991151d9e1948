"""What is sent again under its key is written once."""

import importlib
import threading
import uuid
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from cases.actions import keys, reports
from cases.actions.errors import ActionError
from cases.actions.keys import Answer, InFlightError, KeyReusedError, Sending, answer_to, forget_keys, once
from cases.models import AuditEvent, Report, RequestKey
from tests import make
from tests.cases.test_races import at_once

REFUSED = ActionError("url_count", "refused", "no")
CONTENT = {"url_count": "10", "source": "public"}


def sending(**changes):
    """One and the same sending, but for what is changed."""
    return {"key": uuid.uuid4(), "verb": "log", "content": CONTENT, "now": make.NOW, **changes}


def logging(by, *, then=lambda: None):
    """What logs a report, and does something more before it answers."""
    intake = make.intake()

    def write() -> Answer:
        report = reports.log(by=by, now=make.NOW, intake=intake)
        then()
        return Answer.to(report, status=keys.CREATED)

    return write


def written() -> tuple[int, int, int]:
    return Report.objects.count(), AuditEvent.objects.count(), RequestKey.objects.count()


@pytest.mark.django_db
def test_sent_again_it_gives_the_first_answer_and_writes_nothing(analyst):
    sent = sending(by=analyst)
    first, second = (once(**sent, write=logging(analyst)) for _ in range(2))
    assert (first.is_repeat, second.is_repeat) == (False, True)
    assert (second.subject, second.subject_key, second.status) == ("report", str(Report.objects.get().pk), 201)
    assert written() == (1, 1, 1)


@pytest.mark.django_db
def test_the_content_may_come_in_another_order(analyst):
    sent = sending(by=analyst)
    once(**sent, write=logging(analyst))
    assert once(**{**sent, "content": dict(reversed(CONTENT.items()))}, write=logging(analyst)).is_repeat


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"content": {**CONTENT, "url_count": "11"}}, {"content": {}}, {"verb": "amend"}, {"by": "colleague"}]
)
def test_a_key_used_otherwise_is_refused(analyst, colleague, change):
    sent = sending(by=analyst)
    once(**sent, write=logging(analyst))
    if "by" in change:
        change = {"by": colleague}
    with pytest.raises(KeyReusedError):
        once(**{**sent, **change}, write=logging(analyst))
    assert written() == (1, 1, 1)


@pytest.mark.django_db
def test_a_write_that_is_refused_keeps_no_key_and_may_be_mended(analyst):
    def refuse() -> None:
        raise REFUSED

    sent = sending(by=analyst)
    with pytest.raises(ActionError, match="refused"):
        once(**sent, write=logging(analyst, then=refuse))
    assert written() == (0, 0, 0)
    mended = {**sent, "content": {**CONTENT, "url_count": "3"}}
    assert not once(**mended, write=logging(analyst)).is_repeat
    assert written() == (1, 1, 1)


@pytest.mark.django_db
def test_forgotten_keys_are_those_from_before(analyst):
    old, new = sending(by=analyst), sending(by=analyst, now=make.NOW + timedelta(days=7))
    for sent in (old, new):
        once(**sent, write=logging(analyst))
    assert forget_keys(before=make.NOW + timedelta(days=7)) == 1
    assert list(RequestKey.objects.values_list("key", flat=True)) == [new["key"]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("verb", "Log it"),
        ("content_digest", "ab"),
        ("content_digest", "G" * 64),
        ("subject", "a b"),
        ("subject_key", "example.org/1"),
        ("status", 404),
    ],
)
def test_the_table_holds_nothing_but_codes_and_digests(analyst, column, value):
    sent = sending(by=analyst)
    once(**sent, write=logging(analyst))
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestKey.objects.update(**{column: value})


@pytest.mark.django_db
def test_keys_from_before_this_table_are_taken_along_and_back(analyst):
    """As the migration does it: sent again, the old form leads to its report, whatever its content was."""
    migration = importlib.import_module("cases.migrations.0009_request_keys")
    report, key = make.report(by=analyst), uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE cases_submittedform (key uuid, report_id bigint, submitted_at timestamptz)"
        )
        cursor.execute("INSERT INTO cases_submittedform VALUES (%s, %s, %s)", [key, report.pk, make.NOW])
        cursor.execute(migration.TAKE_ALONG)
        again = once(**sending(key=key, by=analyst), write=logging(analyst))
        assert (again.is_repeat, again.subject, again.subject_key) == (True, "report", str(report.pk))
        cursor.execute("DELETE FROM cases_submittedform")
        cursor.execute(migration.TAKE_BACK)
        cursor.execute("SELECT * FROM cases_submittedform")
        assert cursor.fetchall() == [(key, report.pk, make.NOW)]


@pytest.mark.usefixtures("committed_db")
@pytest.mark.xdist_group("committed")
class TestAtOnce:
    """With real transactions."""

    def test_twenty_copies_at_once_are_written_once_and_get_one_answer(self):
        analyst = make.user()
        sent = sending(by=analyst)
        answers = at_once(*[lambda: once(**sent, write=logging(analyst)) for _ in range(20)])
        assert len({answer.subject_key for answer in answers}) == 1
        assert sorted(answer.is_repeat for answer in answers) == [False] + [True] * 19
        assert written() == (1, 1, 1)

    def test_a_copy_waits_for_the_first_and_writes_when_that_fails(self):
        """The first holds the key and is then refused: of the others exactly one writes."""
        analyst, failed = make.user(), threading.Event()

        def refuse_the_first() -> None:
            if not failed.is_set():
                failed.set()
                raise REFUSED

        sent = sending(by=analyst)
        answers = at_once(*[lambda: once(**sent, write=logging(analyst, then=refuse_the_first)) for _ in range(5)])
        assert sum(isinstance(answer, ActionError) for answer in answers) == 1
        assert sum(isinstance(answer, Answer) and not answer.is_repeat for answer in answers) == 1
        assert written() == (1, 1, 1)

    def test_who_does_not_wait_is_told_that_it_is_in_flight(self):
        analyst = make.user()
        sent = sending(by=analyst)

        def ask_meanwhile() -> None:
            asked = at_once(lambda: once(**sent, write=logging(analyst), wait=False))
            assert [type(answer) for answer in asked] == [InFlightError]
            inquiry = Sending(**{name: sent[name] for name in ("key", "by", "verb", "content")})
            assert at_once(lambda: answer_to(inquiry)) == [None]

        once(**sent, write=logging(analyst, then=ask_meanwhile), wait=False)
        assert once(**sent, write=logging(analyst), wait=False).is_repeat
        assert written() == (1, 1, 1)

    def test_a_connection_lost_before_the_commit_leaves_neither_write_nor_key(self):
        analyst = make.user()
        sent = sending(by=analyst)

        def lose_the_connection() -> None:
            with psycopg.connect(make.database_address(), autocommit=True) as other, connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                other.execute("SELECT pg_terminate_backend(%s)", cursor.fetchone())

        with pytest.raises(Exception, match=r"terminat|clos|lost"):
            once(**sent, write=logging(analyst, then=lose_the_connection))
        connection.close()
        assert written() == (0, 0, 0)
        assert not once(**sent, write=logging(analyst)).is_repeat
        assert written() == (1, 1, 1)

    def test_the_unique_key_stands_behind_the_lock(self, monkeypatch):
        """Without the lock, two at once still do not both write: the table itself refuses the second."""
        monkeypatch.setattr(keys, "_hold_and_look", lambda _cursor, sending, **_wait: keys.answer_to(sending))
        analyst, meet = make.user(), threading.Barrier(2)
        sent = sending(by=analyst)

        def write() -> object:
            try:
                return once(**sent, write=logging(analyst, then=meet.wait))
            except IntegrityError:
                return "refused"

        answers = at_once(write, write)
        assert answers.count("refused") == 1
        assert written() == (1, 1, 1)
