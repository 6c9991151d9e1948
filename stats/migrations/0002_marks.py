"""The database marks the month dirty, in the writer's own transaction, whoever writes and however.

Statement-level triggers with transition tables: one mark per statement and month, for a COPY of a million rows as for
one form. A moved date marks both months.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION stats_mark_reports_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    SELECT DISTINCT date_trunc('month', received_date)::date FROM new_rows;
  RETURN NULL;
END $$;
CREATE FUNCTION stats_mark_reports_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    SELECT DISTINCT date_trunc('month', received_date)::date FROM old_rows;
  RETURN NULL;
END $$;
CREATE FUNCTION stats_mark_reports_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    SELECT date_trunc('month', received_date)::date FROM old_rows
    UNION
    SELECT date_trunc('month', received_date)::date FROM new_rows;
  RETURN NULL;
END $$;

CREATE FUNCTION stats_mark_parts_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    SELECT DISTINCT date_trunc('month', r.received_date)::date
    FROM cases_report r WHERE r.id IN (SELECT report_id FROM new_rows);
  RETURN NULL;
END $$;
-- A part deleted together with its report finds no report here: the report's own trigger has marked the month.
CREATE FUNCTION stats_mark_parts_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    SELECT DISTINCT date_trunc('month', r.received_date)::date
    FROM cases_report r WHERE r.id IN (SELECT report_id FROM old_rows);
  RETURN NULL;
END $$;
CREATE FUNCTION stats_mark_parts_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    SELECT DISTINCT date_trunc('month', r.received_date)::date
    FROM cases_report r
    WHERE r.id IN (SELECT report_id FROM old_rows UNION SELECT report_id FROM new_rows);
  RETURN NULL;
END $$;

-- TRUNCATE has no rows to look at: every month that was ever counted or holds a report is marked before it.
CREATE FUNCTION stats_mark_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    SELECT month FROM stats_countedmonth
    UNION
    SELECT DISTINCT date_trunc('month', received_date)::date FROM cases_report;
  RETURN NULL;
END $$;
"""
FUNCTIONS_BACK = """
DROP FUNCTION stats_mark_truncated();
DROP FUNCTION stats_mark_parts_updated();
DROP FUNCTION stats_mark_parts_deleted();
DROP FUNCTION stats_mark_parts_inserted();
DROP FUNCTION stats_mark_reports_updated();
DROP FUNCTION stats_mark_reports_deleted();
DROP FUNCTION stats_mark_reports_inserted();
"""


def triggers(table: str, rows: str) -> tuple[str, str]:
    """The SQL that puts the four triggers on a table, and takes them off again."""
    there = f"""
    CREATE TRIGGER mark_inserted AFTER INSERT ON {table}
      REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION stats_mark_{rows}_inserted();
    CREATE TRIGGER mark_updated AFTER UPDATE ON {table}
      REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION stats_mark_{rows}_updated();
    CREATE TRIGGER mark_deleted AFTER DELETE ON {table}
      REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION stats_mark_{rows}_deleted();
    CREATE TRIGGER mark_truncated BEFORE TRUNCATE ON {table}
      FOR EACH STATEMENT EXECUTE FUNCTION stats_mark_truncated();
    """
    back = "".join(
        f"DROP TRIGGER mark_{event} ON {table};" for event in ("inserted", "updated", "deleted", "truncated")
    )
    return there, back


class Migration(migrations.Migration):
    """Triggers on the three tables that are counted."""

    dependencies = (("stats", "0001_initial"), ("cases", "0002_rules"))
    operations = (
        migrations.RunSQL(FUNCTIONS, FUNCTIONS_BACK),
        migrations.RunSQL(*triggers("cases_report", "reports")),
        migrations.RunSQL(*triggers("cases_finding", "parts")),
        migrations.RunSQL(*triggers("cases_referral", "parts")),
    )
