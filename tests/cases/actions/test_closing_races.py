"""A release that somebody else makes between the page and the saving: with transactions that really commit."""

import psycopg
import pytest
from django.db import transaction

from cases.actions import reports
from cases.actions.closing import ClosedMonthError
from cases.closed_months import CalendarMonth
from cases.models import Report
from tests import make

pytestmark = pytest.mark.usefixtures("committed_db")


def released_elsewhere() -> None:
    """March 2026 becomes final, on another connection."""
    with psycopg.connect(make.database_address()) as other:
        other.execute(
            "INSERT INTO stats_release (number, first_month, months, status, revision, reason, released_at,"
            " released_date, definitions, threshold, is_synthetic, previous_digest, digest) VALUES (1, '2026-03-01',"
            " 1, 'final', 0, '', now(), '2026-03-05', repeat('0', 16), 5, false, '', repeat('a', 64))"
        )


def test_a_release_made_after_the_page_was_drawn_is_seen_at_saving():
    by, report = make.user(), make.report()
    released_elsewhere()
    with pytest.raises(ClosedMonthError):
        reports.void(by=by, now=make.NOW, report=report)
    assert Report.objects.get().state == "received"


def test_a_release_made_within_the_writers_transaction_is_seen_at_the_door():
    by, report = make.user(), make.report()
    with transaction.atomic():
        assert Report.objects.count() == 1  # it has begun to read
        released_elsewhere()
        with pytest.raises(ClosedMonthError):
            reports.amend(by=by, now=make.NOW, report=report, intake=make.intake(url_count=11))
    reports.amend(
        by=by, now=make.NOW, report=report, intake=make.intake(url_count=11), confirmed={CalendarMonth(2026, 3)}
    )
    assert Report.objects.get().url_count == 11
