"""A row for every table there is or was, as SQL that fits the migration in which the table is made. In order: a row may
refer to those above it. Values are as the product writes them, so that every later migration has to carry them over.
"""

HASH = "repeat('a1', 32)"
CODE_LIST = "code, label_nl, label_en, is_active, position"
TRIAL = "'trial', 'Proef', 'Trial', true, 90"
MOMENT = "'2026-03-10 12:00+01'"
UUID = "'0b8f4e1e-1111-4222-8333-444455556666'"

ROWS = {
    "accounts_user": "(password, username, name, role, language, reference, is_active, must_change_password)"
    f" VALUES ('!{'x' * 40}', 'trial', 'Trial Person', 'analyst', 'nl', {UUID}, true, false)",
    "accounts_invitation": "(kind, code_hash, created_at, expires_at, user_id)"
    f" SELECT 'account', {HASH}, {MOMENT}, {MOMENT}, id FROM accounts_user",
    "accounts_session": "(expire_date, session_key, session_data, sign_in, user_id)"
    f" SELECT {MOMENT}, {HASH}, 'e30:1abc:def', '', id FROM accounts_user",
    "django_content_type": "(name, app_label, model) VALUES ('report', 'cases', 'report')",
    "auth_group": "(name) VALUES ('')",
    "auth_permission": "(name, content_type_id, codename) SELECT 'Can view report', id, 'view_report'"
    " FROM django_content_type",
    "auth_group_permissions": "(group_id, permission_id) SELECT g.id, p.id FROM auth_group g, auth_permission p",
    "django_session": f"VALUES (repeat('k1', 16), 'e30:1abc:def', {MOMENT})",
    "cases_ageband": f"({CODE_LIST}, from_year, to_year) VALUES ('1-2', '1 tot 2', '1 to 2', true, 90, 1, 2)",
    "cases_agescheme": f"({CODE_LIST}, is_default) VALUES ({TRIAL}, false)",
    "cases_ageschemeband": "(label_nl, label_en, band_id, scheme_id) VALUES ('1 tot 2', '1 to 2', '1-2', 'trial')",
    "cases_hostingcountry": f"({CODE_LIST}, has_inhope_hotline) VALUES ({TRIAL}, true)",
    "cases_outcome": f"({CODE_LIST}, counts_as, precedence) VALUES ({TRIAL}, 'confirmed', 90)",
    "cases_sex": f"({CODE_LIST}) VALUES ({TRIAL})",
    "cases_sitetype": f"({CODE_LIST}) VALUES ({TRIAL})",
    "cases_source": f"({CODE_LIST}) VALUES ({TRIAL})",
    "cases_outsidecode": "(code_list, code, scheme, outside_code) VALUES ('sex', 'trial', 'iccam', 'X1')",
    "cases_coverageperiod": "(dimension, from_date, to_date) VALUES ('sex', '2020-01-01', '2020-12-31')",
    "cases_importbatch": "(row_count, report_count, finding_count) VALUES (1, 1, 1)",
    "cases_report": "(received_date, url_count, state, referral_status, reference_year, version, import_batch_id,"
    " outcome_id, source_id, entered_at)"
    f" SELECT '2024-03-05', 10, 'assessed', 'to_refer', 2024, 1, id, 'trial', 'trial', {MOMENT} FROM cases_importbatch",
    "cases_finding": "(counts_as, url_count, self_generated, age_band_id, hosting_country_id, outcome_id, report_id,"
    " sex_id, site_type_id)"
    " SELECT 'confirmed', 3, 'yes', '1-2', 'trial', 'trial', id, 'trial', 'trial' FROM cases_report",
    "cases_recipient": "(name, kind, is_active) VALUES ('Trial Hosting', 'hosting_provider', true)",
    "cases_referral": "(url_count, sent_date, acted_date, action, recipient_id, report_id)"
    " SELECT 2, '2024-03-06', '2024-03-08', 'removed', c.id, r.id FROM cases_recipient c, cases_report r",
    "cases_senderkey": f"SELECT id, {UUID}, {UUID} FROM cases_report",
    "cases_submittedform": f"(key, report_id) SELECT {UUID}, id FROM cases_report",
    "cases_auditevent": "(verb, subject, subject_key, report_id, changes, actor)"
    f""" SELECT 'log', 'report', id::text, id, '{{"url_count": [null, "10"]}}', {UUID} FROM cases_report""",
    "cases_unsealedevent": "(event_id) SELECT id FROM cases_auditevent",
    "cases_auditblock": "(number, first_event, last_event, events, rows_digest, previous_digest, digest, sealed_at)"
    f" SELECT 1, id, id, 1, {HASH}, '', {HASH}, {MOMENT} FROM cases_auditevent",
    "cases_auditrange": "(first_event, last_event, block_id)"
    " SELECT first_event, last_event, number FROM cases_auditblock",
    "cases_requestkey": "(key, actor, verb, subject, subject_key, status, written_at)"
    f" VALUES ({UUID}, {UUID}, 'log', 'report', '1', 201, {MOMENT})",
    "cases_retiredmonth": "(month, release, reports, findings, referrals) VALUES ('2001-01-01', 1, 1, 1, 1)",
    "cases_retentionlimit": "(id, audit_years) VALUES (1, 7)",
    "factors_identity": f"(subject_hash, created_at, user_id) SELECT {HASH}, {MOMENT}, id FROM accounts_user",
    "factors_once": f"VALUES ({HASH}, {MOMENT})",
    "factors_passkey": "(credential_id, public_key, sign_count, created_at, user_id)"
    f" SELECT repeat('ab', 16), repeat('ab', 40), 1, {MOMENT}, id FROM accounts_user",
    "factors_recoverycode": f"(code_hash, created_at, user_id) SELECT {HASH}, {MOMENT}, id FROM accounts_user",
    "factors_requiredrole": f"VALUES ('lead', {MOMENT})",
    "factors_totp": f"(secret, created_at, user_id) SELECT {HASH}, {MOMENT}, id FROM accounts_user",
    "health_backup": f"(made_at, size, sha256) VALUES ({MOMENT}, 1, {HASH})",
    "health_schemacheck": f"(finished_at, faults) VALUES ({MOMENT}, 0)",
    "health_tick": f"VALUES ('beat', {MOMENT})",
    "stats_countedmonth": f"(month, counted_at) VALUES ('2024-03-01', {MOMENT})",
    "stats_dirtymonth": "(month) VALUES ('2024-03-01')",
    "stats_monthlycount": "(month, figure, breakdown, code_a, code_b, value)"
    " VALUES ('2024-03-01', 'reports', 'source', 'trial', '', 10)",
    "stats_verification": f"(started_at, finished_at, cells, differences) VALUES ({MOMENT}, {MOMENT}, 1, 0)",
    "stats_release": "(number, first_month, months, status, revision, reason, released_at, released_date, actor,"
    " definitions, threshold, is_synthetic, previous_digest, digest, written_in)"
    f" VALUES (1, '2024-03-01', 1, 'final', 0, '', {MOMENT}, '2026-03-10', {UUID},"
    f" repeat('ab', 8), 5, true, '', {HASH}, 0)",
    "stats_frozentable": "(position, key, shape, title_nl, title_en, stub_nl, stub_en, release_id)"
    " VALUES (0, 'headline', 'figures', 'Kerncijfers', 'Key figures', 'Cijfer', 'Figure', 1)",
    "stats_frozenline": "(is_column, position, key, label_nl, label_en, unit, part, figure, table_id)"
    " SELECT false, 0, 'reports', 'Meldingen', 'Reports', 'reports', 'part', 'reports', id FROM stats_frozentable",
    "stats_frozencell": '("row", "column", value, places, status, coverage, rule,'
    " scheme, source, is_suppressed, table_id)"
    " SELECT 0, 0, 10, 0, 'A', 'F', '', '', '', false, id FROM stats_frozentable",
    "stats_frozenpassport": "(position, key, unit, label_nl, label_en, numerator_nl, numerator_en, denominator_nl,"
    " denominator_en, rule_nl, rule_en, requires, release_id) VALUES (0, 'reports', 'reports', 'Meldingen', 'Reports',"
    " 'Meldingen van de maand.', 'Reports of the month.', '', '', 'Alle.', 'All.', 'reports', 1)",
    "stats_exportjob": "(key, kind, first_month, months, status, reason, document, form, language, state, progress,"
    " step, failure, attempts, requested_by, requested_at, sent_at, sha256)"
    f" VALUES ({UUID}, 'freeze', '2024-03-01', 1, 'final', '', '', '', '', 'failed', 0, '', 'fault', 1, {UUID},"
    f" {MOMENT}, {MOMENT}, '')",
    "stats_publishedtotal": "(first_month, figure, value, source) VALUES ('2020-01-01', 'reports', 300000, 'EOKM')",
    "stats_chaincheck": f"(finished_at, releases, faults) VALUES ({MOMENT}, 1, 0)",
    "stats_countingrule": "(figure, version, from_month) VALUES ('urls_assessed', 2, '2024-01-01')",
    "stats_retentionrun": f"(finished_at, sweep, removed) VALUES ({MOMENT}, 'trial', 1)",
    "stats_auditcheck": f"(finished_at, events, blocks, faults) VALUES ({MOMENT}, 1, 1, 0)",
}
