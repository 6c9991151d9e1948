"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, roles, sign-in and the permission table."""

    name = "hotline.accounts"
    label = "accounts"
