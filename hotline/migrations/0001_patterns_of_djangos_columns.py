"""Django's own text columns get the CHECKs of the list of columns, as ours have them (hotline.metadata_only.tables)."""

from django.db import migrations

# As the list says it at the time of this migration.
NAME = "^[a-z0-9_]{1,100}$"
PATTERNS = {
    "django_migrations": {"app": NAME, "name": NAME},
    "django_content_type": {"app_label": NAME, "model": NAME},
    "auth_permission": {"name": "^Can (add|change|delete|view) [A-Za-z0-9 -]{1,100}$", "codename": NAME},
    "auth_group": {"name": "^$"},
    "django_session": {"session_key": "^$", "session_data": "^$"},
}


class Migration(migrations.Migration):
    """By SQL: no model of ours makes these tables."""

    initial = True
    dependencies = (
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
    )
    operations = (
        # Sessions are kept in a table of our own (accounts_session): who was signed in signs in again.
        migrations.RunSQL("DELETE FROM django_session", migrations.RunSQL.noop),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_is_plain CHECK ({column} ~ '{pattern}')",
                f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_is_plain",
            )
            for table, columns in PATTERNS.items()
            for column, pattern in columns.items()
        ),
    )
