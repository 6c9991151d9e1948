"""A month whose records were removed is not marked and not counted again, and nothing is written in it any more.

Every write to what is counted leaves a mark (0002, 0007), so the mark is where it is refused.
"""

from django.db import migrations, models

# Of months that ended less than a year ago none is removed: they take no lock. The lock is shared with the one who
# retires the month (cases.actions.retention), and taken before the ledger is looked at: who writes is either seen by
# the one who retires, or sees the ledger. A snapshot kept from before would not see it.
MARKED = """
CREATE FUNCTION stats_refuse_retired() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.month >= date_trunc('month', hotline_today()) - interval '11 months' THEN
    RETURN NEW;
  END IF;
  PERFORM pg_advisory_xact_lock_shared(
    1380275273, (extract(year FROM NEW.month) * 12 + extract(month FROM NEW.month) - 1)::integer
  );
  IF NOT EXISTS (SELECT FROM cases_retiredmonth WHERE month = NEW.month) THEN
    RETURN NEW;
  END IF;
  IF current_setting('hotline.retiring', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'the records of this month were removed; nothing is written in it any more'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'month_is_retired';
END $$;
CREATE TRIGGER refuse_retired BEFORE INSERT ON stats_dirtymonth
  FOR EACH ROW EXECUTE FUNCTION stats_refuse_retired();
"""
MARKED_BACK = """
DROP TRIGGER refuse_retired ON stats_dirtymonth;
DROP FUNCTION stats_refuse_retired();
"""

# What a recipient is may change; what was published of a month that is gone stays.
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
    WHERE n.kind <> o.kind
    EXCEPT
    SELECT month FROM cases_retiredmonth;
  RETURN NULL;
END $$;
"""
RECIPIENTS_BACK = """
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
TRUNCATED = """
CREATE OR REPLACE FUNCTION stats_mark_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO stats_dirtymonth (month)
    (
      SELECT month FROM stats_countedmonth
      UNION
      SELECT date_trunc('month', received_date)::date FROM cases_report
      UNION
      SELECT date_trunc('month', sent_date)::date FROM cases_referral
    )
    EXCEPT
    SELECT month FROM cases_retiredmonth;
  RETURN NULL;
END $$;
"""
TRUNCATED_BACK = """
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


class Migration(migrations.Migration):
    dependencies = (("stats", "0013_patterns_of_columns"), ("cases", "0011_retention"))
    operations = (
        migrations.RunSQL(MARKED, MARKED_BACK),
        migrations.RunSQL(RECIPIENTS, RECIPIENTS_BACK),
        migrations.RunSQL(TRUNCATED, TRUNCATED_BACK),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("finished_at", models.DateTimeField()),
                ("sweep", models.CharField(db_collation="C", max_length=32)),
                ("removed", models.PositiveBigIntegerField()),
            ],
            options={
                "ordering": ("-pk",),
                "constraints": [
                    models.CheckConstraint(
                        name="retentionrun_sweep_is_plain",
                        condition=models.Q(
                            sweep__regex="^(?!.*[0-9]{5})(?!.*(?=[A-Za-z0-9]*[0-9])(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{9})[a-z][a-z0-9]*(_[a-z0-9]+)*$"
                        ),
                    ),
                ],
            },
        ),
    )
