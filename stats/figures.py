"""The declared figures and breakdowns, each with its passport. Nothing is counted that is not declared here.

Adding a figure or a breakdown is adding a declaration: :mod:`stats.counting.rollups` makes the SQL of the recount from
these, months counted under earlier declarations are recounted by themselves, and docs/figures.md is made from them
(``manage.py figures_doc --write``). The nightly check counts on its own (:mod:`stats.counting.verify`) and has to be
taught.

In SQL fragments ``r`` is a report of the month that is not void, ``f`` a finding of it, ``p`` a referral of it and
``c`` that referral's recipient; of what was sent in the month whenever its report came, see
:mod:`stats.sent_figures`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.codes import NOT_RECORDED, UNDETERMINED, Dimension
from stats.declarations import Ages, Axis, Breakdown, Cumulative, Derived, Figure, Median, Scope, Share, Unit, Version
from stats.rules import AT, figure_of, version_key
from stats.sent_figures import SENT_BREAKDOWNS, SENT_DURATIONS, SENT_FIGURES, WITHIN

_REPORTS = (Dimension.REPORTS,)
_ASSESSED = (Dimension.REPORTS, Dimension.ASSESSMENT)
_SELF_GENERATED = (*_ASSESSED, Dimension.SELF_GENERATED)
_REFERRALS = (Dimension.REPORTS, Dimension.REFERRALS)

_BY_RECEIVED = _("Counted in the month of the date the report was received; void reports are left out.")

FIGURES: Mapping[str, Figure] = {
    figure.key: figure
    for figure in (
        Figure(
            key="reports",
            label=_("Reports"),
            unit=Unit.REPORTS,
            numerator=_("reports received in the period"),
            rule=_BY_RECEIVED,
            requires=_REPORTS,
            scope=Scope.REPORT,
            sql="count(*)",
        ),
        Figure(
            key="urls",
            label=_("URLs reported"),
            unit=Unit.URLS,
            numerator=_("URLs in the reports received in the period"),
            rule=_("The sum of the reports' URLs. A URL reported twice counts twice."),
            requires=_REPORTS,
            scope=Scope.REPORT,
            sql="sum(r.url_count)",
        ),
        Figure(
            key="urls_assessed",
            label=_("URLs assessed"),
            unit=Unit.URLS,
            numerator=_("URLs that an analyst has assessed, whatever the outcome"),
            rule=_("The sum of the findings, counted in the month in which their report was received."),
            requires=_ASSESSED,
            scope=Scope.FINDING,
            sql="sum(f.url_count)",
            versions=(
                Version(
                    number=2,
                    rule=_(
                        "The sum of the findings but for duplicates, counted in the month in which their report was"
                        " received."
                    ),
                    sql="sum(f.url_count) FILTER (WHERE f.counts_as <> 'duplicate')",
                ),
            ),
        ),
        Figure(
            key="urls_confirmed",
            label=_("URLs confirmed"),
            unit=Unit.URLS,
            numerator=_("URLs confirmed as child sexual abuse material"),
            rule=_("Findings with an outcome that counts as confirmed, by the baseline or by national law."),
            requires=_ASSESSED,
            scope=Scope.FINDING,
            sql="sum(f.url_count) FILTER (WHERE f.counts_as = 'confirmed')",
        ),
        Figure(
            key="urls_self_generated",
            label=_("URLs recorded as self-generated"),
            unit=Unit.URLS,
            numerator=_("confirmed URLs recorded as self-generated"),
            rule=_("Confirmed findings recorded as self-generated; undetermined ones are not among them."),
            requires=_SELF_GENERATED,
            scope=Scope.FINDING,
            sql="sum(f.url_count) FILTER (WHERE f.counts_as = 'confirmed' AND f.self_generated = 'yes')",
        ),
        Figure(
            key="referred",
            label=_("URLs referred"),
            unit=Unit.URLS,
            numerator=_("URLs passed on to a recipient"),
            rule=_("Counted in the month their report was received. A URL passed on to two recipients counts twice."),
            requires=_REFERRALS,
            scope=Scope.REFERRAL,
            sql="sum(p.url_count)",
        ),
        Figure(
            key="acted_on",
            label=_("URLs acted on"),
            unit=Unit.URLS,
            numerator=_("referred URLs that the recipient removed, disabled or restricted"),
            rule=_("Counted in the month their report was received, whenever the recipient acted."),
            requires=_REFERRALS,
            scope=Scope.REFERRAL,
            sql="sum(p.url_count) FILTER (WHERE p.acted_date IS NOT NULL"
            " AND p.action IN ('removed', 'disabled', 'restricted'))",
        ),
        *SENT_FIGURES,
    )
}

_REPORT_FIGURES = ("reports", "urls")
_CONFIRMED = ("urls_confirmed", "urls_self_generated")
_REFERRAL_FIGURES = ("referred", "acted_on")

_SELF_GENERATED_AXIS = Axis(
    key="self_generated",
    label=_("self-generated"),
    codes="answer",
    dimension=Dimension.SELF_GENERATED,
    sql="f.self_generated",
)
_SEX_AXIS = Axis(key="sex", label=_("sex shown"), codes="sex", dimension=Dimension.SEX, sql="f.sex_id")
_AGE_AXIS = Axis(
    key="age_band", label=_("age band"), codes="age_band", dimension=Dimension.AGE_BAND, sql="f.age_band_id"
)

BREAKDOWNS: Mapping[str, Breakdown] = {
    breakdown.key: breakdown
    for breakdown in (
        Breakdown(
            key="source",
            label=_("Source"),
            figures=_REPORT_FIGURES,
            axes=(
                Axis(key="source", label=_("source"), codes="source", dimension=Dimension.REPORTS, sql="r.source_id"),
            ),
        ),
        Breakdown(
            key="report_outcome",
            label=_("Outcome of the report"),
            figures=_REPORT_FIGURES,
            axes=(
                Axis(
                    key="report_outcome",
                    label=_("the report's most serious outcome"),
                    codes="outcome",
                    dimension=Dimension.ASSESSMENT,
                    sql="r.outcome_id",
                    missing=_("not yet assessed"),
                ),
            ),
        ),
        Breakdown(
            key="referral_status",
            label=_("Referral status"),
            figures=_REPORT_FIGURES,
            axes=(
                Axis(
                    key="referral_status",
                    label=_("referral status"),
                    codes="referral_status",
                    dimension=Dimension.REFERRALS,
                    sql="r.referral_status",
                ),
            ),
        ),
        Breakdown(
            key="url_outcome",
            label=_("Outcome of the URL"),
            figures=("urls_assessed", *_CONFIRMED),
            axes=(
                Axis(
                    key="url_outcome",
                    label=_("the URL's own outcome"),
                    codes="outcome",
                    dimension=Dimension.ASSESSMENT,
                    sql="f.outcome_id",
                ),
            ),
        ),
        Breakdown(
            key="self_generated", label=_("Self-generated"), figures=("urls_confirmed",), axes=(_SELF_GENERATED_AXIS,)
        ),
        Breakdown(key="sex", label=_("Sex shown"), figures=_CONFIRMED, axes=(_SEX_AXIS,)),
        Breakdown(key="age_band", label=_("Age band of the youngest child"), figures=_CONFIRMED, axes=(_AGE_AXIS,)),
        Breakdown(
            key="self_generated_age_band",
            label=_("Self-generated by age band"),
            figures=("urls_confirmed",),
            axes=(_SELF_GENERATED_AXIS, _AGE_AXIS),
        ),
        Breakdown(
            key="self_generated_sex",
            label=_("Self-generated by sex shown"),
            figures=("urls_confirmed",),
            axes=(_SELF_GENERATED_AXIS, _SEX_AXIS),
        ),
        Breakdown(
            key="hosting_country",
            label=_("Hosting country"),
            figures=_CONFIRMED,
            axes=(
                Axis(
                    key="hosting_country",
                    label=_("hosting country"),
                    codes="hosting_country",
                    dimension=Dimension.HOSTING_COUNTRY,
                    sql="f.hosting_country_id",
                    long=True,
                ),
            ),
        ),
        Breakdown(
            key="site_type",
            label=_("Site type"),
            figures=_CONFIRMED,
            axes=(
                Axis(
                    key="site_type",
                    label=_("site type"),
                    codes="site_type",
                    dimension=Dimension.SITE_TYPE,
                    sql="f.site_type_id",
                ),
            ),
        ),
        Breakdown(
            key="recipient_kind",
            label=_("Kind of recipient"),
            figures=_REFERRAL_FIGURES,
            axes=(
                Axis(
                    key="recipient_kind",
                    label=_("kind of recipient"),
                    codes="recipient_kind",
                    dimension=Dimension.REFERRALS,
                    sql="c.kind",
                ),
            ),
        ),
        Breakdown(
            key="recipient",
            label=_("Recipient"),
            figures=_REFERRAL_FIGURES,
            axes=(
                Axis(
                    key="recipient",
                    label=pgettext_lazy("axis", "recipient"),
                    codes="recipient",
                    dimension=Dimension.REFERRALS,
                    sql="p.recipient_id::text",
                    long=True,
                ),
            ),
        ),
    )
}

# All that the rollup holds: also what is too long or too many-sided for a table of its own, and is worked out from.
HELD: Mapping[str, Breakdown] = {**BREAKDOWNS, **{breakdown.key: breakdown for breakdown in SENT_BREAKDOWNS}}


def _in_version(figure: Figure, version: Version) -> Figure:
    return replace(figure, key=version_key(figure.key, version.number), rule=version.rule, sql=version.sql, versions=())


# Every version of every figure, by the key it has in the rollup: 'urls_assessed', 'urls_assessed@2'.
COUNTED: Mapping[str, Figure] = {
    counted.key: counted
    for figure in FIGURES.values()
    for counted in (figure, *(_in_version(figure, version) for version in figure.versions))
}
# Figure and version, of those that have several: what the ledger of counting rules may speak of.
VERSIONS: tuple[tuple[str, int], ...] = tuple(figure_of(key) for key in COUNTED if FIGURES[figure_of(key)[0]].versions)


def counted_keys(figures: Iterable[str]) -> tuple[str, ...]:
    """The keys in the rollup of every version of these figures."""
    wanted = frozenset(figures)
    return tuple(key for key in COUNTED if figure_of(key)[0] in wanted)


# Codes that answer nothing: they are parts of the whole, and never of a share's base.
NOT_DETERMINED = frozenset({UNDETERMINED, NOT_RECORDED})
UNDER_12 = Ages(first=0, last=11)
FROM_6_TO_9 = Ages(first=6, last=9)
_YOUNGEST = _("The youngest child visible decides the band. A band that reaches over the edge is told as bounds.")

SHARES: Mapping[str, Share] = {
    share.key: share
    for share in (
        Share(
            key="share_girls",
            label=_("Share showing girls"),
            unit=Unit.PERCENT,
            numerator=_("confirmed URLs showing girls, or girls and boys"),
            denominator=_("confirmed URLs with the sex determined"),
            rule=_("Undetermined and not recorded are in neither number; months without the record are left out."),
            requires=(*_ASSESSED, Dimension.SEX),
            of="urls_confirmed",
            by="sex",
            part=frozenset({"girls", "both"}),
        ),
        Share(
            key="share_self_generated_under_12",
            label=_("Share of self-generated under 12"),
            unit=Unit.PERCENT,
            numerator=_("self-generated URLs with an age band wholly under 12"),
            denominator=_("self-generated URLs with the age determined"),
            rule=_YOUNGEST,
            requires=(*_SELF_GENERATED, Dimension.AGE_BAND),
            of="urls_self_generated",
            by="age_band",
            part=UNDER_12,
        ),
        Share(
            key="share_self_generated_6_9",
            label=_("Share of self-generated aged 6 to 9"),
            unit=Unit.PERCENT,
            numerator=_("self-generated URLs with an age band wholly within 6 to 9"),
            denominator=_("self-generated URLs with the age determined"),
            rule=_YOUNGEST,
            requires=(*_SELF_GENERATED, Dimension.AGE_BAND),
            of="urls_self_generated",
            by="age_band",
            part=FROM_6_TO_9,
        ),
    )
}

DURATIONS: Mapping[str, Cumulative | Median] = {duration.key: duration for duration in SENT_DURATIONS}

# In the order of annual tables and exports: a figure, then what is worked out from it.
DECLARED: Mapping[str, Figure | Derived] = {
    key: {**FIGURES, **SHARES, **DURATIONS}[key]
    for key in (
        "reports",
        "urls",
        "urls_assessed",
        "urls_confirmed",
        "urls_self_generated",
        "share_girls",
        "share_self_generated_under_12",
        "share_self_generated_6_9",
        "referred",
        "acted_on",
        "sent",
        "removed",
        *(within.key for within in WITHIN),
        "median_days_to_removal",
        "still_open",
        "notices",
        "median_days_to_action",
    )
}


def requires_of_parts(figure: Figure, breakdown: Breakdown) -> tuple[Dimension, ...]:
    """What must be recorded for the parts of a figure to be known."""
    return (*figure.requires, *(axis.dimension for axis in breakdown.axes))


def as_counted(declared: Figure | Derived, rule: str) -> Figure | Derived:
    """What is declared of a figure under a version of its counting rule, under the figure's own key.

    ``rule`` is a cell's: '' and '1' are the declaration itself.
    """
    counted = COUNTED.get(f"{declared.key}{AT}{rule}")
    return replace(counted, key=declared.key) if counted else declared
