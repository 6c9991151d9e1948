"""What was staged and found good, into the records. Set-based: no row comes back to Python."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.closed_months import CalendarMonth, closings_of
from cases.codes import FINDING_DIMENSIONS, Dimension

# Only reports that are new; their keys in the database come from its own sequence, in the order of the file. What
# follows from their findings is what cases.actions.derive says, in SQL.
FRESH = """
CREATE TEMP TABLE import_fresh ON COMMIT DROP AS
SELECT nextval((SELECT pg_get_serial_sequence('cases_report', 'id')::regclass)) AS id, fresh.* FROM (
  SELECT p.key, p.content, h.received_date, h.source, p.url_count, p.has_confirmed, o.code AS outcome,
    p.unassessed_count = 0 AS is_begun,
    p.unassessed_count = 0 AND coalesce(p.assessed_count, 0) = p.url_count AS is_whole
  FROM import_report p JOIN import_head h ON h.number = p.head
  LEFT JOIN cases_outcome o ON o.precedence = p.precedence
  WHERE NOT p.is_known ORDER BY p.first_place
) fresh
"""
# In the order of the keys: two imports of the same reports meet at the same key and can not lock each other out.
KEYS = """
INSERT INTO cases_senderkey (report_id, key_hash, content_hash) SELECT id, key, content FROM import_fresh ORDER BY key
"""
REPORTS = """
INSERT INTO cases_report (id, received_date, source_id, url_count, state, outcome_id, referral_status, assignee_id,
  reference_year, version, entered_at, import_batch_id)
SELECT id, received_date, source, url_count,
  CASE WHEN NOT is_begun THEN 'received' WHEN NOT is_whole THEN 'in_triage'
    WHEN has_confirmed AND (received_date < %(closed_before)s) IS NOT TRUE THEN 'assessed' ELSE 'closed' END,
  outcome,
  CASE WHEN NOT has_confirmed THEN 'not_needed'
    WHEN is_whole AND received_date < %(closed_before)s THEN NULL ELSE 'to_refer' END,
  NULL, extract(year FROM received_date), 1, {entered_at}, %(batch)s
FROM import_fresh
"""
# When a report was entered: with the import. Made-up history is entered as if it had been logged as it came: most on
# the day of receipt, an eighth the day after, some days later, and one in a hundred weeks or months late.
ENTERED_NOW = "%(now)s"
ENTERED_AS_IT_CAME = """least(%(now)s, (received_date + make_interval(
    days => (CASE (id * 7919 %% 1000) / 5 WHEN 0 THEN 40 + id %% 50 WHEN 1 THEN 10 + id %% 20 WHEN 2 THEN 4 + id %% 5
      ELSE CASE WHEN id * 7919 %% 1000 < 140 THEN 1 ELSE 0 END END)::int,
    mins => (480 + id * 104729 %% 600)::int)) AT TIME ZONE %(zone)s)"""
FINDINGS = """
INSERT INTO cases_finding (report_id, outcome_id, counts_as, url_count, self_generated, sex_id, age_band_id,
  hosting_country_id, site_type_id)
SELECT f.id, t.outcome, t.counts_as, r.finding_count, t.self_generated, t.sex, t.age_band, t.hosting_country,
  t.site_type
FROM import_fresh f JOIN import_row r USING (key) JOIN import_tail t ON t.number = r.tail
WHERE NOT t.is_unassessed ORDER BY f.id, r.place
"""
MONTHS = f"""
SELECT date_trunc('month', f.received_date)::date, bool_or(f.is_begun),
  {", ".join(f"bool_or(t.{dimension.value} IS NOT NULL)" for dimension in FINDING_DIMENSIONS)}
FROM import_fresh f JOIN import_row r USING (key) JOIN import_tail t ON t.number = r.tail GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - names of our own

# Few rows: each day and source of the file once, for as long as it is remembered.
STAGED_MONTHS = "SELECT DISTINCT date_trunc('month', received_date)::date FROM import_head"
ROWS_IN = """
SELECT date_trunc('month', f.received_date)::date, count(*), count(DISTINCT f.id)
FROM import_fresh f JOIN import_row r USING (key)
WHERE date_trunc('month', f.received_date)::date = ANY(%s) GROUP BY 1 ORDER BY 1
"""

