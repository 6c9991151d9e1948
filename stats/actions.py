"""What is done with figures, and noted."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from cases.actions import audit
from hotline.accounts.models import User
from stats.building.annual import exact_annual_tables
from stats.exports.annual import annual_bytes
from stats.periods import Year


@dataclass(frozen=True, slots=True)
class Export:
    """A file."""

    file_name: str
    content: bytes


def export_year(year: Year, file_format: str, *, by: User, now: datetime) -> Export:
    """A year as JSON or CSV, counted to the last change; who took it is in the audit log.

    The bytes are those of ``manage.py annual_totals``. That values are exact and not protected, so that the file is
    not to leave the house, and that data are synthetic is said by its name: the bytes do not depend on settings.
    """
    content = annual_bytes(exact_annual_tables(year, now=now), file_format)
    key = str(year).replace("..", "_")  # the log's keys hold no dots
    event = audit.Event(verb="export", subject="year", subject_key=key, changes={"format": [None, file_format]})
    audit.record(event, by=by, now=now)
    synthetic = "-synthetic" if settings.SYNTHETIC_DATA else ""
    return Export(f"hotline-{key}{synthetic}-internal-exact.{file_format}", content)
