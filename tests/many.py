"""Ten thousand reports as years of use leave them, in the test database, for as long as a block lasts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.filling import Size, fill
from hotline.accounts.models import User
from tests import make

REPORTS = 10_000


@contextmanager
def many_reports(reports: int = REPORTS) -> Iterator[User]:
    """Two years of reports, their months marked, analyzed as a server that runs does; an analyst who has some open.

    Within a transaction that is taken back.
    """
    until = timezone.now().date() - timedelta(days=1)
    with transaction.atomic():
        person = make.user()
        fill_until(reports, until, [person.pk, make.user().pk])
        yield person
        transaction.set_rollback(True)


def fill_until(reports: int, until: date, people: list[int]) -> None:
    """Two years of reports up to a day, and what the planner has to know."""
    with connection.cursor() as cursor:
        fill(cursor, Size(reports=reports, first=until - timedelta(days=730), last=until), people=people)
        cursor.execute("ANALYZE")
