"""Age schemes have versions. Those there are become version 1 of themselves."""

from typing import Any

from django.db import migrations, models
from django.db.models import F


def fill(apps: Any, _schema_editor: Any) -> None:
    """Each is a family of its own so far."""
    apps.get_model("cases", "AgeScheme").objects.update(family=F("code"))


class Migration(migrations.Migration):
    """Three columns."""

    dependencies = (("cases", "0005_auditevent_indexes"),)
    operations = (
        migrations.AddField(
            "agescheme", "family", models.CharField(db_collation="C", default="", max_length=32), preserve_default=False
        ),
        migrations.AddField("agescheme", "version", models.PositiveSmallIntegerField("version", default=1)),
        migrations.AddField("agescheme", "valid_from", models.DateField("in use from", blank=True, null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            "agescheme",
            models.CheckConstraint(
                condition=models.Q(("family__regex", "^[a-z][a-z0-9]*(_[a-z0-9]+)*$")), name="agescheme_family_is_plain"
            ),
        ),
        migrations.AddConstraint(
            "agescheme",
            models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="agescheme_version_from_1"),
        ),
        migrations.AddConstraint(
            "agescheme", models.UniqueConstraint(fields=("family", "version"), name="agescheme_version_once")
        ),
    )
