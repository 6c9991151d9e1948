"""How long everything is kept, and why: a rule for every field of every table. A leaf.

A field that is in no rule fails tests/project/test_retention_policy.py. docs/retention.md is made of this
(``manage.py retention_doc --write``); the nightly sweeps that apply it are in stats.retention.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Days, where the rule has no setting.
INVITATION_DAYS = 30
FORM_KEY_DAYS = 30
JOB_DAYS = 365
CHECK_DAYS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How long, and why. ``sweeps``: the nightly sweeps that apply it; none where nothing is removed by the clock."""

    kept: "StrOrPromise"
    why: "StrOrPromise"
    sweeps: tuple[str, ...] = ()


RULES: Mapping[str, Rule] = {
    "report": Rule(
        kept=_("Until their month is removed: never, unless a number of years is set (HOTLINE_RETENTION_YEARS)"),
        why=_("A report is needed for as long as its month may be corrected. What was published outlives it."),
        sweeps=("reports",),
    ),
    "batch": Rule(
        kept=_("As long as the hotline exists"),
        why=_("Counts of a file that was imported, and the moment. They are no one's."),
    ),
    "audit": Rule(
        kept=_("For ever, unless a number of years is set (HOTLINE_AUDIT_YEARS)"),
        why=_("Who did what is answered for. The log has random references, and no names."),
        sweeps=("audit_events",),
    ),
    "seal": Rule(
        kept=_("For ever"),
        why=_("Digests and numbers, by which it is seen that nothing was changed, also when the events are gone."),
    ),
    "unsealed": Rule(kept=_("Some seconds, until it is sealed"), why=_("What still waits to be sealed.")),
    "account": Rule(
        kept=_("Until an administrator erases it, once the account is switched off"),
        why=_("A name is needed as long as colleagues have to know who did what."),
    ),
    "account_row": Rule(
        kept=_("As long as the hotline exists"),
        why=_("The row that reports and the log refer to. Once the name is erased it is no one's."),
    ),
    "factor": Rule(
        kept=_("Until the person or an administrator removes it, or the name is erased"),
        why=_("Signing in needs it."),
    ),
    "session": Rule(
        kept=_("Until the session has ended"), why=_("Only an open session needs it."), sweeps=("sessions",)
    ),
    "once": Rule(
        kept=_("Until it has expired"),
        why=_("A code or step is refused the second time for as long as it would be good."),
        sweeps=("used_once",),
    ),
    "invitation": Rule(
        kept=_("30 days after it has expired"),
        why=_("Until then it can be told why an invitation is not taken."),
        sweeps=("invitations",),
    ),
    "form_key": Rule(
        kept=_("30 days"),
        why=_("A form that is sent again is written once. Nobody sends one again a month later."),
        sweeps=("form_keys",),
    ),
    "job": Rule(
        kept=_("One year after it was finished; its file until it expires (HOTLINE_EXPORT_DAYS)"),
        why=_("The file can be made again. The audit log says who had it made."),
        sweeps=("export_jobs",),
    ),
    "check": Rule(
        kept=_("400 days, the last one longer"),
        why=_("A year can be looked back on; how the last one went is always known."),
        sweeps=("verifications", "chain_checks", "audit_checks", "schema_checks", "backups", "retention_runs"),
    ),
    "count": Rule(
        kept=_("For ever"),
        why=_("Counts of a month. They outlive the records that they were made of."),
    ),
    "published": Rule(kept=_("For ever"), why=_("It was published.")),
    "settings": Rule(
        kept=_("As long as the hotline exists"),
        why=_("What the hotline works with: lists, organisations, rules. It says nothing of people who report."),
    ),
    "machinery": Rule(
        kept=_("As long as the hotline exists"),
        why=_("The software's own: names of parts of the program. Nothing is written there in daily work."),
    ),
}

