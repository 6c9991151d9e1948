"""What only the database can promise: rules across rows and tables, and an audit log that has no past to edit.

Messages name the rule and never a value: PostgreSQL writes them to its log.
"""

from django.conf import settings
from django.db import migrations

# STABLE SQL functions are inlined into the CHECK, so a COPY of a million rows does not feel it.
TODAY = f"""
CREATE FUNCTION hotline_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT (now() AT TIME ZONE '{settings.TIME_ZONE}')::date $$;

ALTER TABLE cases_report ADD CONSTRAINT report_not_received_in_the_future
  CHECK (received_date <= hotline_today());
ALTER TABLE cases_referral ADD CONSTRAINT referral_dates_not_in_the_future
  CHECK (sent_date <= hotline_today() AND acknowledged_date <= hotline_today() AND acted_date <= hotline_today());
"""
TODAY_BACK = """
ALTER TABLE cases_referral DROP CONSTRAINT referral_dates_not_in_the_future;
ALTER TABLE cases_report DROP CONSTRAINT report_not_received_in_the_future;
DROP FUNCTION hotline_today();
"""

OUTCOME_PAIR = """
ALTER TABLE cases_finding ADD CONSTRAINT finding_outcome_counts_as
  FOREIGN KEY (outcome_id, counts_as) REFERENCES cases_outcome (code, counts_as) ON UPDATE CASCADE;
"""
OUTCOME_PAIR_BACK = "ALTER TABLE cases_finding DROP CONSTRAINT finding_outcome_counts_as;"

# Two writers of one report: each first locks the report's row, then (a new statement, so a new snapshot) adds up what
# is committed by then. Reports made in this very transaction are seen by no one else and need no lock, which is what
# keeps a big COPY quick. A transaction that keeps the snapshot it began with would add up without what was committed while
# it waited, and is refused; one that only reads is not.
TALLIES = """
CREATE FUNCTION cases_tallies_fit(reports bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- READ UNCOMMITTED is the same thing in PostgreSQL.
  IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
    RAISE EXCEPTION 'findings are written, and a url_count is lowered, at READ COMMITTED only'
      USING ERRCODE = 'invalid_transaction_state';
  END IF;
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

CREATE FUNCTION cases_finding_tallies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM cases_tallies_fit(ARRAY(SELECT DISTINCT report_id FROM new_rows));
  RETURN NULL;
END $$;
CREATE TRIGGER finding_tallies_fit_insert AFTER INSERT ON cases_finding
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION cases_finding_tallies();
CREATE TRIGGER finding_tallies_fit_update AFTER UPDATE ON cases_finding
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION cases_finding_tallies();

CREATE FUNCTION cases_referral_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM cases_report
    WHERE id IN (SELECT report_id FROM new_rows) AND xmin <> pg_current_xact_id()::xid
    ORDER BY id FOR NO KEY UPDATE;
  IF EXISTS (
    SELECT 1 FROM new_rows f JOIN cases_report r ON r.id = f.report_id WHERE f.url_count > r.url_count
  ) THEN
    RAISE EXCEPTION 'a referral speaks of more than the url_count of its report'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_count_fits';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER referral_count_fits_insert AFTER INSERT ON cases_referral
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION cases_referral_counts();
CREATE TRIGGER referral_count_fits_update AFTER UPDATE ON cases_referral
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION cases_referral_counts();

CREATE FUNCTION cases_report_url_count_lowered() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lowered bigint[];
BEGIN
  lowered := ARRAY(SELECT n.id FROM new_rows n JOIN old_rows o USING (id) WHERE n.url_count < o.url_count);
  IF cardinality(lowered) > 0 THEN
    PERFORM cases_tallies_fit(lowered);
    IF EXISTS (
      SELECT 1 FROM cases_referral f JOIN new_rows r ON r.id = f.report_id
      WHERE r.id = ANY (lowered) AND f.url_count > r.url_count
    ) THEN
      RAISE EXCEPTION 'a referral speaks of more than the url_count of its report'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_count_fits';
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER report_url_count_lowered AFTER UPDATE ON cases_report
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION cases_report_url_count_lowered();
"""
TALLIES_BACK = """
DROP TRIGGER report_url_count_lowered ON cases_report;
DROP FUNCTION cases_report_url_count_lowered();
DROP TRIGGER referral_count_fits_insert ON cases_referral;
DROP TRIGGER referral_count_fits_update ON cases_referral;
DROP FUNCTION cases_referral_counts();
DROP TRIGGER finding_tallies_fit_insert ON cases_finding;
DROP TRIGGER finding_tallies_fit_update ON cases_finding;
DROP FUNCTION cases_finding_tallies();
DROP FUNCTION cases_tallies_fit(bigint[]);
"""

# jsonpath, so that the rule is a CHECK and not a function: an object of fields, each [before, after], each side null
# or plain. The lists of a plain value are short enough for no text to hide in.
AUDIT = r"""
ALTER TABLE cases_auditevent ADD CONSTRAINT auditevent_changes_are_plain CHECK (
  jsonb_typeof(changes) = 'object'
  AND NOT jsonb_path_exists(changes, 'strict $.keyvalue() ? (!(@.key like_regex "^[a-z_]{1,32}$"))')
  AND NOT jsonb_path_exists(changes, 'strict $.* ? (@.type() != "array" || @.size() != 2)')
  AND NOT jsonb_path_exists(
    changes,
    'strict $.*[*] ? (@.type() != "null" && !(@.type() == "string" && @ like_regex "^[A-Za-z0-9_-]{1,40}$"))'
  )
);

CREATE FUNCTION cases_audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER auditevent_append_only BEFORE UPDATE OR DELETE ON cases_auditevent
  FOR EACH STATEMENT EXECUTE FUNCTION cases_audit_log_is_append_only();
CREATE TRIGGER auditevent_no_truncate BEFORE TRUNCATE ON cases_auditevent
  FOR EACH STATEMENT EXECUTE FUNCTION cases_audit_log_is_append_only();
"""
AUDIT_BACK = """
DROP TRIGGER auditevent_no_truncate ON cases_auditevent;
DROP TRIGGER auditevent_append_only ON cases_auditevent;
DROP FUNCTION cases_audit_log_is_append_only();
ALTER TABLE cases_auditevent DROP CONSTRAINT auditevent_changes_are_plain;
"""

# A transaction that writes very many rows: an autoanalyze that comes by meanwhile sees none of them, and notes a table of
# many pages with no rows. To the planner every index is then as good as any other, and a million foreign key checks at
# COMMIT go through the index on the date. Analyzing belongs to the owner; this lets the application do just that.
ANALYZING = """
CREATE FUNCTION cases_analyze_reports() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$ BEGIN ANALYZE public.cases_report; END $$;
CREATE FUNCTION cases_analyze_findings() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $$ BEGIN ANALYZE public.cases_finding; ANALYZE public.cases_senderkey; END $$;
"""
ANALYZING_BACK = """
DROP FUNCTION cases_analyze_findings();
DROP FUNCTION cases_analyze_reports();
"""


class Migration(migrations.Migration):
    """Rules in SQL."""

    dependencies = (("cases", "0001_initial"),)
    operations = (
        migrations.RunSQL(TODAY, TODAY_BACK),
        migrations.RunSQL(OUTCOME_PAIR, OUTCOME_PAIR_BACK),
        migrations.RunSQL(TALLIES, TALLIES_BACK),
        migrations.RunSQL(AUDIT, AUDIT_BACK),
        migrations.RunSQL(ANALYZING, ANALYZING_BACK),
    )
