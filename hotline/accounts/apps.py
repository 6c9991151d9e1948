"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, roles, sign-in and the permission table."""

    name = "hotline.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Note in each session when somebody signed in."""
        from django.contrib.auth.signals import user_logged_in  # noqa: PLC0415 - apps must be loaded first

        from hotline.accounts.sessions import note_sign_in  # noqa: PLC0415 - the same

        user_logged_in.connect(note_sign_in)
