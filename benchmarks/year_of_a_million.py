"""A year of very many reports: how long a month's recount, the check of the year, a release and its forms take.

``python benchmarks/year_of_a_million.py [--reports 1000000]``. Servers of its own in a temporary folder, with the
settings that ship. Reports, findings and referrals are made by SQL, spread evenly over 2024, all entered at once, as a
history that was imported is. One in five reports was passed on.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE_DIR))

from hotline.embedded import provide_environment  # noqa: E402 - the path comes first
from hotline.embedded.environment import leave_all  # noqa: E402

REPORTS = """
INSERT INTO cases_report (received_date, source_id, url_count, state, outcome_id, referral_status, reference_year,
  version)
SELECT date '2024-01-01' + (i %% 366)::int,
  (ARRAY['public', 'partner_hotline', 'police', 'industry', 'proactive'])[1 + i %% 5], 1 + i %% 9, 'closed',
  (ARRAY['confirmed_baseline', 'confirmed_national', 'not_illegal', 'not_found'])[1 + i %% 4], NULL, 2024, 1
FROM generate_series(1::bigint, %s) i
"""
# One finding of each report, and two of every third.
FINDINGS = """
INSERT INTO cases_finding (report_id, outcome_id, counts_as, url_count, self_generated, sex_id, age_band_id,
  hosting_country_id, site_type_id)
SELECT r.id, o.code, o.counts_as, 1, CASE WHEN good THEN (ARRAY['yes', 'no', 'undetermined', NULL])[1 + r.id %% 4] END,
  CASE WHEN good THEN (ARRAY['girls', 'boys', 'both', 'undetermined', NULL])[1 + r.id %% 5] END,
  CASE WHEN good THEN (ARRAY['0-2', '3-5', '6-9', '10-11', '12-13', '14-15', '16-17', NULL])[1 + r.id %% 8] END,
  CASE WHEN good THEN (ARRAY['NL', 'US', 'FR', 'DE', 'RU', 'UA', 'LU', 'SK', 'BG', 'CA'])[1 + r.id %% 10] END,
  CASE WHEN good THEN (ARRAY['image_host', 'file_host', 'website', 'forum', 'social', 'blog'])[1 + r.id %% 6] END
FROM cases_report r
CROSS JOIN generate_series(1, 2) n
JOIN cases_outcome o ON o.code = CASE WHEN n = 1 THEN r.outcome_id ELSE 'confirmed_baseline' END
CROSS JOIN LATERAL (SELECT o.counts_as = 'confirmed' AS good) g
WHERE n = 1 OR (r.id %% 3 = 0 AND r.url_count > 1)
"""
REFERRALS = """
INSERT INTO cases_referral (report_id, recipient_id, url_count, sent_date, acted_date, action)
SELECT id, (SELECT min(id) FROM cases_recipient) + id %% 7, 1, received_date + (id %% 4)::int,
  CASE WHEN id %% 7 > 0 THEN received_date + (id %% 4 + id %% 45)::int END,
  CASE WHEN id %% 7 > 0 THEN (ARRAY['removed', 'removed', 'disabled', 'refused'])[1 + id %% 4] END
FROM cases_report WHERE id %% 5 = 0
"""
RECIPIENTS = """
INSERT INTO cases_recipient (name, kind, is_active)
SELECT 'Recipient ' || n, (ARRAY['hosting_provider', 'hosting_provider', 'platform', 'registrar', 'police',
  'partner_hotline', 'partner_hotline'])[n], true FROM generate_series(1, 7) n
"""


def make(reports: int) -> None:
    """Fill the tables, and let the database know them as a server that runs for a while does."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by then

    with connection.cursor() as cursor:
        for statement, parameters in ((RECIPIENTS, []), (REPORTS, [reports]), (FINDINGS, []), (REFERRALS, [])):
            begin = time.perf_counter()
            cursor.execute(statement if parameters else statement.replace("%%", "%"), parameters or None)
            print(f"  {cursor.rowcount:,} rows in {time.perf_counter() - begin:.1f} s", flush=True)
        cursor.execute("VACUUM ANALYZE")


def seconds(work: Callable[[], object], *, repeats: int = 1) -> float:
    """The median time of some work."""
    taken = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return round(statistics.median(taken), 3)


