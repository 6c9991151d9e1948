"""The app that watches."""

from django.apps import AppConfig


class HealthConfig(AppConfig):
    """When the clock last ticked, what the nightly checks found, when the last backup was made."""

    name = "hotline.health"
    label = "health"
    default_auto_field = "django.db.models.BigAutoField"
