"""The app of second factors."""

from django.apps import AppConfig


class FactorsConfig(AppConfig):
    """Authenticator apps, recovery codes, passkeys, identities at a provider."""

    name = "hotline.accounts.factors"
    label = "factors"
    default_auto_field = "django.db.models.BigAutoField"
