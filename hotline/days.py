"""The hotline's own day. A leaf.

A report's month and year come from its ``received_date``, a date in the hotline's time zone: at 31 December
23:30 in Amsterdam it is already the next UTC day's business, and must not be.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def hotline_day(moment: datetime) -> date:
    """The hotline's date at an aware moment.

    Raises ``ValueError`` for a naive one: which day it falls on can not be known.
    """
    if moment.tzinfo is None:
        msg = "a naive moment has no date in the hotline's zone"
        raise ValueError(msg)
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
