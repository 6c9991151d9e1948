"""What the pages of releases show, each from one call: the list, one release, the press sheet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from cases.sentences import GONE, SYSTEM
from hotline.accounts.models import User
from stats.building.growth import growth
from stats.exports.pdf_report import CAME_IN, FOUND, HOSTED, PASSED_ON
from stats.exports.wording import release_facts, status_words
from stats.models import ChainCheck
from stats.pages.counts import Card
from stats.pages.release_tables import ShownSection, internal_note, shown_section
from stats.periods import Period
from stats.publication import HEADLINE, MONTHS, TREND, Publication, ReleaseFacts, latest_of
from stats.releases.chain_checks import last_chain_check
from stats.releases.reading import all_facts, publication_of, release_numbered
from stats.tables import Row, Table
from stats.words.presenters import (
    cell_text,
    coverage_note,
    fraction_note,
    growth_text,
    notes,
    passport_facts,
    period_label,
    status_note,
    unit_label,
)
from stats.words.press import PressSentence, press_sentences

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Pairs = Sequence[tuple[str, "StrOrPromise"]]


@dataclass(frozen=True, slots=True)
class Line:
    """A release in a list, in words."""

    facts: ReleaseFacts
    period: str
    status: str


@dataclass(frozen=True, slots=True)
class InForce:
    """What was in force for a period on a day; ``line`` None: nothing yet."""

    period: str
    line: Line | None


@dataclass(frozen=True, slots=True)
class ReleasesPage:
    """Every release, the newest first; and of a day that was asked for, what was in force."""

    releases: list[Line]
    on: date | None
    in_force: list[InForce]
    check: ChainCheck | None


@dataclass(frozen=True, slots=True)
class Chapter:
    """Tables that belong together."""

    key: str
    title: str
    sections: list[ShownSection]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePage:
    """One release. ``hidden``: how many numbers on the page do not leave the house, or have not."""

    line: Line
    is_exact: bool
    hidden: int
    facts: Pairs
    cards: list[Card]
    chapters: list[Chapter]
    coverage: Pairs
    others: list[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class PressPage:
    """A release's press sheet in a language."""

    line: Line
    language: str
    title: str
    sentences: list[PressSentence]


def line_of(facts: ReleaseFacts) -> Line:
    """A release's facts in words."""
    return Line(facts, period_label(facts.period), status_words(facts))


def releases_page(*, on: date | None) -> ReleasesPage:
    """Every release, and what was in force on a day."""
    known = all_facts()
    return ReleasesPage(
        releases=[line_of(facts) for facts in reversed(known)],
        on=on,
        in_force=_in_force(known, on) if on else [],
        check=last_chain_check(),
    )


def _in_force(known: Sequence[ReleaseFacts], on: date) -> list[InForce]:
    """Of every period that has a release by now, the last to come first."""
    periods = sorted({facts.period for facts in known}, key=lambda period: (period.until, period.length), reverse=True)
    found = ((period, latest_of(known, period, on=on)) for period in periods)
    return [InForce(period_label(period), line_of(facts) if facts else None) for period, facts in found]


def release_page(number: int, *, exact: bool) -> ReleasePage:
    """A release as it left the house, or ``exact`` for those inside it. Raises ``UnknownReleaseError``."""
    publication = publication_of(number, exact=exact)
    others = [facts for facts in all_facts() if facts.period == publication.facts.period and facts.number != number]
    return ReleasePage(
        line=line_of(publication.facts),
        is_exact=exact,
        hidden=hidden_cells(publication.tables),
        facts=_facts(publication, actor_name(release_numbered(number).actor)),
        cards=_cards(publication),
        chapters=list(_chapters(publication)),
        coverage=_coverage(publication),
        others=[line_of(facts) for facts in reversed(others)],
    )


def hidden_cells(tables: Iterable[Table]) -> int:
    """How many numbers do not leave the house."""
    return sum(cell.is_suppressed for table in tables for row in table.rows for cell in row.cells)


