"""A release holds the head of the sealed audit log; the runs of its check are kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("stats", "0011_counting_rules"),)
    operations = (
        migrations.AddField(model_name="release", name="audit_block", field=models.PositiveBigIntegerField(null=True)),
        migrations.AddField(
            model_name="release",
            name="audit_head",
            field=models.CharField(blank=True, db_collation="C", default="", max_length=64),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                name="release_audit_head_is_of_a_block",
                condition=models.Q(audit_block__isnull=True, audit_head="")
                | models.Q(audit_block__gte=1) & ~models.Q(audit_head=""),
            ),
        ),
        migrations.CreateModel(
            name="AuditCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("finished_at", models.DateTimeField()),
                ("events", models.PositiveBigIntegerField()),
                ("blocks", models.PositiveBigIntegerField()),
                ("faults", models.PositiveIntegerField()),
            ],
            options={"ordering": ("-pk",)},
        ),
    )
