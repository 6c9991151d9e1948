"""A release that is written by hand, as in a trial, has no head of the audit log."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stats", "0015_days_of_a_year_and_more"),
    ]

    operations = [
        migrations.AlterField(
            model_name="release",
            name="audit_head",
            field=models.CharField(blank=True, db_collation="C", db_default="", default="", max_length=64),
        ),
    ]
