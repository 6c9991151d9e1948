"""What only all rows of a report together, and what is known already, can tell. In SQL, on the staged rows."""

from collections.abc import Iterator
from typing import Any

from cases.importing.faults import SHOWN, Fault, Faults, Rule

# One row for each report of the file. A count below 0 could not be read, and has been noted. The hash of the content
# is over keyed hashes of the codes, in an order that is not the file's.
REPORTS = """
CREATE TEMP TABLE import_report ON COMMIT DROP AS
SELECT incoming.*, known.content_hash IS NOT NULL AS is_known, known.content_hash <> incoming.content AS is_other
FROM (
  SELECT r.key, min(r.place) AS first_place, max(r.place) AS last_place, count(*) AS row_count,
    min(r.head) AS head, max(r.head) AS last_head, min(r.url_count) AS least_count, max(r.url_count) AS url_count,
    count(*) FILTER (WHERE t.is_unassessed) AS unassessed_count,
    sum(r.finding_count) FILTER (WHERE r.finding_count > 0) AS assessed_count, min(t.precedence) AS precedence,
    coalesce(bool_or(t.counts_as = 'confirmed' AND r.finding_count > 0), false) AS has_confirmed,
    bool_or(h.is_bad OR t.is_bad OR r.url_count < 0 OR (r.finding_count < 0 AND NOT t.is_unassessed)) AS is_bad,
    encode(substring(sha256(convert_to(
      min(h.digest) || '*' || max(r.url_count)
        || string_agg(',' || t.digest || '*' || r.finding_count, '' ORDER BY t.digest, r.finding_count), 'UTF8'
    )) FROM 1 FOR 16), 'hex')::uuid AS content
  FROM import_row r JOIN import_head h ON h.number = r.head JOIN import_tail t ON t.number = r.tail
  GROUP BY r.key
) incoming LEFT JOIN cases_senderkey known ON known.key_hash = incoming.key
"""

# Each SELECT gives (place, column, rule). Heads that differ in number may still say the same: a head is numbered anew
# when it has been forgotten.
FAULTS = """
WITH fault (place, name, rule) AS (
  SELECT r.place, said.name, %(disagrees)s
  FROM import_report p
  JOIN import_row f ON f.key = p.key AND f.place = p.first_place JOIN import_head first ON first.number = f.head
  JOIN import_row r ON r.key = p.key JOIN import_head h ON h.number = r.head
  CROSS JOIN LATERAL (VALUES
    ('received_date', h.received_date <> first.received_date),
    ('source', h.source <> first.source),
    ('url_count', r.url_count >= 0 AND f.url_count >= 0 AND r.url_count <> f.url_count)
  ) said (name, differs)
  WHERE (p.head <> p.last_head OR p.least_count <> p.url_count) AND said.differs
  UNION ALL
  SELECT r.place, 'outcome', %(only_row)s
  FROM import_report p JOIN import_row r USING (key) JOIN import_tail t ON t.number = r.tail
  WHERE p.row_count > 1 AND p.unassessed_count > 0 AND t.is_unassessed
  UNION ALL
  SELECT last_place, 'finding_url_count', %(more_than_report)s FROM import_report
  WHERE assessed_count > url_count AND url_count >= 0
  UNION ALL
  SELECT first_place, 'report_key', %(other_numbers)s FROM import_report WHERE is_other AND NOT is_bad
)
SELECT place, name, rule, count(*) OVER () FROM fault ORDER BY place, name LIMIT %(shown)s
"""


def check_reports(cursor: Any, faults: Faults) -> None:
    """Put the staged rows together into ``import_report`` and note what is wrong with the reports."""
    cursor.execute(REPORTS)
    cursor.execute("ANALYZE import_report")
    rules = (Rule.DISAGREES, Rule.ONLY_ROW, Rule.MORE_THAN_REPORT, Rule.OTHER_NUMBERS)
    cursor.execute(FAULTS, {rule.value: rule.value for rule in rules} | {"shown": SHOWN})
    rows = cursor.fetchall()
    faults.add_all(_faults(rows), total=rows[0][3] if rows else 0)


def _faults(rows: list[tuple[int, str, str, int]]) -> Iterator[Fault]:
    for place, name, rule, _total in rows:
        yield Fault(place, name, Rule(rule))
