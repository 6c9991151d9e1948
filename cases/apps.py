"""The cases app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The write side: reports, findings, referrals, code lists, the audit log. Knows nothing of statistics."""

    name = "cases"
