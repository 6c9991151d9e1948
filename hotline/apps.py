"""The project's own app: its commands, template tags and static files."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class HotlineConfig(AppConfig):
    """Wires what belongs to no single app: the rights of the application's database role."""

    name = "hotline"

    def ready(self) -> None:
        """Give the application's role its rights after every migrate, and let tasks know their Celery app."""
        import hotline.celery  # noqa: F401, PLC0415 - a task sent from a page must find the broker's address
        from hotline.grants import grant_application_role  # noqa: PLC0415 - apps must be loaded first

        # Django sends the signal for apps that have models only; ours is sent for once every table is there.
        post_migrate.connect(grant_application_role, sender=apps.get_app_config("accounts"))
