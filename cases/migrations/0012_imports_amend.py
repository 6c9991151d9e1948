"""Files amend, and bring referrals: what a batch counts, whose word a referral is, and what recipients are called."""

import django.db.models.deletion
from django.db import migrations, models

import hotline.metadata_only

CODE = "^(?!.*[0-9]{5})(?!.*(?=[A-Za-z0-9]*[0-9])(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{9})[a-z][a-z0-9]*(_[a-z0-9]+)*$"

# From the name, where that gives a code that no other has; else a number. No code has five digits side by side.
CODES = f"""
WITH named AS (
  SELECT id, left(trim(both '_' FROM regexp_replace(lower(translate(name,
      'ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöøùúûüýÿ',
      'AAAAAACEEEEIIIINOOOOOOUUUUYaaaaaaceeeeiiiinoooooouuuuyy')), '[^a-z0-9]+', '_', 'g')), 33) AS code
  FROM cases_recipient
), counted AS (
  SELECT id, code, count(*) OVER (PARTITION BY code) AS times FROM named
)
UPDATE cases_recipient r SET code = CASE
  WHEN c.times = 1 AND length(c.code) <= 32 AND c.code ~ '{CODE}' AND c.code !~ '^recipient_' THEN c.code
  WHEN r.id < 10000 THEN 'recipient_' || r.id
  ELSE 'recipient_' || r.id / 10000 || '_' || r.id % 10000
END
FROM counted c WHERE c.id = r.id
"""  # noqa: S608 - a pattern of our own


class Migration(migrations.Migration):
    dependencies = (("cases", "0011_retention"),)
    operations = (
        migrations.RenameField("importbatch", "report_count", "new_count"),
        migrations.AddField(
            "importbatch",
            "kind",
            models.CharField(
                choices=[("reports", "reports"), ("referrals", "referrals")],
                db_collation="C",
                default="reports",
                max_length=16,
            ),
        ),
        migrations.AddField("importbatch", "digest", models.CharField(db_collation="C", max_length=64, null=True)),
        migrations.AddField("importbatch", "same_count", models.PositiveIntegerField(default=0)),
        migrations.AddField("importbatch", "changed_count", models.PositiveIntegerField(default=0)),
        migrations.AlterField("importbatch", "finding_count", models.PositiveIntegerField(default=0)),
        migrations.AddConstraint(
            "importbatch",
            models.CheckConstraint(
                condition=models.Q(kind__in=["reports", "referrals"]), name="importbatch_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            "importbatch",
            models.CheckConstraint(
                condition=models.Q(digest__regex="^[0-9a-f]{64}$"), name="importbatch_digest_is_plain"
            ),
        ),
        migrations.AddField(
            "referral",
            "import_batch",
            models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="cases.importbatch"
            ),
        ),
        migrations.AddField(
            "recipient", "code", models.CharField(db_collation="C", max_length=32, null=True, verbose_name="code")
        ),
        migrations.RunSQL(CODES, migrations.RunSQL.noop),
        migrations.AlterField(
            "recipient",
            "code",
            models.CharField(
                db_collation="C",
                max_length=32,
                unique=True,
                validators=[hotline.metadata_only.validate_code],
                verbose_name="code",
            ),
        ),
        migrations.AddConstraint(
            "recipient", models.CheckConstraint(condition=models.Q(code__regex=CODE), name="recipient_code_is_plain")
        ),
    )
