"""The smallest hotline whose figures can be frozen quickly: some reports of two months, for pages and jobs."""

from datetime import date, datetime, timedelta

from hotline.accounts.models import User
from stats.models import ExportJob, Kind, Release
from stats.periods import Period
from stats.publication import Document, Form, Reason, ReleaseStatus
from stats.releases.freeze import Wish, freeze
from tests.make import AMSTERDAM
from tests.stats.records import finding, recorded, report

FROZEN_AT = datetime(2025, 4, 10, 9, 30, tzinfo=AMSTERDAM)


def fill() -> None:
    """March of 2023 and of 2024, ten reports each; two URLs of 2024 showed both, which are too few to be told."""
    recorded("2023-01-01")
    for year, urls in ((2023, 4), (2024, 6)):
        for day in range(10):
            entered = FROZEN_AT - timedelta(days=300)
            received = report(f"{year}-03-{day + 1:02d}", url_count=urls, state="closed", entered_at=entered)
            finding(received, 2, sex="girls", age_band="6-9", self_generated="yes")
            finding(received, 1, sex="boys", age_band="12-13", self_generated="no")
        if year == 2024:
            finding(received, 2, sex="both", age_band="12-13", self_generated="no")


def frozen(
    text: str = "2024-03", status: str = "final", *, reason: str = "", by: User | None = None, now: datetime = FROZEN_AT
) -> Release:
    """A release."""
    why = Reason(reason) if reason else None
    return freeze(Wish(period=Period.parse(text), status=ReleaseStatus(status), reason=why), by=by, now=now)


def job(by: User, of: Release | None = None, **fields) -> ExportJob:
    """An export that waits for its turn; of no release: a freeze of March 2024."""
    what = {"kind": Kind.FREEZE, "first_month": date(2024, 3, 1), "months": 1, "status": ReleaseStatus.FINAL}
    if of:
        what = {
            "kind": Kind.EXPORT,
            "release": of,
            "document": Document.TABLES,
            "form": Form.CSV,
            "language": "nl",
        }
    times = {"requested_at": FROZEN_AT, "sent_at": FROZEN_AT}
    return ExportJob.objects.create(requested_by=by.reference, **what | times | fields)
