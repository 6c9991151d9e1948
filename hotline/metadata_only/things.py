"""What else may stand in the database: defaults, functions, triggers, by name. A leaf.

Of everything else (views, domains, extensions, comments, large objects, ...) there is none:
:mod:`hotline.metadata_only.catalogue` looks for it.
"""

# As PostgreSQL writes them back.
DEFAULTS = frozenset({"statement_timestamp()", "''::character varying"})
LANGUAGES = frozenset({"sql", "plpgsql"})

APPEND_ONLY = ("append_only", "no_truncate")
FROZEN = ("frozen", "frozen_no_truncate")
MARKS = ("mark_inserted", "mark_updated", "mark_deleted", "mark_truncated")

TRIGGERS: dict[str, tuple[str, ...]] = {
    "cases_auditevent": ("auditevent_append_only", "auditevent_no_truncate", "auditevent_unsealed"),
    "cases_auditblock": APPEND_ONLY,
    "cases_auditrange": APPEND_ONLY,
    "cases_report": (*MARKS, "report_url_count_lowered"),
    "cases_finding": (*MARKS, "finding_tallies_fit_insert", "finding_tallies_fit_update"),
    "cases_referral": (*MARKS, "referral_count_fits_insert", "referral_count_fits_update"),
    "cases_recipient": ("mark_updated",),
    "stats_dirtymonth": ("refuse_retired",),
    "stats_release": (*FROZEN, "written_in"),
    "stats_frozentable": (*FROZEN, "frozen_whole"),
    "stats_frozenpassport": (*FROZEN, "frozen_whole"),
    "stats_frozenline": (*FROZEN, "frozen_whole"),
    "stats_frozencell": (*FROZEN, "frozen_whole"),
}

FUNCTIONS = frozenset(
    {
        "hotline_today",
        "cases_analyze_findings",
        "cases_analyze_reports",
        "cases_audit_log_is_append_only",
        "cases_finding_tallies",
        "cases_note_unsealed",
        "cases_prunable_block",
        "cases_prune_audit",
        "cases_referral_counts",
        "cases_report_url_count_lowered",
        "cases_tallies_fit",
        "stats_mark_parts_deleted",
        "stats_mark_parts_inserted",
        "stats_mark_parts_updated",
        "stats_mark_recipients_updated",
        "stats_mark_referrals_deleted",
        "stats_mark_referrals_inserted",
        "stats_mark_referrals_updated",
        "stats_mark_reports_deleted",
        "stats_mark_reports_inserted",
        "stats_mark_reports_updated",
        "stats_mark_truncated",
        "stats_refuse_retired",
        "stats_release_is_frozen",
        "stats_release_is_of_this_transaction",
        "stats_release_written_in",
        "stats_table_is_of_this_transaction",
    }
)
