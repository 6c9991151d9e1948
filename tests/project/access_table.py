"""Who may enter: name of route -> identities, written by hand and apart from the product's own permission table.

Extend it when you add a route: a route that is missing here fails tests/project/test_access.py. A route whose methods
differ has a mapping of method to identities instead; a method that is not in it is open to no one.
"""

from collections.abc import Mapping

ANALYST, LEAD, ADMINISTRATOR, AUDITOR, READER = "analyst", "lead", "administrator", "auditor", "reader"
NO_ONE_SIGNED_IN, DEACTIVATED = "no one signed in", "deactivated"
# Signed in, and then lost what they were let in by. Each was an administrator.
STALE_PASSWORD, STALE_ROLE, STALE_EXPIRED = (
    f"stale: {what}" for what in ("password changed", "role changed", "expired")
)

Who = frozenset[str]
ROLES: Who = frozenset({ANALYST, LEAD, ADMINISTRATOR, AUDITOR, READER})
IDENTITIES: Who = ROLES | {NO_ONE_SIGNED_IN, DEACTIVATED, STALE_PASSWORD, STALE_ROLE, STALE_EXPIRED}

EVERYONE = IDENTITIES
SIGNED_IN = ROLES
WORKERS: Who = frozenset({ANALYST, LEAD})
LEADS: Who = frozenset({LEAD})
REPORT_READERS: Who = frozenset({ANALYST, LEAD, ADMINISTRATOR})
ADMINISTRATORS: Who = frozenset({ADMINISTRATOR})
AUDITORS: Who = frozenset({AUDITOR})
RELEASE_READERS: Who = frozenset({LEAD, ADMINISTRATOR, READER})
FIGURE_READERS: Who = frozenset({LEAD, ADMINISTRATOR})

