"""Tables of what was sent: removal by kind of recipient, and notices as Article 22(3) of the DSA asks for. Pure.

Article 22(3): a trusted flagger reports the number of notices by the provider of hosting services, the type of content
and the action the provider took, in that order, and no personal data: a provider is an organisation, and counts,
days and codes are all there is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cases.codes import ActionTaken
from stats.building.breakdowns import WHOLE
from stats.declarations import TOTAL
from stats.figures import DURATIONS, FIGURES, HELD
from stats.periods import Month
from stats.publication import DSA, REMOVAL
from stats.sent_figures import CONTENTS, NO_ANSWER, OTHER_CONTENT, WITHIN
from stats.tables import Cell, Column, Part, Row, Table

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from stats.counting.code_labels import CodeLabels
    from stats.counting.reading import Codes, Counts

MEDIAN_TO_REMOVAL = DURATIONS["median_days_to_removal"]
MEDIAN_TO_ACTION = DURATIONS["median_days_to_action"]
_ACTIONS = HELD["notice_actions"]
ANSWERS = (*(action.value for action in ActionTaken), NO_ANSWER)
OTHER_LABEL = _("other content, or not yet assessed")
NO_ANSWER_LABEL = _("no answer yet")


def removal_table(counts: "Counts", labels: "CodeLabels", months: Sequence[Month]) -> Table:
    """By kind of recipient: URLs sent, removed within some days, the median days to removal, and still open."""
    breakdown = HELD["sent_kind"]
    (axis,) = breakdown.axes
    sent, still_open = FIGURES["sent"], FIGURES["still_open"]
    found = {figure.key: counts.parts(figure, breakdown, months) for figure in (sent, still_open)}

    def cells(kind: str) -> tuple[Cell, ...]:
        durations = (counts.duration(duration, months, kind) for duration in (*WITHIN, MEDIAN_TO_REMOVAL))
        first, last = (
            found[figure.key].get((kind,)) or counts.no_part(figure, breakdown, (kind,), months)
            for figure in (sent, still_open)
        )
        return (first, *durations, last)

    declared = (sent, *WITHIN, MEDIAN_TO_REMOVAL, still_open)
    kinds = labels.of(axis, {kind for parts in found.values() for (kind,) in parts})
    whole = Row(key=TOTAL, label=WHOLE, cells=tuple(counts.of(one, months) for one in declared), part=Part.TOTAL)
    return Table(
        key=REMOVAL,
        title=_("Removal by kind of recipient"),
        stub=axis.label,
        columns=tuple(Column(key=one.key, label=one.label, unit=one.unit) for one in declared),
        rows=(*(Row(key=kind.code, label=kind.label, cells=cells(kind.code)) for kind in kinds), whole),
    )


def dsa_table(counts: "Counts", labels: "CodeLabels", months: Sequence[Month]) -> Table:
    """Notices: a row for each provider that got one; across, type of content by action taken, all, and the median days.

    A column's key is 'content.action'. What has no answer yet is a column of its own: it is no refusal.
    """
    notices = FIGURES["notices"]
    parts = {codes: cell for codes, cell in counts.parts(notices, _ACTIONS, months).items() if cell.value}
    pairs = [(content, answer) for content in CONTENTS for answer in ANSWERS]
    providers = labels.of(_ACTIONS.axes[0], {codes[0] for codes in parts})
    rows = [
        Row(
            key=provider.code,
            label=provider.label,
            cells=(
                *(
                    _notices(counts, parts, months, provider=provider.code, content=content, answer=answer)
                    for content, answer in pairs
                ),
                _notices(counts, parts, months, provider=provider.code),
                counts.duration(MEDIAN_TO_ACTION, months, provider.code),
            ),
        )
        for provider in providers
    ]
    every = (_notices(counts, parts, months, content=content, answer=answer) for content, answer in pairs)
    whole = (*every, counts.figure(notices, months), counts.of(MEDIAN_TO_ACTION, months))
    return Table(
        key=DSA,
        title=_("Notices by provider, type of content and action taken (DSA, Article 22(3))"),
        stub=_("provider"),
        columns=_dsa_columns(labels, pairs),
        rows=(*rows, Row(key=TOTAL, label=WHOLE, cells=whole, part=Part.TOTAL)),
    )


def dsa_codes(labels: "CodeLabels") -> dict[str, tuple[str, ...]]:
    """By column of the table of notices: what the DSA transparency database calls its content and its action."""
    return {
        f"{content}.{answer}": tuple(filter(None, (labels.dsa.get(("outcome", content)), action)))
        for content in CONTENTS
        for answer in ANSWERS
        for action in [labels.dsa.get(("action_taken", answer))]
    }


def _dsa_columns(labels: "CodeLabels", pairs: Sequence[tuple[str, str]]) -> tuple[Column, ...]:
    notices = FIGURES["notices"]
    contents = labels.lists["outcome"]
    actions: dict[str, StrOrPromise] = {action.value: action.label for action in ActionTaken}
    actions[NO_ANSWER] = NO_ANSWER_LABEL

    def label(content: str, answer: str) -> "StrOrPromise":
        kind = OTHER_LABEL if content == OTHER_CONTENT else contents[content].label
        return format_lazy("{content}: {action}", content=kind, action=actions[answer])

    return (
        *(
            Column(key=f"{content}.{answer}", label=label(content, answer), unit=notices.unit, figure=notices.key)
            for content, answer in pairs
        ),
        Column(key=TOTAL, label=WHOLE, unit=notices.unit, part=Part.TOTAL, figure=notices.key),
        Column(
            key=MEDIAN_TO_ACTION.key,
            label=MEDIAN_TO_ACTION.label,
            unit=MEDIAN_TO_ACTION.unit,
            figure=MEDIAN_TO_ACTION.key,
        ),
    )


def _notices(
    counts: "Counts",
    parts: "Mapping[Codes, Cell]",
    months: Sequence[Month],
    *,
    provider: str = "",
    content: str = "",
    answer: str = "",
) -> Cell:
    """The notices to a provider, of a content, with an answer; of all where one is not given."""
    wanted = (provider, content, answer)
    value = sum(
        int(cell.value or 0)
        for codes, cell in parts.items()
        if all(not want or want == code for want, code in zip(wanted, codes, strict=True))
    )
    # Coverage and status are those of any part; how many were sent is firm sooner than what became of them.
    cell = counts.no_part(FIGURES["notices"], _ACTIONS, wanted, months)
    if not answer:
        cell = replace(cell, status=counts.figure(FIGURES["notices"], months).status)
    return cell if cell.value is None else replace(cell, value=value)
