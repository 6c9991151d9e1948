"""Tallies are added up after waiting for other writers, which only READ COMMITTED then sees.

A transaction that keeps the snapshot it began with would add up without what was committed while it waited, and so let
through more than its report has. It is refused; one that reads is not.
"""

from django.db import migrations

TALLIES_FIT = """
CREATE OR REPLACE FUNCTION cases_tallies_fit(reports bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  {guard}
  PERFORM 1 FROM cases_report
    WHERE id = ANY (reports) AND xmin <> pg_current_xact_id()::xid
    ORDER BY id FOR NO KEY UPDATE;
  IF EXISTS (
    SELECT 1 FROM cases_report r
    JOIN (SELECT report_id, sum(url_count) AS n FROM cases_finding WHERE report_id = ANY (reports) GROUP BY report_id) f
      ON f.report_id = r.id
    WHERE f.n > r.url_count
  ) THEN
    RAISE EXCEPTION 'findings add up to more than the url_count of their report'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'finding_tallies_fit';
  END IF;
END $$;
"""
# READ UNCOMMITTED is the same thing in PostgreSQL.
GUARD = """
  IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
    RAISE EXCEPTION 'findings are written, and a url_count is lowered, at READ COMMITTED only'
      USING ERRCODE = 'invalid_transaction_state';
  END IF;
"""


class Migration(migrations.Migration):
    """One function."""

    dependencies = (("cases", "0005_auditevent_indexes"),)
    operations = (migrations.RunSQL(TALLIES_FIT.format(guard=GUARD), TALLIES_FIT.format(guard="")),)
