"""What a printed publication says of itself: title, status, banners, facts; and names of rows and columns.

In the active language.
"""

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from stats.exports.wording import last_day, release_facts, status_words
from stats.periods import MONTHS_IN_YEAR, Month, Period, PeriodError
from stats.publication import Publication, ReleaseFacts
from stats.tables import Column, Part, Row, Shape, Table
from stats.words.presenters import month_label, period_label

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHORT_DIGEST = 12
DIGESTS = ("digest", "previous_digest", "audit_head")

Pairs = list[tuple[str, str]]


def title(facts: ReleaseFacts) -> str:
    """'Annual figures 2024', or 'Figures, March 2024' of a shorter period."""
    period = period_label(facts.period)
    if facts.period.length == MONTHS_IN_YEAR:
        return _("Annual figures %(period)s") % {"period": period}
    return _("Figures, %(period)s") % {"period": period}


def days_covered(period: Period) -> str:
    """'1 January 2024 to 31 December 2024'."""
    return _("%(first)s to %(last)s") % {
        "first": date_format(period.first, "DATE_FORMAT"),
        "last": date_format(last_day(period), "DATE_FORMAT"),
    }


def running_text(facts: ReleaseFacts) -> str:
    """Status, number and the beginning of the digest, for every page."""
    return _("%(status)s, release %(number)s, digest %(digest)s…") % {
        "status": status_words(facts),
        "number": facts.number,
        "digest": facts.digest[:SHORT_DIGEST],
    }


def banners(publication: Publication) -> list[str]:
    """What must be seen on every page: that the data are made up, or exact."""
    return [
        *([_("Made-up data, for demonstration only")] if publication.facts.is_synthetic else []),
        *([_("Exact, for internal use: not to be published")] if publication.is_internal else []),
    ]


def identity(publication: Publication) -> tuple[Pairs, Pairs]:
    """What identifies a release, as terms and texts: its facts, and the digests, whole."""
    facts = release_facts(publication)
    return (
        [(fact.label, fact.text) for fact in facts if fact.key not in DIGESTS],
        [(fact.label, fact.text) for fact in facts if fact.key in DIGESTS],
    )


def row_label(table: Table, row: Row) -> str:
    """A month is written out; anything else has its label."""
    is_month = table.shape is Shape.MONTHS and row.part is not Part.TOTAL
    return month_label(Month.parse(row.key)) if is_month else str(row.label)


def column_label(table: Table, column: Column) -> str:
    """A period is written out; anything else has its label."""
    return named_period(column.key, column.label) if table.shape is Shape.FIGURES else str(column.label)


def named_period(key: str, label: "StrOrPromise") -> str:
    """The period that a key names in words; the label where it names none."""
    try:
        return period_label(Period.parse(key))
    except PeriodError:
        return str(label)


def status_line(facts: ReleaseFacts) -> str:
    """'Final release 3, of 10 March 2025'."""
    return _("%(status)s · release %(number)s of %(day)s") % {
        "status": _sentence_case(status_words(facts)),
        "number": facts.number,
        "day": date_format(facts.released_date, "DATE_FORMAT"),
    }


def document_words() -> dict[str, str]:
    """The few words that the templates themselves put on paper."""
    return {
        "contents": _("Contents"),
        "press": _("Press sheet"),
        "tables": _("All tables"),
        "report": _("Annual report"),
        "exact": _("exact"),
        "base": _("counted"),
        "note": _("note"),
    }


def _sentence_case(words: str) -> str:
    return words[:1].upper() + words[1:]