_CODES = "code label_nl label_en is_active position"
# Of each model: the rule, and the fields that it is the rule of.
POLICY: Mapping[str, Mapping[str, str]] = {
    "cases.Report": {
        "report": "id received_date source url_count state outcome referral_status assignee reference_year version"
        " entered_at import_batch"
    },
    "cases.Finding": {
        "report": "id report outcome counts_as url_count self_generated sex age_band hosting_country site_type"
    },
    "cases.Referral": {
        "report": "id report recipient url_count sent_date acknowledged_date acted_date action import_batch"
    },
    "cases.SenderKey": {"report": "report key_hash content_hash"},
    "cases.ImportBatch": {
        "batch": "id imported_at kind digest row_count new_count same_count changed_count finding_count"
    },
    "cases.RequestKey": {"form_key": "key actor verb content_digest subject subject_key status written_at"},
    "cases.AuditEvent": {"audit": "id at actor verb subject subject_key report_id changes"},
    "cases.UnsealedEvent": {"unsealed": "event_id written_at"},
    "cases.AuditBlock": {"seal": "number first_event last_event events rows_digest previous_digest digest sealed_at"},
    "cases.AuditRange": {"seal": "id block first_event last_event"},
    "cases.RetiredMonth": {"count": "month retired_at release reports findings referrals"},
    "cases.RetentionLimit": {"settings": "id audit_years"},
    "cases.Source": {"settings": _CODES},
    "cases.Outcome": {"settings": f"{_CODES} counts_as precedence"},
    "cases.Sex": {"settings": _CODES},
    "cases.SiteType": {"settings": _CODES},
    "cases.HostingCountry": {"settings": f"{_CODES} has_inhope_hotline"},
    "cases.AgeBand": {"settings": f"{_CODES} from_year to_year"},
    "cases.AgeScheme": {"settings": f"{_CODES} family version valid_from is_default"},
    "cases.AgeSchemeBand": {"settings": "id scheme band label_nl label_en"},
    "cases.OutsideCode": {"settings": "id code_list code scheme outside_code"},
    "cases.CoveragePeriod": {"settings": "id dimension from_date to_date"},
    "cases.Recipient": {"settings": "id code name kind country is_active"},
    "accounts.User": {
        "account": "password last_login username name session_stamp",
        "account_row": "id role language reference is_active created_at erased_at",
    },
    "accounts.Session": {"session": "expire_date session_key session_data user signed_in_at sign_in"},
    "accounts.Invitation": {"invitation": "id user kind code_hash created_at expires_at used_at withdrawn_at"},
    "factors.Totp": {"factor": "id user secret created_at confirmed_at last_step"},
    "factors.RecoveryCode": {"factor": "id user code_hash created_at"},
    "factors.Passkey": {"factor": "id user credential_id public_key sign_count created_at used_at"},
    "factors.Identity": {"factor": "id user subject_hash created_at"},
    "factors.RequiredRole": {"settings": "role since"},
    "factors.Once": {"once": "digest expires_at"},
    "health.Tick": {"machinery": "clock at"},
    "health.SchemaCheck": {"check": "id finished_at faults"},
    "health.Backup": {"check": "id made_at size sha256"},
    "stats.MonthlyCount": {"count": "id month figure breakdown code_a code_b code_c value"},
    "stats.DirtyMonth": {"count": "id month marked_at"},
    "stats.CountedMonth": {"count": "month counted_at definitions"},
    "stats.CountingRule": {"settings": "id figure version from_month to_month"},
    "stats.Verification": {"check": "id started_at finished_at cells differences"},
    "stats.ChainCheck": {"check": "id finished_at releases faults"},
    "stats.AuditCheck": {"check": "id finished_at events blocks faults"},
    "stats.RetentionRun": {"check": "id finished_at sweep removed"},
    "stats.PublishedTotal": {"published": "id first_month figure value source actor entered_at"},
    "stats.Release": {
        "published": "number first_month months status revision reason released_at released_date actor definitions"
        " threshold is_synthetic previous_digest digest audit_block audit_head written_in"
    },
    "stats.FrozenTable": {"published": "id release position key shape title_nl title_en stub_nl stub_en"},
    "stats.FrozenLine": {"published": "id table is_column position key label_nl label_en unit part figure"},
    "stats.FrozenCell": {
        "published": "id table row column value places lower upper numerator numerator_lower numerator_upper"
        " denominator status coverage rule scheme source is_suppressed"
    },
    "stats.FrozenPassport": {
        "published": "id release position key unit label_nl label_en numerator_nl numerator_en denominator_nl"
        " denominator_en rule_nl rule_en requires"
    },
    "stats.ExportJob": {
        "job": "key kind release document form language first_month months status reason state progress step failure"
        " attempts claim requested_by requested_at sent_at started_at heartbeat_at finished_at expires_at content"
        " sha256 size"
    },
    "contenttypes.ContentType": {"machinery": "id app_label model"},
    "auth.Permission": {"machinery": "id name content_type codename"},
    "auth.Group": {"machinery": "id name"},
    "auth.Group_permissions": {"machinery": "id group permission"},
    "sessions.Session": {"machinery": "session_key session_data expire_date"},
}


def rule_of(model: str, field: str) -> str | None:
    """The rule of a field; None when nobody has said."""
    return next((rule for rule, fields in POLICY.get(model, {}).items() if field in fields.split()), None)


def document() -> str:
    """docs/retention.md."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# What is kept, for how long, and why"
    yield ""
    yield "Made from `hotline/retention_policy.py` by `manage.py retention_doc --write`. A test goes through every"
    yield "field of every table and fails when one has no rule. `manage.py retention --dry-run` tells how many rows are"
    yield "past their time; a task removes them every night; Administration, Retention, shows what it removed last."
    for key, rule in RULES.items():
        yield ""
        yield f"## {key}"
        yield ""
        yield f"{rule.kept}. {rule.why}"
        if rule.sweeps:
            yield ""
            yield f"Removed by: {', '.join(f'`{sweep}`' for sweep in rule.sweeps)}."
        yield ""
        yield "| table | fields |"
        yield "|---|---|"
        for model, rules in POLICY.items():
            if key in rules:
                yield f"| {model} | {', '.join(rules[key].split())} |"
    yield ""