ACCESS: dict[str, Who | Mapping[str, Who]] = {
    "home": SIGNED_IN,
    "healthz": EVERYONE,
    "readyz": EVERYONE,
    "metrics": ADMINISTRATORS,
    # hotline.accounts
    "accounts:sign_in": EVERYONE,
    "accounts:sign_out": EVERYONE,
    "accounts:language": EVERYONE,
    "accounts:theme": EVERYONE,
    # In the middle of signing in: whoever is not half signed in is sent back to the beginning.
    "accounts:second_step": EVERYONE,
    "accounts:recovery": EVERYONE,
    "accounts:passkey": EVERYONE,
    "accounts:passkey_options": EVERYONE,
    "accounts:provider": EVERYONE,
    "accounts:provider_back": EVERYONE,
    "accounts:provider_finish": EVERYONE,
    "accounts:provider_refused": EVERYONE,
    "accounts:set_up": EVERYONE,
    "accounts:set_up_app": EVERYONE,
    "accounts:set_up_qr": EVERYONE,
    "accounts:set_up_passkey": EVERYONE,
    "accounts:set_up_passkey_options": EVERYONE,
    "accounts:account": SIGNED_IN,
    "accounts:security": SIGNED_IN,
    "accounts:confirm": SIGNED_IN,
    "accounts:app": SIGNED_IN,
    "accounts:app_qr": SIGNED_IN,
    "accounts:app_remove": SIGNED_IN,
    "accounts:codes": SIGNED_IN,
    "accounts:passkey_add": SIGNED_IN,
    "accounts:passkey_add_options": SIGNED_IN,
    "accounts:passkey_remove": SIGNED_IN,
    "accounts:password": SIGNED_IN,
    "accounts:sessions": SIGNED_IN,
    "accounts:invitation": EVERYONE,
    # administration
    "administration:home": ADMINISTRATORS,
    "administration:alarms": ADMINISTRATORS,
    "administration:users": ADMINISTRATORS,
    "administration:user_add": ADMINISTRATORS,
    "administration:user_change": ADMINISTRATORS,
    "administration:user_erase": ADMINISTRATORS,
    "administration:retention": ADMINISTRATORS,
    "administration:user_invite": ADMINISTRATORS,
    "administration:user_invite_withdraw": ADMINISTRATORS,
    "administration:user_factors": ADMINISTRATORS,
    "administration:user_identity": ADMINISTRATORS,
    "administration:factors": ADMINISTRATORS,
    "administration:recipients": ADMINISTRATORS,
    "administration:recipient_add": ADMINISTRATORS,
    "administration:recipient_change": ADMINISTRATORS,
    "administration:code_lists": ADMINISTRATORS,
    "administration:age_schemes": ADMINISTRATORS,
    "administration:code_list": ADMINISTRATORS,
    "administration:code_add": ADMINISTRATORS,
    "administration:code_change": ADMINISTRATORS,
    "administration:coverage": ADMINISTRATORS,
    "administration:coverage_add": ADMINISTRATORS,
    "administration:coverage_change": ADMINISTRATORS,
    "administration:coverage_remove": ADMINISTRATORS,
    "administration:totals": ADMINISTRATORS,
    "administration:total_add": ADMINISTRATORS,
    "administration:total_remove": ADMINISTRATORS,
    "administration:rules": ADMINISTRATORS,
    "administration:rule_add": ADMINISTRATORS,
    "administration:rule_change": ADMINISTRATORS,
    "administration:rule_remove": ADMINISTRATORS,
    # cases
    "cases:audit_log": AUDITORS,
    "cases:log": WORKERS,
    "cases:undo": WORKERS,
    "cases:queue": REPORT_READERS,
    "cases:queue_named": REPORT_READERS,
    "cases:take_next": WORKERS,
    "cases:find": REPORT_READERS,
    "cases:report": REPORT_READERS,
    "cases:findings": WORKERS,
    "cases:amend": WORKERS,
    "cases:take": WORKERS,
    "cases:put_back": WORKERS,
    "cases:finish": WORKERS,
    "cases:close": WORKERS,
    "cases:reopen": WORKERS,
    "cases:refer": WORKERS,
    "cases:answer": WORKERS,
    "cases:void": WORKERS,
    "cases:restore": LEADS,
    # stats
    "stats:months": FIGURE_READERS,
    "stats:month": FIGURE_READERS,
    "stats:trend": FIGURE_READERS,
    "stats:year_now": FIGURE_READERS,
    "cases:api_reports": {"GET": REPORT_READERS, "POST": WORKERS},
    "cases:api_report": {"GET": REPORT_READERS, "PATCH": WORKERS},
    **{f"cases:api_{verb}": WORKERS for verb in ("take", "put_back", "finish", "close", "reopen", "void")},
    "cases:api_restore": LEADS,
    "cases:api_findings": {"GET": REPORT_READERS, "PUT": WORKERS},
    "cases:api_referrals": {"GET": REPORT_READERS, "POST": WORKERS},
    "cases:api_referral": {"GET": REPORT_READERS, "PUT": WORKERS},
    "cases:api_code_lists": REPORT_READERS,
    "cases:api_recipients": REPORT_READERS,
    "stats:year": FIGURE_READERS,
    "stats:year_export": FIGURE_READERS,
    "stats:api_year": FIGURE_READERS,
    "stats:releases": RELEASE_READERS,
    "stats:release": RELEASE_READERS,
    "stats:release_draft": {"GET": FIGURE_READERS, "POST": ADMINISTRATORS},
    "stats:release_differences": FIGURE_READERS,
    "stats:release_differences_between": RELEASE_READERS,
    "stats:late_entries": FIGURE_READERS,
    "stats:release_press": RELEASE_READERS,
    "stats:release_export": RELEASE_READERS,
    "stats:exports": RELEASE_READERS,
    "stats:export_job": RELEASE_READERS,
    "stats:export_cancel": RELEASE_READERS,
    "stats:export_again": RELEASE_READERS,
    "stats:export_download": RELEASE_READERS,
}
