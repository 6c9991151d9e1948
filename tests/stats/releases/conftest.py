"""A small hotline whose figures can be frozen: 2024 recorded in full, 2023 with sex and age from August on."""

from datetime import date, datetime

import pytest
from django.db import connection

from cases.codes import Dimension
from cases.models import CoveragePeriod
from hotline.accounts.models import User
from hotline.accounts.permissions import Role
from stats.periods import Period
from stats.publication import Reason, ReleaseStatus
from stats.releases.freeze import Wish, freeze
from tests import make
from tests.make import AMSTERDAM

FROZEN_AT = datetime(2025, 4, 10, 9, 30, tzinfo=AMSTERDAM)
LATER = datetime(2025, 6, 2, 14, 0, tzinfo=AMSTERDAM)


def record_from(day: date) -> None:
    """Every dimension recorded from a day on."""
    CoveragePeriod.objects.all().delete()
    CoveragePeriod.objects.bulk_create(CoveragePeriod(dimension=code, from_date=day) for code in Dimension.values)


def logged(day: date, *tallies, at: datetime | None = None, **fields):
    """A report received on a day, entered at a moment: noon of that day, if not told."""
    moment = at or datetime(day.year, day.month, day.day, 12, tzinfo=AMSTERDAM)
    return make.report(*tallies, received_date=day, now=moment, **fields)


def girls(count: int, band: str = "6-9", self_generated: str = "yes", **codes):
    return make.tally("confirmed_baseline", count, sex="girls", age_band=band, self_generated=self_generated, **codes)


def boys(count: int, band: str = "12-13", self_generated: str = "no", **codes):
    return make.tally("confirmed_national", count, sex="boys", age_band=band, self_generated=self_generated, **codes)


def fill_2024(by: User) -> None:
    """January to December, some twenty URLs a month; nothing small but what a test adds."""
    for month in range(1, 13):
        tallies = (girls(20 + month), boys(10), make.tally("not_illegal", 8))
        logged(date(2024, month, 10), *tallies, url_count=60, by=by)
        logged(date(2023, month, 10), girls(15), boys(9), url_count=40, source="police", by=by)


def frozen(text: str, status: str, *, reason: str | None = None, now: datetime = FROZEN_AT, by=None):
    """A release."""
    wish = Wish(period=Period.parse(text), status=ReleaseStatus(status), reason=Reason(reason) if reason else None)
    return freeze(wish, by=by, now=now)


@pytest.fixture
def hotline_2024(committed_db):
    """Records of 2023 and 2024, really committed."""
    record_from(date(2023, 1, 1))
    fill_2024(make.user(Role.ANALYST))


def as_superuser(statement: str, *values) -> None:
    """What nobody may do, done: triggers switched off for this statement."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = origin")