def measure() -> dict[str, float]:
    """Seconds of each."""
    from stats.building.breakdowns import all_breakdowns, headline_table  # noqa: PLC0415
    from stats.building.referrals import dsa_table, removal_table  # noqa: PLC0415
    from stats.counting.late import late_cells, late_entries  # noqa: PLC0415 - Django is set up by then
    from stats.counting.queries import read  # noqa: PLC0415
    from stats.counting.rollups import recompute_month  # noqa: PLC0415
    from stats.counting.verify import verify_months  # noqa: PLC0415
    from stats.periods import Month, Year  # noqa: PLC0415

    now, year = datetime.now(UTC), Year(2024)

    def tables() -> None:
        counts, labels = read(year.months, today=now.date())
        headline_table(counts, {"2024": year.months})
        all_breakdowns(counts, labels, year.months)
        removal_table(counts, labels, year.months)
        dsa_table(counts, labels, year.months)

    def whole_year() -> None:
        if not verify_months(year.months, now=now).agrees:
            sys.exit("the counts differ from the records")

    return {
        "recount_of_the_year": seconds(lambda: [recompute_month(month, now=now) for month in year.months]),
        "recount_of_a_month": seconds(lambda: recompute_month(Month(2024, 5), now=now), repeats=7),
        "check_of_the_year": seconds(whole_year, repeats=3),
        "tables_of_the_year": seconds(tables, repeats=5),
        "late_entries_all_late": seconds(lambda: late_entries(now=now), repeats=5),
        "late_cells_of_the_year_none": seconds(lambda: late_cells(year.months, since=now), repeats=3),
        "late_cells_of_the_year_all": seconds(lambda: late_cells(year.months, since=now - timedelta(days=1))),
    }


def measure_release() -> dict[str, float]:
    """Seconds of freezing the year, counted before and with every month to be counted again, and of its forms."""
    from cases.models import CoveragePeriod  # noqa: PLC0415 - Django is set up by then
    from stats.jobs.documents import document_bytes  # noqa: PLC0415
    from stats.models import DirtyMonth  # noqa: PLC0415
    from stats.periods import Period  # noqa: PLC0415
    from stats.publication import Document, Form, Reason, ReleaseStatus  # noqa: PLC0415
    from stats.releases.freeze import Wish, freeze  # noqa: PLC0415
    from stats.releases.reading import publication_of  # noqa: PLC0415
    from stats.releases.sides import since_release  # noqa: PLC0415

    now, period = datetime.now(UTC), Period.parse("2024")
    CoveragePeriod.objects.update(from_date="2023-01-01")
    final, revised = Wish(period=period, status=ReleaseStatus.FINAL), ReleaseStatus.REVISED
    again = Wish(period=period, status=revised, reason=Reason.CORRECTION)
    found = {"freeze": seconds(lambda: freeze(final, by=None, now=now))}
    found["compare_with_now"] = seconds(lambda: since_release(1, now=now))
    DirtyMonth.objects.bulk_create(DirtyMonth(month=month.first) for month in period.months)
    found["freeze_with_recount"] = seconds(lambda: freeze(again, by=None, now=now))
    files = [(Document.TABLES, form) for form in Form]
    files += [(document, Form.PDF) for document in Document if document is not Document.TABLES]
    for document, form in files:
        found[f"{document.value}_{form.value}"] = seconds(
            lambda document=document, form=form: document_bytes(publication_of(2), document, form, "nl"),  # type: ignore[misc]
            repeats=3,
        )
    return found


def main() -> int:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as name:
        for given in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
            os.environ.pop(given, None)
        os.environ |= {
            "HOTLINE_DATA_DIR": name,
            "DJANGO_SETTINGS_MODULE": "hotline.settings",
            "HOTLINE_DATABASE_ROLE": "owner",
        }
        sessions = provide_environment(Path(name))
        try:
            import django  # noqa: PLC0415 - the environment comes first
            from django.core.management import call_command  # noqa: PLC0415

            django.setup()
            call_command("migrate", verbosity=0)
            make(options.reports)
            print(json.dumps(measure() | measure_release(), indent=2))
        finally:
            leave_all(sessions)
    return 0


if __name__ == "__main__":
    sys.exit(main())
