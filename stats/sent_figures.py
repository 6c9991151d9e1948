"""The declared figures of what was sent: referrals by the date they were sent, and how long their removal took.

Part of :mod:`stats.figures`, which puts them among the others. In SQL fragments ``p`` is a referral sent in the
month, with the outcome of its report, which is not void, and ``c`` its recipient.

The rollup holds how many URLs took how many days. So periods add up, and what was removed within some days, or the
median of any period, is worked out at reading, exactly.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.codes import ActionTaken, Dimension, RecipientKind
from stats.declarations import (
    LONGER,
    LONGEST_DAYS,
    Axis,
    Breakdown,
    Cumulative,
    Figure,
    Median,
    Scope,
    Unit,
)

_REQUIRES = (Dimension.REFERRALS,)
# How long a referral is followed before its cohort is firm: the longest of the windows that are published.
FOLLOWED_DAYS = 28
WINDOWS = (2, 3, 7, 14, 28)

REMOVED = (ActionTaken.REMOVED.value, ActionTaken.DISABLED.value)
ACTED = (*REMOVED, ActionTaken.RESTRICTED.value)
# Providers of hosting services in the sense of the Digital Services Act: who receives a notice under its Article 16.
PROVIDERS = (RecipientKind.HOSTING_PROVIDER, RecipientKind.PLATFORM, RecipientKind.REGISTRAR)

# Codes of the axes below. Each is an answer of its own: none of them is 'not recorded'.
NOT_REMOVED = "not_removed"
NO_ACTION = "no_action"
NO_ANSWER = "no_answer"
OTHER_CONTENT = "other"
CONTENTS = ("confirmed_baseline", "confirmed_national", OTHER_CONTENT)


def _quoted(codes: "tuple[str, ...]") -> str:
    return ", ".join(f"'{code}'" for code in codes)


def _days_when(actions: "tuple[str, ...]", otherwise: str) -> str:
    days = "p.acted_date - p.sent_date"
    return (
        f"CASE WHEN p.acted_date IS NULL OR p.action NOT IN ({_quoted(actions)}) THEN '{otherwise}'"
        f" WHEN {days} > {LONGEST_DAYS} THEN '{LONGER}' ELSE ({days})::text END"
    )


_BY_SENT = _("Counted in the month it was sent, whenever the report came in; those of void reports are left out.")
_FOLLOWED = _("By the date of sending, as known now; provisional for 28 days after the period, while answers come in.")
_IS_REMOVED = f"p.acted_date IS NOT NULL AND p.action IN ({_quoted(REMOVED)})"

SENT_FIGURES = (
    Figure(
        key="sent",
        label=_("URLs sent"),
        unit=Unit.URLS,
        numerator=_("URLs sent to a recipient in the period"),
        rule=_BY_SENT,
        requires=_REQUIRES,
        scope=Scope.SENT,
        sql="sum(p.url_count)",
    ),
    Figure(
        key="removed",
        label=_("URLs removed"),
        unit=Unit.URLS,
        numerator=_("URLs sent in the period that the recipient removed or disabled"),
        rule=_FOLLOWED,
        requires=_REQUIRES,
        firm_after=FOLLOWED_DAYS,
        scope=Scope.SENT,
        sql=f"sum(p.url_count) FILTER (WHERE {_IS_REMOVED})",
    ),
    Figure(
        key="still_open",
        label=_("URLs still open"),
        unit=Unit.URLS,
        numerator=_("URLs sent in the period on which the recipient has not acted"),
        rule=_FOLLOWED,
        requires=_REQUIRES,
        firm_after=FOLLOWED_DAYS,
        scope=Scope.SENT,
        sql="sum(p.url_count) FILTER (WHERE p.acted_date IS NULL)",
    ),
    Figure(
        key="notices",
        label=_("Notices to providers"),
        unit=Unit.NOTICES,
        numerator=_("referrals sent in the period to hosting providers, platforms and registrars"),
        rule=_("One referral is one notice, of however many URLs. Counted in the month it was sent."),
        requires=_REQUIRES,
        scope=Scope.SENT,
        sql=f"count(*) FILTER (WHERE c.kind IN ({_quoted(tuple(kind.value for kind in PROVIDERS))}))",
    ),
)

_KIND = Axis(
    key="recipient_kind",
    label=_("kind of recipient"),
    codes="recipient_kind",
    dimension=Dimension.REFERRALS,
    sql="c.kind",
)
_RECIPIENT = Axis(
    key="recipient",
    label=pgettext_lazy("axis", "recipient"),
    codes="recipient",
    dimension=Dimension.REFERRALS,
    sql="p.recipient_id::text",
    long=True,
)
_CONTENT = Axis(
    key="content",
    label=_("type of content"),
    codes="content",
    dimension=Dimension.REFERRALS,
    sql=f"CASE WHEN p.outcome_id IN ({_quoted(CONTENTS[:-1])}) THEN p.outcome_id ELSE '{OTHER_CONTENT}' END",
)
_ANSWER = Axis(
    key="answer",
    label=_("action taken"),
    codes="action_taken",
    dimension=Dimension.REFERRALS,
    sql=f"coalesce(p.action, '{NO_ANSWER}')",
    firm_after=FOLLOWED_DAYS,
)
_REMOVAL_DAYS = Axis(
    key="days_to_removal",
    label=_("days to removal"),
    codes="days",
    dimension=Dimension.REFERRALS,
    sql=_days_when(REMOVED, NOT_REMOVED),
    firm_after=FOLLOWED_DAYS,
)
_ACTION_DAYS = Axis(
    key="days_to_action",
    label=_("days to action"),
    codes="days",
    dimension=Dimension.REFERRALS,
    sql=_days_when(ACTED, NO_ACTION),
    firm_after=FOLLOWED_DAYS,
)

SENT_BREAKDOWNS = (
    Breakdown(
        key="sent_kind",
        label=_("Kind of recipient, by date sent"),
        figures=("sent", "removed", "still_open"),
        axes=(_KIND,),
    ),
    Breakdown(key="days_to_removal", label=_("Days to removal"), figures=("removed",), axes=(_KIND, _REMOVAL_DAYS)),
    Breakdown(
        key="notice_actions",
        label=_("Notices by provider, content and action"),
        figures=("notices",),
        axes=(_RECIPIENT, _CONTENT, _ANSWER),
    ),
    Breakdown(
        key="notice_days", label=_("Days to action on notices"), figures=("notices",), axes=(_RECIPIENT, _ACTION_DAYS)
    ),
)

_LABELS = {
    2: _("URLs removed within 2 days"),
    3: _("URLs removed within 3 days"),
    7: _("URLs removed within 7 days"),
    14: _("URLs removed within 14 days"),
    28: _("URLs removed within 28 days"),
}
_NUMERATORS = {
    2: _("URLs sent in the period that were removed or disabled at most 2 days after sending"),
    3: _("URLs sent in the period that were removed or disabled at most 3 days after sending"),
    7: _("URLs sent in the period that were removed or disabled at most 7 days after sending"),
    14: _("URLs sent in the period that were removed or disabled at most 14 days after sending"),
    28: _("URLs sent in the period that were removed or disabled at most 28 days after sending"),
}

WITHIN = tuple(
    Cumulative(
        key=f"removed_within_{days}d",
        label=_LABELS[days],
        unit=Unit.URLS,
        numerator=_NUMERATORS[days],
        rule=_("Cumulative, by the date of sending; provisional until so many days after the end of the period."),
        requires=_REQUIRES,
        firm_after=days,
        of="removed",
        by="days_to_removal",
        days=days,
    )
    for days in WINDOWS
)
MEDIANS = (
    Median(
        key="median_days_to_removal",
        label=_("Median days to removal"),
        unit=Unit.DAYS,
        numerator=_("days from sending to removal, the middle one of all URLs removed"),
        denominator=_("URLs sent in the period that were removed or disabled"),
        rule=_("What is still open has no part in it. Of an even number, halfway between the middle two."),
        requires=_REQUIRES,
        firm_after=FOLLOWED_DAYS,
        of="removed",
        by="days_to_removal",
    ),
    Median(
        key="median_days_to_action",
        label=_("Median days to action on a notice"),
        unit=Unit.DAYS,
        numerator=_("days from sending to action, the middle one of all notices acted on"),
        denominator=_("notices sent in the period on which content was removed, disabled or restricted"),
        rule=_("What is still open has no part in it. Of an even number, halfway between the middle two."),
        requires=_REQUIRES,
        firm_after=FOLLOWED_DAYS,
        of="notices",
        by="notice_days",
    ),
)
SENT_DURATIONS: tuple[Cumulative | Median, ...] = (*WITHIN, *MEDIANS)
