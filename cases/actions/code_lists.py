"""Writes to the code lists. A code is for ever; what people read, its order and whether it is offered may change."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.actions import audit
from cases.actions.errors import ActionError, NotAllowedError
from cases.codes import NOT_RECORDED
from cases.models import (
    AgeBand,
    CodeList,
    CodeListItem,
    Finding,
    HostingCountry,
    Outcome,
    Report,
    Sex,
    SiteType,
    Source,
)
from cases.models.code_lists import CODE_LENGTH
from hotline.accounts.permissions import Permission
from hotline.metadata_only import CODE, is_label

if TYPE_CHECKING:
    from hotline.accounts.models import User

LISTS: dict[CodeList, type[CodeListItem]] = {
    CodeList.SOURCE: Source,
    CodeList.OUTCOME: Outcome,
    CodeList.SEX: Sex,
    CodeList.AGE_BAND: AgeBand,
    CodeList.SITE_TYPE: SiteType,
    CodeList.HOSTING_COUNTRY: HostingCountry,
}
# The lists that a hotline may add codes to. The others have a meaning that figures rely on.
EXTENDABLE = (CodeList.SOURCE, CodeList.SITE_TYPE)
MAX_POSITION = 999


class NotExtendableError(ActionError):
    """A list whose codes figures rely on."""

    def __init__(self) -> None:
        super().__init__("code", "not_extendable", _("Codes can not be added to this list."))


class CodeError(ActionError):
    """Not lower_snake_case, or a word that is kept for something else."""

    def __init__(self) -> None:
        super().__init__("code", "code", _("Use lower case letters and digits with single underscores."))


class CodeTakenError(ActionError):
    """A code has one meaning, for ever."""

    def __init__(self) -> None:
        super().__init__("code", "taken", _("This list has this code already."))


class LabelError(ActionError):
    """A label that the strict pattern refuses."""

    def __init__(self, field: str) -> None:
        super().__init__(field, "label", _("Use letters, spaces and hyphens only."))


class CountsAsFixedError(ActionError):
    """Figures were counted with it."""

    def __init__(self) -> None:
        super().__init__("counts_as", "used", _("What an outcome counts as is fixed once the outcome was used."))


def is_used(outcome: Outcome) -> bool:
    """Whether a finding or report has this outcome."""
    return Finding.objects.filter(outcome=outcome).exists() or Report.objects.filter(outcome=outcome).exists()


@transaction.atomic
def add(
    *, by: "User", now: datetime, code_list: CodeList, code: str, label_nl: str, label_en: str, position: int
) -> CodeListItem:
    """Add a code to the list of sources or of site types; it is offered at once.

    Raises ``ActionError``.
    """
    _check(by, label_nl=label_nl, label_en=label_en)
    if code_list not in EXTENDABLE:
        raise NotExtendableError
    model = LISTS[code_list]
    if not CODE.match(code) or len(code) > CODE_LENGTH or code == NOT_RECORDED:
        raise CodeError
    if model._default_manager.filter(code=code).exists():  # noqa: SLF001 - Django's own API
        raise CodeTakenError
    item = model(code=code, label_nl=label_nl, label_en=label_en, position=position)
    item.save(force_insert=True)
    _record("code_add", code_list, item, audit.changes_between({}, _audited(item)), by=by, now=now)
    return item


@transaction.atomic
def change(*, by: "User", now: datetime, code_list: CodeList, code: str, **fields: Any) -> CodeListItem:
    """Change what is given of a code's ``label_nl``, ``label_en``, ``position``, ``is_active`` and ``counts_as``.

    Raises ``ActionError``; ``CountsAsFixedError`` when an outcome that was used should count as something else.
    """
    _check(by, **{name: text for name, text in fields.items() if name.startswith("label_")})
    # The row's lock keeps out a finding that takes the outcome up at this moment: its foreign key waits for it.
    item: CodeListItem = LISTS[code_list]._default_manager.select_for_update().get(code=code)  # noqa: SLF001
    if isinstance(item, Outcome) and fields.get("counts_as", item.counts_as) != item.counts_as and is_used(item):
        raise CountsAsFixedError
    before, labels = _audited(item), _labels(item)
    for name, value in fields.items():
        setattr(item, name, value)
    changes = audit.changes_between(before, _audited(item))
    changes |= {name: [None, audit.CHANGED] for name, text in _labels(item).items() if text != labels[name]}
    if changes:
        item.save(update_fields=list(fields))
        _record("code_change", code_list, item, changes, by=by, now=now)
    return item


def _check(by: "User", **labels: str) -> None:
    if not by.may(Permission.CODES_MANAGE):
        raise NotAllowedError
    for name, text in labels.items():
        if not is_label(text):
            raise LabelError(name)


def _labels(item: CodeListItem) -> dict[str, str]:
    return {"label_nl": item.label_nl, "label_en": item.label_en}


def _audited(item: CodeListItem) -> dict[str, Any]:
    kept: dict[str, Any] = {"position": item.position, "is_active": item.is_active}
    return {**kept, "counts_as": item.counts_as} if isinstance(item, Outcome) else kept


def _record(
    verb: str, code_list: CodeList, item: CodeListItem, changes: audit.Changes, *, by: "User", now: datetime
) -> None:
    event = audit.Event(verb=verb, subject=code_list.value, subject_key=item.code, changes=changes)
    audit.record(event, by=by, now=now)
