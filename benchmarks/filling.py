"""Records at any size, by SQL: what years of use leave, made in minutes. Also for tests that need ten thousand reports.

Reports come in evenly over some days, in the order of their keys. They are mixed by a hash, so that every code meets
every other, but for one pair that never does (:data:`NEVER`). The last days, one in 24, hold what is still
open. Most came with an
import of their month; the last tenth was logged one by one and left an event each. Triggers and foreign keys are off
while rows are written (``session_replication_role``): what they would have checked holds by the way the rows are made,
and what they would have noted is written here: batches, events with their note for the sealer, marks for the recount.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

AT_ONCE = 1_000_000
# From here on an index is made quicker when the rows are there than row by row.
WITHOUT_INDEXES_FROM = 300_000
MOST_LOGGED = 500_000
RECIPIENTS = 7
# No report has these: a list of it is as quick as any other, though the planner expects many.
NEVER = {"source": "police", "outcome": "out_of_remit"}
TABLES = ("cases_report", "cases_senderkey", "cases_finding", "cases_referral")

# (hash of key and salt) modulo 1000.
_MIX = "(hashint8extended({key}, {salt}) & 9223372036854775807) %% 1000"
_MIXED = ", ".join(f"{_MIX.format(key='i', salt=salt)} AS {name}" for salt, name in enumerate("abcdef", start=11))

RECIPIENTS_SQL = """
INSERT INTO cases_recipient (code, name, kind, is_active)
SELECT 'bench_' || n, 'Bench recipient ' || n, (ARRAY['hosting_provider', 'hosting_provider', 'platform', 'registrar',
  'police', 'partner_hotline', 'partner_hotline'])[n], true FROM generate_series(1, %(recipients)s) n
"""
# One import a month, as a hotline that comes from another tool has.
BATCHES_SQL = """
INSERT INTO cases_importbatch (imported_at, kind, row_count, new_count, same_count, changed_count, finding_count)
SELECT month + interval '1 month', 'reports', 0, 0, 0, 0, 0
FROM generate_series(date_trunc('month', %(first)s::date), %(last)s::date, interval '1 month') month
"""
BATCH_EVENTS_SQL = """
INSERT INTO cases_auditevent (at, actor, verb, subject, subject_key, report_id, changes)
SELECT imported_at, NULL, 'import', 'import', id::text, NULL, '{}' FROM cases_importbatch ORDER BY id
"""
REPORTS_SQL = f"""
INSERT INTO cases_report (id, received_date, source_id, url_count, state, outcome_id, referral_status, assignee_id,
  reference_year, version, entered_at, import_batch_id)
SELECT i, day,
  CASE WHEN a < 600 THEN 'public' WHEN a < 780 THEN 'partner_hotline' WHEN a < 880 THEN 'police'
    WHEN a < 940 THEN 'industry' WHEN a < 960 THEN 'helpline' WHEN a < 990 THEN 'proactive' ELSE 'other' END,
  1 + (b * b / 150000)::int, state,
  CASE WHEN state IN ('received', 'in_triage') THEN NULL
    WHEN state IN ('assessed', 'referred') THEN 'confirmed_baseline'
    WHEN c < 400 THEN 'confirmed_baseline' WHEN c < 500 THEN 'confirmed_national' WHEN c < 530 THEN 'age_undetermined'
    WHEN c < 730 THEN 'not_illegal' WHEN c < 750 THEN 'no_access' WHEN c < 900 THEN 'not_found'
    WHEN c < 980 OR a BETWEEN 780 AND 879 THEN 'duplicate' ELSE 'out_of_remit' END,
  CASE WHEN state IN ('received', 'in_triage') THEN 'not_needed' WHEN state = 'assessed' THEN 'to_refer'
    WHEN state = 'referred' THEN 'referred' WHEN c >= 500 THEN 'not_needed' WHEN d < 400 THEN 'completed' END,
  CASE WHEN state = 'in_triage' AND %(people)s::bigint[] <> '{{}}'
    THEN (%(people)s::bigint[])[1 + d %% cardinality(%(people)s::bigint[])] END,
  extract(year FROM day), 1, (day + interval '10 hours') AT TIME ZONE 'UTC',
  CASE WHEN i <= %(imported)s THEN %(first_batch)s + (extract(year FROM age(date_trunc('month', day),
    date_trunc('month', %(first)s::date))) * 12 + extract(month FROM age(date_trunc('month', day),
    date_trunc('month', %(first)s::date))))::bigint END
