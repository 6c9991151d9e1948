"""What leaves the house: the tables of a release, protected, with all that a form of it has to say. Pure.

Every form (CSV, XLSX, PDF, JSON, SDMX) and every page of a release is made from a :class:`Publication` and from
nothing else, so forms can not disagree, and depend on no clock, no database and no setting. Labels are translatable:
a form is made with its language active.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.codes import Dimension
from stats.declarations import Unit
from stats.periods import Period
from stats.tables import Table

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

HEADLINE = "headline"
MONTHS = "months"
AGE_GROUPS = "age_groups"
REMOVAL = "removal"
DSA = "dsa_22_3"
TREND = "trend"


class ReleaseStatus(TextChoices):
    """How firm a release is. A draft is a look at what would be frozen; it is not kept."""

    PROVISIONAL = "provisional", _("provisional")
    FINAL = "final", _("final")
    REVISED = "revised", _("revised")


class Reason(TextChoices):
    """Why a final release is revised, and why a figure differs from the one that was published."""

    LATE_ENTRY = "late_entry", _("late entry")
    CORRECTION = "correction", _("correction")
    DEFINITION = "definition", _("definition")


class Form(StrEnum):
    """What a publication is written as."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"
    JSON = "json"
    SDMX = "sdmx"


class Document(TextChoices):
    """What of a publication a file holds. The report and the sheet are typeset, so they are PDF and nothing else."""

    TABLES = "tables", _("tables")
    ANNUAL_REPORT = "annual_report", _("annual report")
    PRESS_SHEET = "press_sheet", _("press sheet")


@dataclass(frozen=True, slots=True, kw_only=True)
class PassportText:
    """A figure's passport as it was frozen. ``denominator`` is '' for a plain count."""

    key: str
    label: "StrOrPromise"
    unit: Unit
    numerator: "StrOrPromise"
    denominator: "StrOrPromise"
    rule: "StrOrPromise"
    requires: tuple[Dimension, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """What is known of a release besides its numbers.

    ``revision`` is 0, or n of the n-th revision. ``released_at`` is aware, in UTC; ``released_date`` the hotline's own
    day. Digests are SHA-256 in 64 hexadecimal digits; ``previous_digest`` is '' for the first release there is.
    ``audit_head`` is the digest of ``audit_block``, the newest block of the sealed audit log then; None and ''
    where there was none.
    """

    number: int
    period: Period
    status: ReleaseStatus
    revision: int
    reason: Reason | None
    released_at: datetime
    released_date: date
    digest: str
    previous_digest: str
    definitions: str
    threshold: int
    is_synthetic: bool
    audit_block: int | None = None
    audit_head: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A release's facts, tables and passports. ``is_internal``: exact values, not to leave the house."""

    facts: ReleaseFacts
    tables: tuple[Table, ...]
    passports: tuple[PassportText, ...]
    is_internal: bool

    def table(self, key: str) -> Table:
        """A table by its key. Raises ``KeyError`` when the release has none."""
        for table in self.tables:
            if table.key == key:
                return table
        raise KeyError(key)

    def passport(self, figure: str) -> PassportText:
        """A figure's passport. Raises ``KeyError`` when the release has none."""
        for passport in self.passports:
            if passport.key == figure:
                return passport
        raise KeyError(figure)


def latest_of(releases: Sequence[ReleaseFacts], period: Period, *, on: date) -> ReleaseFacts | None:
    """What was in force for a period at the end of a day: the last release of it up to then, if any."""
    known = [facts for facts in releases if facts.period == period and facts.released_date <= on]
    return max(known, key=lambda facts: facts.number, default=None)
