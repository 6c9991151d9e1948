"""Records that are alike in every column that counts, put together: how many they are, and how many URLs they have.

For the independent recount (:mod:`stats.counting.verify`), which counts them by rules of its own. Nothing here knows
what a figure is: columns are grouped by as they are. One pass for all the months asked for, since a pass over a year
of a million reports takes little more than one over a month.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection

from stats.periods import Month, months_between

REPORTS = """
SELECT width_bucket(received_date, %(firsts)s::date[]) AS place, state, source_id, outcome_id, referral_status,
  count(*), sum(url_count)
FROM cases_report WHERE received_date >= %(first)s AND received_date < %(until)s
GROUP BY 1, 2, 3, 4, 5
"""
# By what was seen, by where it was hosted and by the sort of site, each on its own: nothing is counted by all of them
# together, and together they are nearly as many as the findings.
FINDINGS = """
SELECT width_bucket(r.received_date, %(firsts)s::date[]) AS place,
  CASE WHEN GROUPING(f.sex_id) = 0 THEN 'seen' WHEN GROUPING(f.site_type_id) = 0 THEN 'site' ELSE 'country' END,
  r.state, f.outcome_id, f.counts_as, f.self_generated, f.sex_id, f.age_band_id, f.hosting_country_id, f.site_type_id,
  count(*), sum(f.url_count)
FROM cases_finding f JOIN cases_report r ON r.id = f.report_id
WHERE r.received_date >= %(first)s AND r.received_date < %(until)s
GROUP BY place, r.state, f.outcome_id, f.counts_as, f.self_generated,
  GROUPING SETS ((f.sex_id, f.age_band_id), (f.hosting_country_id), (f.site_type_id))
"""
REFERRALS = """
SELECT width_bucket(r.received_date, %(firsts)s::date[]) AS place, r.state, p.recipient_id, c.kind,
  p.acted_date, p.action, count(*), sum(p.url_count)
FROM cases_referral p JOIN cases_report r ON r.id = p.report_id JOIN cases_recipient c ON c.id = p.recipient_id
WHERE r.received_date >= %(first)s AND r.received_date < %(until)s
GROUP BY 1, 2, 3, 4, 5, 6
"""
SENT = """
SELECT width_bucket(p.sent_date, %(firsts)s::date[]) AS place, r.state, p.recipient_id, c.kind, r.outcome_id, p.action,
  p.acted_date - p.sent_date, count(*), sum(p.url_count)
FROM cases_referral p JOIN cases_report r ON r.id = p.report_id JOIN cases_recipient c ON c.id = p.recipient_id
WHERE p.sent_date >= %(first)s AND p.sent_date < %(until)s
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
# Of a year, all reports are to be kept at hand while all findings are gone through; of a month or two, findings are
# to be looked up by their reports, as the recount does.
PLANNING = (
    "SET LOCAL jit = off; SET LOCAL work_mem = '128MB'; SET LOCAL enable_hashjoin = {0}; "
    "SET LOCAL enable_mergejoin = {0}"
)
LONG = 3


class Alike(NamedTuple):
    """So many records with so many URLs in a month, alike in these columns."""

    month: Month
    columns: tuple[Any, ...]
    how_many: int
    urls: int


def alike(statement: str, months: Sequence[Month]) -> Iterator[Alike]:
    """One of the statements above, of these months and those between them; within a transaction."""
    span = tuple(months_between(min(months), max(months)))
    parameters: dict[str, Any] = {
        "firsts": [month.first for month in span],
        "first": span[0].first,
        "until": span[-1].until,
    }
    with connection.cursor() as cursor:
        cursor.execute(PLANNING.format("on" if len(span) >= LONG else "off"))
        cursor.execute(statement, parameters)
        for place, *columns, how_many, urls in cursor.fetchall():
            yield Alike(span[place - 1], tuple(columns), how_many, int(urls))
