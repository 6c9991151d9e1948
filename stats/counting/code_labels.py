"""The codes that figures are broken down by: labels in both languages, order, and the years of age bands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Exists, F, IntegerField, OuterRef, QuerySet, TextChoices, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf

from cases.codes import UNDETERMINED, Answer, RecipientKind, ReferralStatus
from cases.models import (
    AgeBand,
    AgeScheme,
    AgeSchemeBand,
    HostingCountry,
    Outcome,
    OutsideCode,
    Recipient,
    Sex,
    SiteType,
    Source,
)
from stats.ages import Bands, Scheme
from stats.bilingual import bilingual
from stats.declarations import Axis

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LISTS = {
    "source": Source,
    "outcome": Outcome,
    "sex": Sex,
    "age_band": AgeBand,
    "site_type": SiteType,
    "hosting_country": HostingCountry,
}
CHOICES: Mapping[str, type[TextChoices]] = {
    "answer": Answer,
    "referral_status": ReferralStatus,
    "recipient_kind": RecipientKind,
}
# Names of rows that are no code: an age scheme (its version in place of a first year), and, followed by a scheme's
# key, a band as that scheme has it.
SCHEME, MEMBER = "scheme", "member "
# Followed by a list's name: what the statements of reasons under the Digital Services Act call a code of it.
DSA = "dsa "


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it is shown. ``offered``: shown also when it does not occur."""

    code: str
    label: "StrOrPromise"
    offered: bool


@dataclass(frozen=True, slots=True)
class CodeLabels:
    """Every list's codes in their order. ``dsa``: by list and code, what the DSA transparency database calls it."""

    lists: Mapping[str, Mapping[str, Code]]
    bands: Bands
    schemes: tuple[Scheme, ...] = ()
    dsa: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def of(self, axis: Axis, occurring: Iterable[str]) -> list[Code]:
        """The codes to show along an axis, in order: those offered and those that occur; of a long list, the latter."""
        occurs = set(occurring)
        listed = self.lists[axis.codes]
        shown = [code for code in listed.values() if code.code in occurs or (code.offered and not axis.long)]
        return sorted(shown, key=lambda code: code.code == UNDETERMINED)

    def label(self, axis: Axis, code: str) -> "StrOrPromise":
        """A code's label."""
        return self.lists[axis.codes][code].label


def read_code_labels() -> CodeLabels:
    """All lists in one query."""
    lists: dict[str, dict[str, Code]] = {name: {} for name in (*LISTS, "recipient")}
    bands: dict[str, tuple[int, int]] = {}
    # By each list's own order; recipients have none but their names.
    rows = sorted(_rows(), key=_in_order)
    for name, code, label_nl, label_en, _position, offered, from_year, to_year in rows:
        if name not in lists:
            continue
        lists[name][code] = Code(code, bilingual(label_nl, label_en), offered)
        if from_year is not None:
            bands[code] = (from_year, to_year)
    for name, choices in CHOICES.items():
        lists[name] = {str(code): Code(str(code), label, offered=True) for code, label in choices.choices}
    dsa = {(name.removeprefix(DSA), code): theirs for name, code, theirs, *_rest in rows if name.startswith(DSA)}
    return CodeLabels(lists, bands, _schemes(rows), dsa)


def _schemes(rows: "list[tuple[Any, ...]]") -> tuple[Scheme, ...]:
    """The age schemes, in their order; of a later version the label says which it is."""
    members: dict[str, dict[str, StrOrPromise]] = {}
    for name, code, label_nl, label_en, *_rest in rows:
        if name.startswith(MEMBER):
            members.setdefault(name.removeprefix(MEMBER), {})[code] = bilingual(label_nl, label_en)
    return tuple(
        Scheme(
            key=code,
            label=bilingual(*(f"{label} ({version})" if version > 1 else label for label in (label_nl, label_en))),
            version=version,
            labels=members.get(code, {}),
            is_default=is_default,
        )
        for name, code, label_nl, label_en, _position, is_default, version, _none in rows
        if name == SCHEME
    )


def _in_order(row: tuple[Any, ...]) -> tuple[int, str, str]:
    _name, code, label_nl, _label_en, position, *_rest = row
    return position, label_nl if position == 0 else code, code


def _rows() -> "QuerySet[Any, tuple[Any, ...]]":
    nothing = Cast(Value(None), IntegerField())
    queries = [
        model.objects.values_list(
            Value(name, TextField()),
            Cast("code", TextField()),
            Cast("label_nl", TextField()),
            Cast("label_en", TextField()),
            Cast("position", IntegerField()),
            _offered(name),
            Cast("from_year", IntegerField()) if name == "age_band" else nothing,
            Cast("to_year", IntegerField()) if name == "age_band" else nothing,
        ).order_by()
        for name, model in LISTS.items()
    ]
    name = Cast("name", TextField())
    recipients = Recipient.objects.values_list(
        Value("recipient", TextField()), Cast("pk", TextField()), name, name, Value(0), F("is_active"), nothing, nothing
    ).order_by()
    return queries[0].union(*queries[1:], recipients, *_scheme_rows(), _dsa_rows(), all=True)


def _dsa_rows() -> "QuerySet[Any, tuple[Any, ...]]":
    nothing = Cast(Value(None), IntegerField())
    theirs = Cast("outside_code", TextField())
    return (
        OutsideCode.objects.filter(scheme=DSA.strip())
        .values_list(
            *(Concat(Value(DSA, TextField()), Cast("code_list", TextField())), Cast("code", TextField())),
            *(theirs, theirs, Value(0), Value(value=True), nothing, nothing),
        )
        .order_by()
    )


def _scheme_rows() -> "tuple[QuerySet[Any, tuple[Any, ...]], ...]":
    """Age schemes, and their bands: under the scheme's own name for a band, or else the band's."""
    nothing = Cast(Value(None), IntegerField())
    schemes = AgeScheme.objects.values_list(
        *(Value(SCHEME, TextField()), Cast("code", TextField())),
        *(Cast("label_nl", TextField()), Cast("label_en", TextField()), Cast("position", IntegerField())),
        *(F("is_default"), Cast("version", IntegerField()), nothing),
    )
    names = {name: Cast(name, TextField()) for name in ("label_nl", "label_en", "band__label_nl", "band__label_en")}
    own = [
        Coalesce(NullIf(names[f"label_{language}"], Value("", TextField())), names[f"band__label_{language}"])
        for language in ("nl", "en")
    ]
    bands = AgeSchemeBand.objects.values_list(
        Concat(Value(MEMBER, TextField()), Cast("scheme", TextField())),
        Cast("band", TextField()),
        *own,
        *(Cast("band__from_year", IntegerField()), Value(value=True), nothing, nothing),
    )
    return schemes.order_by(), bands.order_by()


def _offered(name: str) -> Any:
    """Of the bands of all schemes, those of the default one are offered."""
    if name != "age_band":
        return F("is_active")
    return Cast(Exists(AgeSchemeBand.objects.filter(band=OuterRef("pk"), scheme__is_default=True)), BooleanField())
