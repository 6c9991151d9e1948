"""Who may do what: one table, read by pages, API, the workflow and the tests. A leaf."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a person is here for. A user has exactly one role."""

    ANALYST = "analyst", _("analyst")
    LEAD = "lead", _("team lead")
    ADMINISTRATOR = "administrator", _("administrator")
    AUDITOR = "auditor", _("auditor")
    READER = "reader", _("statistics reader")


class Permission(StrEnum):
    """One thing that may be done. ``PUBLIC`` and ``SIGNED_IN`` are for pages that need no role."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    REPORT_VIEW = "report.view"
    REPORT_LOG = "report.log"
    REPORT_TRIAGE = "report.triage"
    REPORT_REFER = "report.refer"
    REPORT_VOID = "report.void"
    REPORT_RESTORE = "report.restore"
    FIGURES_VIEW = "figures.view"
    FIGURES_EXPORT = "figures.export"
    RELEASES_VIEW = "releases.view"
    RELEASES_EXACT = "releases.exact"  # what is suppressed in what leaves the house, and what would be frozen
    RELEASES_EXPORT = "releases.export"
    RELEASES_FREEZE = "releases.freeze"
    AUDIT_VIEW = "audit.view"
    ADMINISTRATION_VIEW = "administration.view"
    USERS_MANAGE = "users.manage"
    RECIPIENTS_MANAGE = "recipients.manage"
    CODES_MANAGE = "codes.manage"
    COVERAGE_MANAGE = "coverage.manage"
    HISTORY_MANAGE = "history.manage"
    RULES_MANAGE = "rules.manage"


_WORK = {
    Permission.REPORT_VIEW,
    Permission.REPORT_LOG,
    Permission.REPORT_TRIAGE,
    Permission.REPORT_REFER,
    Permission.REPORT_VOID,
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ANALYST: frozenset(_WORK),
    Role.LEAD: frozenset(
        _WORK
        | {
            Permission.REPORT_RESTORE,
            Permission.FIGURES_VIEW,
            Permission.FIGURES_EXPORT,
            Permission.RELEASES_VIEW,
            Permission.RELEASES_EXACT,
            Permission.RELEASES_EXPORT,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.REPORT_VIEW,
            Permission.FIGURES_VIEW,
            Permission.FIGURES_EXPORT,
            Permission.RELEASES_VIEW,
            Permission.RELEASES_EXACT,
            Permission.RELEASES_EXPORT,
            Permission.RELEASES_FREEZE,
            Permission.ADMINISTRATION_VIEW,
            Permission.USERS_MANAGE,
            Permission.RECIPIENTS_MANAGE,
            Permission.CODES_MANAGE,
            Permission.COVERAGE_MANAGE,
            Permission.HISTORY_MANAGE,
            Permission.RULES_MANAGE,
        }
    ),
    Role.AUDITOR: frozenset({Permission.AUDIT_VIEW}),
    # Published figures and nothing that is counted now (docs/adr/who-reads-which-figures.md).
    Role.READER: frozenset({Permission.RELEASES_VIEW, Permission.RELEASES_EXPORT}),
}


def role_may(role: str, permission: Permission) -> bool:
    """Whether someone of this role, signed in, may do this."""
    if permission in {Permission.PUBLIC, Permission.SIGNED_IN}:
        return True
    return permission in GRANTS[Role(role)]
