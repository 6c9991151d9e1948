"""The cases app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The write side: reports, findings, referrals, code lists, the audit log. Knows nothing of statistics."""

    name = "cases"

    def ready(self) -> None:
        """Keep the audit log of accounts, too."""
        from cases.actions.accounts_audit import record_account_event  # noqa: PLC0415 - models must be loaded first
        from hotline.accounts.signals import account_changed  # noqa: PLC0415

        account_changed.connect(record_account_event, dispatch_uid="cases.accounts_audit")
