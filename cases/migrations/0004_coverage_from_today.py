"""A new installation records every dimension from the day it is installed on, and says so in its ledger."""

from typing import Any

from django.db import connection, migrations

DIMENSIONS = (
    "reports", "assessment", "self_generated", "sex", "age_band", "hosting_country", "site_type", "referrals",
)  # fmt: skip


def open_ledger(apps: Any, _schema_editor: Any) -> None:
    """One open-ended period for each dimension, from the hotline's today."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hotline_today()")
        (today,) = cursor.fetchone()
    period = apps.get_model("cases", "CoveragePeriod")
    period.objects.bulk_create(period(dimension=dimension, from_date=today) for dimension in DIMENSIONS)


class Migration(migrations.Migration):
    """Data."""

    dependencies = (("cases", "0003_code_lists"),)
    operations = (migrations.RunPython(open_ledger, migrations.RunPython.noop),)
