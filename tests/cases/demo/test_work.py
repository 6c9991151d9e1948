"""The made-up work fits any hour of the day at which somebody starts the demo."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cases.demo.work import Work
from hotline.days import hotline_day

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("zone", [AMSTERDAM, UTC])
def test_first_step_is_never_on_another_day_than_the_last(hour, zone):
    now = datetime(2026, 3, 10, hour, 5, tzinfo=zone)
    work = Work(analysts=[], recipients=[], now=now, scale=1)
    assert hotline_day(work.moment) == hotline_day(now)
    assert work.moment <= now
