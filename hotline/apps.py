"""The project's own app: its commands, template tags and static files."""

from django.apps import AppConfig, apps
from django.core import checks
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class HotlineConfig(AppConfig):
    """Wires what belongs to no single app: the rights of the application's database role."""

    name = "hotline"

    def ready(self) -> None:
        """Wire what every process needs: the guards of models and connections, grants after migrate, the Celery app."""
        import hotline.celery  # noqa: F401, PLC0415 - a task sent from a page must find the broker's address
        from hotline.database_errors import wrap_connection  # noqa: PLC0415 - apps must be loaded first
        from hotline.grants import grant_application_role, set_retention_limit  # noqa: PLC0415 - apps must be loaded first
        from hotline.metadata_only.model_check import check_models  # noqa: PLC0415 - apps must be loaded first
        from hotline.server_log import look_at_connection  # noqa: PLC0415 - apps must be loaded first

        checks.register(check_models, checks.Tags.models)
        connection_created.connect(wrap_connection)
        connection_created.connect(look_at_connection)

        # Django sends the signal for apps that have models only; ours is sent for once every table is there.
        post_migrate.connect(grant_application_role, sender=apps.get_app_config("accounts"))
        post_migrate.connect(set_retention_limit, sender=apps.get_app_config("accounts"))
