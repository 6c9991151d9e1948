"""By which declarations a month was counted; and a recipient's kind, which is counted too, marks its months."""

from django.db import migrations, models

# The kind of a recipient is looked up at counting, so changing it changes months that no other trigger sees. A name or
# a country is not counted and marks nothing.
RECIPIENTS = """
CREATE FUNCTION stats_mark_recipients_updated() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER mark_updated AFTER UPDATE ON cases_recipient
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stats_mark_recipients_updated();
"""
RECIPIENTS_BACK = """
DROP TRIGGER mark_updated ON cases_recipient;
DROP FUNCTION stats_mark_recipients_updated();
"""


class Migration(migrations.Migration):
    """A column and a trigger."""

    dependencies = (("stats", "0002_marks"),)
    operations = (
        migrations.AddField(
            model_name="countedmonth",
            name="definitions",
            field=models.CharField(db_collation="C", default="", max_length=16),
        ),
        migrations.RunSQL(RECIPIENTS, RECIPIENTS_BACK),
    )
