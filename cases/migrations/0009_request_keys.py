"""One table of keys for what is sent again, instead of one for the log form alone. Its keys are taken along."""

from django.db import migrations, models

# Who logged a report stands in the audit log. What was asked is not known any more: any content is taken for the same.
TAKE_ALONG = """
INSERT INTO cases_requestkey (key, actor, verb, content_digest, subject, subject_key, status, written_at)
SELECT form.key, logged.actor, 'log', NULL, 'report', form.report_id::text, 200, form.submitted_at
FROM cases_submittedform form
CROSS JOIN LATERAL (
  SELECT actor FROM cases_auditevent
  WHERE report_id = form.report_id AND subject = 'report' AND verb = 'log' AND actor IS NOT NULL
  ORDER BY id LIMIT 1
) logged;
"""
TAKE_BACK = """
INSERT INTO cases_submittedform (key, report_id, submitted_at)
SELECT key, subject_key::bigint, written_at FROM cases_requestkey
WHERE subject = 'report' AND verb = 'log';
"""
CODES = (
    ("verb", r"^[a-z_]{1,32}$", "requestkey_verb_is_a_code"),
    ("content_digest", r"^[0-9a-f]{64}$", "requestkey_digest_is_sha256"),
    ("subject", r"^[a-z_]{1,16}$", "requestkey_subject_is_a_code"),
    ("subject_key", r"^[A-Za-z0-9_-]{1,40}$", "requestkey_subject_key_is_a_key"),
)


class Migration(migrations.Migration):
    """Make the one, fill it, drop the other."""

    dependencies = (("cases", "0008_audit_seal"),)
    operations = (
        migrations.CreateModel(
            name="RequestKey",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("actor", models.UUIDField()),
                ("verb", models.CharField(db_collation="C", max_length=32)),
                ("content_digest", models.CharField(db_collation="C", max_length=64, null=True)),
                ("subject", models.CharField(db_collation="C", max_length=16)),
                ("subject_key", models.CharField(db_collation="C", max_length=40)),
                ("status", models.PositiveSmallIntegerField()),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["written_at"], name="requestkey_by_time")],
                "constraints": [
                    *(
                        models.CheckConstraint(condition=models.Q(**{f"{field}__regex": pattern}), name=name)
                        for field, pattern, name in CODES
                    ),
                    models.CheckConstraint(
                        condition=models.Q(status__gte=200, status__lte=299), name="requestkey_status_is_success"
                    ),
                ],
            },
        ),
        migrations.RunSQL(TAKE_ALONG, TAKE_BACK),
        migrations.DeleteModel(name="SubmittedForm"),
    )