FROM (
  SELECT i, {_MIXED}, %(first)s::date + ((i - 1) * %(days)s / %(reports)s)::int AS day
  FROM generate_series(%(low)s::bigint, %(high)s) i
) mixed
CROSS JOIN LATERAL (SELECT CASE WHEN f < 5 THEN 'void'
  WHEN day > %(last)s::date - %(days)s / 24 AND e < 300
    THEN (ARRAY['received', 'in_triage', 'assessed', 'referred'])[1 + e %% 4]
  ELSE 'closed' END AS state) of_day
"""
# Days of receipt and of entry are known to no one but the report: a finding follows from it.
FINDINGS_SQL = f"""
INSERT INTO cases_finding (report_id, outcome_id, counts_as, url_count, self_generated, sex_id, age_band_id,
  hosting_country_id, site_type_id)
SELECT i, o.code, o.counts_as, CASE WHEN n = 2 THEN 1 WHEN two THEN urls - 1 ELSE urls END,
  CASE WHEN good THEN (ARRAY['yes', 'no', 'undetermined', NULL])[1 + a %% 4] END,
  CASE WHEN good THEN (ARRAY['girls', 'girls', 'boys', 'both', 'undetermined', NULL])[1 + b %% 6] END,
  CASE WHEN good THEN (ARRAY['0-2', '3-5', '6-9', '10-11', '12-13', '14-15', '16-17', NULL])[1 + d %% 8] END,
  CASE WHEN good THEN (ARRAY['NL', 'NL', 'US', 'FR', 'DE', 'RU', 'UA', 'LU', 'SK', 'BG'])[1 + e %% 10] END,
  CASE WHEN good THEN (ARRAY['image_host', 'file_host', 'website', 'forum', 'social', 'blog'])[1 + f %% 6] END
FROM (
  SELECT i, {_MIXED}, outcome, urls, urls > 1 AND counts <> 'duplicate' AND counts <> 'out_of_remit'
    AND {_MIX.format(key="i", salt=3)} < 500 AS two
  FROM (SELECT r.id AS i, r.outcome_id AS outcome, r.url_count AS urls, q.counts_as AS counts FROM cases_report r
    JOIN cases_outcome q ON q.code = r.outcome_id WHERE r.id BETWEEN %(low)s AND %(high)s) reports
) mixed
CROSS JOIN generate_series(1, 2) n
JOIN cases_outcome o ON o.code = CASE WHEN n = 1 THEN outcome ELSE 'not_found' END
CROSS JOIN LATERAL (SELECT o.counts_as = 'confirmed' AS good) g
WHERE n = 1 OR two
ORDER BY i, n
"""
KEYS_SQL = """
INSERT INTO cases_senderkey (report_id, key_hash, content_hash)
SELECT i, md5('key' || i)::uuid, md5('content' || i)::uuid
FROM generate_series(%(low)s::bigint, least(%(high)s, %(imported)s)) i
"""
REFERRALS_SQL = f"""
INSERT INTO cases_referral (report_id, recipient_id, url_count, sent_date, acted_date, action)
SELECT id, (SELECT min(id) FROM cases_recipient) + id %% {RECIPIENTS}, 1, received_date,
  CASE WHEN referral_status = 'completed' THEN least(received_date + (id %% 30)::int, %(last)s::date) END,
  CASE WHEN referral_status = 'completed' THEN (ARRAY['removed', 'removed', 'disabled', 'none'])[1 + id %% 4] END