# So many reports change what the planner has to know.
MANY = 10_000


class Stage(TextChoices):
    """What an import is doing."""

    READING = "reading", _("reading and checking the rows")
    COMPARING = "comparing", _("comparing with what is known")
    REPORTS = "reports", _("writing the reports")
    FINDINGS = "findings", _("writing the findings")
    RULES = "rules", _("checking the database's rules")


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What a file brings: ``known`` reports that were there already, and counts of what is new."""

    known: int
    reports: int
    urls: int
    findings: int


def pick_fresh(cursor: Any) -> Totals:
    """Put the reports that are new into ``import_fresh``, and count them."""
    cursor.execute(FRESH)
    cursor.execute("ANALYZE import_fresh")
    cursor.execute("SELECT count(*), coalesce(sum(url_count), 0) FROM import_fresh")
    reports, urls = cursor.fetchone()
    cursor.execute(
        "SELECT count(*) FILTER (WHERE is_known),"
        " coalesce(sum(row_count - unassessed_count) FILTER (WHERE NOT is_known), 0) FROM import_report"
    )
    known, findings = cursor.fetchone()
    return Totals(known=known, reports=reports, urls=int(urls), findings=int(findings))


def write(
    cursor: Any,
    totals: Totals,
    *,
    batch: int,
    now: datetime,
    closed_before: date | None,
    entered_at: str = ENTERED_NOW,
    begin: Callable[[Stage], None],
) -> None:
    """Write the new reports with their keys and findings, and let the database check every rule of its own.

    ``entered_at``: ENTERED_NOW, or of made-up reports ENTERED_AS_IT_CAME.
    """
    begin(Stage.REPORTS)
    cursor.execute(KEYS)
    cursor.execute(
        REPORTS.format(entered_at=entered_at),
        {"batch": batch, "now": now, "closed_before": closed_before, "zone": settings.TIME_ZONE},
    )
    # Plans from when the tables were small, or from statistics that an autoanalyze took of a table whose rows it can
    # not see yet, would read a whole table or index for each of a million foreign keys. (Analyzing waits for others
    # who do, so a small import does not.)
    if totals.reports > MANY:
        cursor.execute("SELECT cases_analyze_reports()")
    cursor.execute("DISCARD PLANS")
    begin(Stage.FINDINGS)
    cursor.execute(FINDINGS)
    if totals.reports > MANY:
        cursor.execute("SELECT cases_analyze_findings()")
    begin(Stage.RULES)
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class MonthRows(NamedTuple):
    """How many rows of a file and how many reports are new in a month."""

    month: CalendarMonth
    rows: int
    reports: int


def rows_in_closed_months(cursor: Any) -> tuple[MonthRows, ...]:
    """The months under a final release for which there are new reports, in order, and how many."""
    cursor.execute(STAGED_MONTHS)
    staged = {CalendarMonth.containing(first) for (first,) in cursor.fetchall()}
    closed = {month for closing in closings_of(staged) for month in closing.months}
    if not closed:
        return ()
    cursor.execute(ROWS_IN, [[month.first for month in closed]])
    return tuple(
        MonthRows(CalendarMonth.containing(first), rows, reports) for first, rows, reports in cursor.fetchall()
    )


def months_with(cursor: Any) -> dict[Dimension, list[date]]:
    """For each dimension, the first days of the months in which a new report has something to say of it."""
    cursor.execute(MONTHS)
    found: dict[Dimension, list[date]] = {}
    for month, is_begun, *has_value in cursor.fetchall():
        flags = {Dimension.REPORTS: True, Dimension.ASSESSMENT: is_begun}
        flags |= dict(zip(FINDING_DIMENSIONS, has_value, strict=True))
        for dimension, has in flags.items():
            if has:
                found.setdefault(dimension, []).append(month)
    return found