def actor_name(reference: UUID | None) -> str:
    """The person a reference belongs to, as far as there still is one; None is the system."""
    if reference is None:
        return str(SYSTEM)
    person = User.objects.filter(reference=reference).first()
    return person.shown_name if person else str(GONE)


def _facts(publication: Publication, frozen_by: str) -> Pairs:
    told = {fact.key: (fact.label, fact.text) for fact in release_facts(publication)}
    keys = ("release_period", "release_status", "released_date", "released_at")
    later = ("definitions", "threshold", "data", "digest", "previous_digest", "audit_block", "audit_head")
    return [
        *(told[key] for key in keys), (_("Frozen by"), frozen_by), *(told[key] for key in later if key in told)
    ]  # fmt: skip


def _cards(publication: Publication) -> list[Card]:
    period = publication.facts.period
    passports = {passport.key: passport_facts(passport) for passport in publication.passports}
    # By the day it was frozen: what was still running then is not compared, now or later.
    ended = period.until <= publication.facts.released_date
    return headline_cards(publication.table(HEADLINE), period, passports, ended=ended)


def headline_cards(table: Table, period: Period, passports: Mapping[str, Pairs], *, ended: bool) -> list[Card]:
    """A headline table's figures, each with its growth on the same months of the year before, or why there is none."""
    keys = {column.key: place for place, column in enumerate(table.columns)}
    own, before = keys[str(period)], keys.get(str(period.before))
    return [_card(row, own, before, period, list(passports.get(row.key, ())), ended=ended) for row in table.rows]


def _card(
    row: Row, own: int, before: int | None, period: Period, passport: "list[tuple[str, StrOrPromise]]", *, ended: bool
) -> Card:
    cell = row.cells[own]
    has_number = cell.value is not None or cell.bounds is not None
    change = ""
    if before is not None and row.unit:
        change = growth_text(growth(cell, row.cells[before], row.unit, ended=ended), period_label(period.before))
    standing = (coverage_note(cell.coverage), status_note(cell)) if has_number else ()
    return Card(
        key=row.key,
        label=row.label,
        value=cell_text(cell),
        unit=unit_label(row.unit) if row.unit and has_number else "",
        growth=change,
        note=notes(fraction_note(cell), *standing, internal_note(cell)),
        passport=passport,
    )


def _chapters(publication: Publication) -> Iterable[Chapter]:
    """The tables but the headline, in the chapters of the annual report."""
    rest = [table.key for table in publication.tables if table.key != HEADLINE]
    named: list[tuple[str, str, Sequence[str]]] = [
        ("over-time", _("Over time"), (TREND, MONTHS)),
        ("came-in", _("What came in"), CAME_IN),
        ("found", _("What was found"), FOUND),
        ("hosted", _("Where it was hosted"), HOSTED),
        ("passed-on", _("What was passed on"), PASSED_ON),
    ]
    told = {key for _key, _title, keys in named for key in keys}
    named.append(("further", _("Further tables"), [key for key in rest if key not in told]))
    for key, title, keys in named:
        found = [publication.table(wanted) for wanted in keys if wanted in rest]
        if found:
            yield Chapter(key, title, [shown_section(publication, table) for table in found])


def _coverage(publication: Publication) -> Pairs:
    """Of each figure, how much of the period was recorded."""
    table = publication.table(HEADLINE)
    own = table.column(str(publication.facts.period))
    return [
        (str(row.label), coverage_note(row.cells[own].coverage) or _("recorded over the whole period"))
        for row in table.rows
    ]


def press_page(number: int, *, language: str) -> PressPage:
    """A release's headline figures as sentences to quote, in 'nl' or 'en'. Raises ``UnknownReleaseError``."""
    publication = publication_of(number)
    line = line_of(publication.facts)
    with translation.override(language):
        title = period_label(publication.facts.period)
        return PressPage(line=line, language=language, title=title, sentences=press_sentences(publication))