FROM cases_report WHERE id BETWEEN %(low)s AND %(high)s AND referral_status IN ('completed', 'referred')
"""
LOGGED_SQL = """
INSERT INTO cases_auditevent (at, actor, verb, subject, subject_key, report_id, changes)
SELECT r.entered_at, u.reference, 'log', 'report', r.id::text, r.id, jsonb_build_object(
  'state', ARRAY[NULL, 'received'], 'source', ARRAY[NULL, r.source_id], 'url_count', ARRAY[NULL, r.url_count::text],
  'received_date', ARRAY[NULL, r.received_date::text])
FROM cases_report r
LEFT JOIN accounts_user u ON u.id = (%(people)s::bigint[])[1 + r.id %% greatest(1, cardinality(%(people)s::bigint[]))]
WHERE r.id > %(imported)s ORDER BY r.id
"""
MARKS_SQL = """
INSERT INTO stats_dirtymonth (month)
SELECT month::date FROM generate_series(date_trunc('month', %(first)s::date), %(last)s::date, interval '1 month') month
"""
SEQUENCE_SQL = "SELECT setval(pg_get_serial_sequence('cases_report', 'id'), %(reports)s)"
# What is recorded of every day: else a year of before the installation is none.
COVERAGE_SQL = "UPDATE cases_coverageperiod SET from_date = least(from_date, date_trunc('year', %(first)s::date)::date)"


@dataclass(frozen=True, kw_only=True)
class Size:
    """So many reports, received evenly from the first day to the last."""

    reports: int
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days that are."""
        return (self.last - self.first).days + 1

    @property
    def imported(self) -> int:
        """How many came with imports; the rest was logged."""
        return self.reports - min(MOST_LOGGED, self.reports // 10)


def fill(cursor: Any, size: Size, *, people: list[int], say: Callable[[str], None] = lambda _text: None) -> None:
    """Write the records into tables that are empty, as a superuser. ``people``: keys of who works on them.

    Afterwards every month is marked, to be recounted, and every event is noted, to be sealed.
    """
    values = {
        **vars(size), "days": size.days, "imported": size.imported, "people": people, "recipients": RECIPIENTS
    }  # fmt: skip
    for statement in (COVERAGE_SQL, RECIPIENTS_SQL, BATCHES_SQL, BATCH_EVENTS_SQL):
        cursor.execute(statement, values)
    cursor.execute("SELECT min(id) FROM cases_importbatch")
    values["first_batch"] = cursor.fetchone()[0]
    left_out = list(_indexes(cursor)) if size.reports >= WITHOUT_INDEXES_FROM else []
    for drop, _make in left_out:
        cursor.execute(drop)
    cursor.execute("SET session_replication_role = replica")
    try:
        for low in range(1, size.reports + 1, AT_ONCE):
            part = {**values, "low": low, "high": min(low + AT_ONCE - 1, size.reports)}
            for statement in (REPORTS_SQL, FINDINGS_SQL, KEYS_SQL, REFERRALS_SQL):
                cursor.execute(statement, part)
            say(f"{part['high']:,} of {size.reports:,} reports")
    finally:
        cursor.execute("SET session_replication_role = origin")
    for _drop, make in reversed(left_out):
        say(make[:100])
        cursor.execute(make)
    for statement in (SEQUENCE_SQL, LOGGED_SQL, MARKS_SQL):
        cursor.execute(statement, values)


def _indexes(cursor: Any) -> Iterator[tuple[str, str]]:
    """What takes an index or a key away and what makes it again; primary keys stay, rows come in their order."""
    cursor.execute(
        "SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),"
        " format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))"
        " FROM pg_constraint WHERE conrelid = ANY(%s::regclass[]) AND contype = 'u'",
        [list(TABLES)],
    )
    yield from cursor.fetchall()
    cursor.execute(
        "SELECT format('DROP INDEX %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid = ANY(%s::regclass[]) AND NOT EXISTS"
        " (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('u', 'p'))",
        [list(TABLES)],
    )
    yield from cursor.fetchall()
