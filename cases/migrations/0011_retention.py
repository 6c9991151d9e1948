"""What is removed at the end of its time: months of reports, and audit events of sealed blocks."""

import django.db.models.functions.datetime
from django.db import migrations, models

# Removes the events of whole blocks that were sealed longer ago than the owner of the schema allows, the oldest block
# first, and says so in the log itself. It runs with the owner's rights: the application has none to remove an event,
# and can neither write the limit nor pass one in. Triggers refuse DELETE but where this says that it is at work, which
# helps nobody without the right.
PRUNING = """
CREATE OR REPLACE FUNCTION cases_audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'cases_auditevent'
    AND current_setting('hotline.pruning', true) = 'on'
  THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION cases_prunable_block() RETURNS bigint LANGUAGE sql STABLE
SET search_path = pg_catalog, public AS $$
  -- The last of the blocks from the first on that are all old enough. NULL: there is none.
  SELECT max(b.number) FROM public.cases_auditblock b, public.cases_retentionlimit l
  WHERE b.sealed_at < now() - make_interval(years => l.audit_years)
    AND NOT EXISTS (
      SELECT FROM public.cases_auditblock o
      WHERE o.number < b.number AND o.sealed_at >= now() - make_interval(years => l.audit_years)
    )
$$;

CREATE FUNCTION cases_prune_audit(most integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE
  last_block bigint := public.cases_prunable_block();
  removed bigint;
  blocks bigint[];
BEGIN
  -- After the last one that was removed, as many as fit, and one at least.
  blocks := ARRAY(
    SELECT number FROM (
      SELECT b.number, b.events, sum(b.events) OVER (ORDER BY b.number) AS upto
      FROM public.cases_auditblock b
      WHERE b.number <= last_block AND b.number > coalesce((
        SELECT max(e.subject_key::bigint) FROM public.cases_auditevent e
        WHERE e.verb = 'audit_prune' AND e.subject = 'audit' AND e.subject_key ~ '^[0-9]{1,18}$'
      ), 0)
    ) held
    WHERE upto <= most OR upto = events ORDER BY number
  );
  IF cardinality(blocks) = 0 THEN
    RETURN 0;
  END IF;
  PERFORM set_config('hotline.pruning', 'on', true);
  DELETE FROM public.cases_auditevent e USING public.cases_auditrange r
    WHERE r.block_id = ANY (blocks) AND e.id BETWEEN r.first_event AND r.last_event;
  GET DIAGNOSTICS removed = ROW_COUNT;
  PERFORM set_config('hotline.pruning', 'off', true);
  INSERT INTO public.cases_auditevent (at, verb, subject, subject_key, changes) VALUES (
    now(), 'audit_prune', 'audit', blocks[cardinality(blocks)]::text,
    jsonb_build_object('events', jsonb_build_array(removed::text, NULL))
  );
  RETURN removed;
END $$;
"""
PRUNING_BACK = """
DROP FUNCTION cases_prune_audit(integer);
DROP FUNCTION cases_prunable_block();
CREATE OR REPLACE FUNCTION cases_audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = (("cases", "0010_patterns_of_columns"),)
    operations = (
        migrations.CreateModel(
            name="RetiredMonth",
            fields=[
                ("month", models.DateField(primary_key=True, serialize=False)),
                ("retired_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("release", models.PositiveIntegerField()),
                ("reports", models.PositiveBigIntegerField(default=0)),
                ("findings", models.PositiveBigIntegerField(default=0)),
                ("referrals", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "ordering": ("month",),
                "constraints": [
                    models.CheckConstraint(name="retiredmonth_begins", condition=models.Q(month__day=1)),
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionLimit",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("audit_years", models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(name="retentionlimit_is_one_row", condition=models.Q(id=1)),
                    models.CheckConstraint(
                        name="retentionlimit_a_year_at_least", condition=models.Q(audit_years__gte=1)
                    ),
                ],
            },
        ),
        migrations.RunSQL(PRUNING, PRUNING_BACK),
    )
