"""Referrals are counted by the date they were sent, too: what changes that marks the months of sending.

A referral marks the month it is, or was, sent in. A report marks those of its referrals when it becomes void or is
restored, and when its outcome, which tells the type of content of a notice, changes. A report just made has none.
"""

from django.db import migrations

# A referral deleted together with its report finds no report, but still has its own date.
REFERRALS = """
CREATE FUNCTION stats_mark_referrals_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    SELECT date_trunc('month', r.received_date)::date
    FROM cases_report r WHERE r.id IN (SELECT report_id FROM new_rows)
    UNION
    SELECT date_trunc('month', sent_date)::date FROM new_rows;
  RETURN NULL;
END $$;
CREATE FUNCTION stats_mark_referrals_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    SELECT date_trunc('month', r.received_date)::date
    FROM cases_report r WHERE r.id IN (SELECT report_id FROM old_rows)
    UNION
    SELECT date_trunc('month', sent_date)::date FROM old_rows;
  RETURN NULL;
END $$;
CREATE FUNCTION stats_mark_referrals_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    SELECT date_trunc('month', r.received_date)::date
    FROM cases_report r
    WHERE r.id IN (SELECT report_id FROM old_rows UNION SELECT report_id FROM new_rows)
    UNION
    SELECT date_trunc('month', sent_date)::date FROM old_rows
    UNION
    SELECT date_trunc('month', sent_date)::date FROM new_rows;
  RETURN NULL;
END $$;
DROP TRIGGER mark_inserted ON cases_referral;
DROP TRIGGER mark_updated ON cases_referral;
DROP TRIGGER mark_deleted ON cases_referral;
CREATE TRIGGER mark_inserted AFTER INSERT ON cases_referral
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION stats_mark_referrals_inserted();
CREATE TRIGGER mark_updated AFTER UPDATE ON cases_referral
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stats_mark_referrals_updated();
CREATE TRIGGER mark_deleted AFTER DELETE ON cases_referral
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION stats_mark_referrals_deleted();
"""
REFERRALS_BACK = """
DROP TRIGGER mark_inserted ON cases_referral;
DROP TRIGGER mark_updated ON cases_referral;
DROP TRIGGER mark_deleted ON cases_referral;
CREATE TRIGGER mark_inserted AFTER INSERT ON cases_referral
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION stats_mark_parts_inserted();
CREATE TRIGGER mark_updated AFTER UPDATE ON cases_referral
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stats_mark_parts_updated();
CREATE TRIGGER mark_deleted AFTER DELETE ON cases_referral
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION stats_mark_parts_deleted();
DROP FUNCTION stats_mark_referrals_updated();
DROP FUNCTION stats_mark_referrals_deleted();
DROP FUNCTION stats_mark_referrals_inserted();
"""

# Old against new by EXCEPT and not by a join: a plan made when one row changed, and kept for the session, would go
# through a million new rows for each of a million old ones.
#
# A referral that another transaction has not committed yet is not missed: its writer holds the report's row
# (cases_referral_counts), so this statement's UPDATE has waited for it, and the trigger looks afterwards.
REPORTS_UPDATED = """
CREATE OR REPLACE FUNCTION stats_mark_reports_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    SELECT date_trunc('month', received_date)::date FROM old_rows
    UNION
    SELECT date_trunc('month', received_date)::date FROM new_rows
    UNION
    SELECT date_trunc('month', p.sent_date)::date
    FROM (
      SELECT id, state = 'void', outcome_id FROM old_rows
      EXCEPT
      SELECT id, state = 'void', outcome_id FROM new_rows
    ) changed
    JOIN cases_referral p ON p.report_id = changed.id;
  RETURN NULL;
END $$;
"""
REPORTS_UPDATED_BACK = """
CREATE OR REPLACE FUNCTION stats_mark_reports_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    SELECT date_trunc('month', received_date)::date FROM old_rows
    UNION
    SELECT date_trunc('month', received_date)::date FROM new_rows;
  RETURN NULL;
END $$;
"""

RECIPIENTS = """
CREATE OR REPLACE FUNCTION stats_mark_recipients_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    SELECT DISTINCT date_trunc('month', day)::date
    FROM new_rows n
    JOIN old_rows o USING (id)
    JOIN cases_referral p ON p.recipient_id = n.id
    JOIN cases_report r ON r.id = p.report_id
    CROSS JOIN LATERAL (VALUES (r.received_date), (p.sent_date)) days (day)
    WHERE n.kind <> o.kind;
  RETURN NULL;
END $$;
"""
RECIPIENTS_BACK = """
CREATE OR REPLACE FUNCTION stats_mark_recipients_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    SELECT DISTINCT date_trunc('month', r.received_date)::date
    FROM new_rows n
    JOIN old_rows o USING (id)
    JOIN cases_referral p ON p.recipient_id = n.id
    JOIN cases_report r ON r.id = p.report_id
    WHERE n.kind <> o.kind;
  RETURN NULL;
END $$;
"""

TRUNCATED = """
CREATE OR REPLACE FUNCTION stats_mark_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    SELECT month FROM stats_countedmonth
    UNION
    SELECT date_trunc('month', received_date)::date FROM cases_report
    UNION
    SELECT date_trunc('month', sent_date)::date FROM cases_referral;
  RETURN NULL;
END $$;
"""
TRUNCATED_BACK = """
CREATE OR REPLACE FUNCTION stats_mark_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    SELECT month FROM stats_countedmonth
    UNION
    SELECT DISTINCT date_trunc('month', received_date)::date FROM cases_report;
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    """Functions and triggers."""

    dependencies = (("stats", "0006_third_code"), ("cases", "0002_rules"))
    operations = (
        migrations.RunSQL(REFERRALS, REFERRALS_BACK),
        migrations.RunSQL(REPORTS_UPDATED, REPORTS_UPDATED_BACK),
        migrations.RunSQL(RECIPIENTS, RECIPIENTS_BACK),
        migrations.RunSQL(TRUNCATED, TRUNCATED_BACK),
    )
