"""A person's name can be erased, for good: the row stays switched off and nobody's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("accounts", "0002_sign_in"),)
    operations = (
        migrations.AddField(model_name="user", name="erased_at", field=models.DateTimeField(editable=False, null=True)),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                name="user_erased_is_nobody",
                condition=models.Q(erased_at__isnull=True) | models.Q(is_active=False, last_login=None, name="erased"),
            ),
        ),
    )
