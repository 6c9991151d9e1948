"""Releases given back: as facts, and whole."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC

from stats.disclosure.tables import as_published
from stats.models import FrozenCell, FrozenLine, FrozenPassport, FrozenTable, Release
from stats.periods import Month, Period
from stats.publication import Publication, Reason, ReleaseFacts, ReleaseStatus
from stats.releases.canonical import Frozen
from stats.releases.rows import passport_of, table_of
from stats.tables import Table


class UnknownReleaseError(LookupError):
    """There is no release of that number."""


def facts_of(release: Release) -> ReleaseFacts:
    """What is known of a release besides its numbers."""
    return ReleaseFacts(
        number=release.number,
        period=period_of(release),
        status=ReleaseStatus(release.status),
        revision=release.revision,
        reason=Reason(release.reason) if release.reason else None,
        released_at=release.released_at.astimezone(UTC),
        released_date=release.released_date,
        digest=release.digest,
        previous_digest=release.previous_digest,
        definitions=release.definitions,
        threshold=release.threshold,
        is_synthetic=release.is_synthetic,
        audit_block=release.audit_block,
        audit_head=release.audit_head,
    )


def period_of(release: Release) -> Period:
    """The period a release is of."""
    return Period(Month.containing(release.first_month), release.months)


def all_facts() -> list[ReleaseFacts]:
    """Every release there is, the newest last."""
    return [facts_of(release) for release in Release.objects.order_by("number")]


def releases_of(period: Period) -> list[ReleaseFacts]:
    """The releases of one period, the newest last."""
    found = Release.objects.filter(first_month=period.first, months=period.length).order_by("number")
    return [facts_of(release) for release in found]


def release_numbered(number: int) -> Release:
    """The release of that number. Raises ``UnknownReleaseError``."""
    try:
        return Release.objects.get(number=number)
    except (Release.DoesNotExist, OverflowError) as error:
        raise UnknownReleaseError from error


def frozen_of(releases: Iterable[Release]) -> dict[int, list[Frozen]]:
    """The rows of some releases, by number, in three queries however many there are."""
    numbers = [release.number for release in releases]
    tables = list(FrozenTable.objects.filter(release__in=numbers).order_by("release", "position"))
    keys = [table.pk for table in tables]
    lines: dict[int, list[FrozenLine]] = defaultdict(list)
    for line in FrozenLine.objects.filter(table__in=keys).order_by("table", "is_column", "position"):
        lines[line.table_id].append(line)
    cells: dict[int, list[FrozenCell]] = defaultdict(list)
    for cell in FrozenCell.objects.filter(table__in=keys).order_by("table", "row", "column"):
        cells[cell.table_id].append(cell)
    found: dict[int, list[Frozen]] = {number: [] for number in numbers}
    for table in tables:
        found[table.release_id].append(Frozen(table, lines[table.pk], cells[table.pk]))
    return found


def passports_of(release: Release) -> list[FrozenPassport]:
    """The rows of a release's passports."""
    return list(FrozenPassport.objects.filter(release=release.number).order_by("position"))


def publication_of(number: int, *, exact: bool = False) -> Publication:
    """A release whole: as it leaves the house, or ``exact`` for those inside it.

    Raises ``UnknownReleaseError``.
    """
    release = release_numbered(number)
    tables = tables_of([release])[release.number]
    return Publication(
        facts=facts_of(release),
        tables=tuple(tables) if exact else as_they_left(tables, release.threshold),
        passports=tuple(passport_of(row) for row in passports_of(release)),
        is_internal=exact,
    )


def tables_of(releases: Sequence[Release]) -> dict[int, list[Table]]:
    """The exact tables of some releases, by number."""
    return {number: [table_of(frozen) for frozen in rows] for number, rows in frozen_of(releases).items()}


def as_they_left(tables: Iterable[Table], threshold: int) -> tuple[Table, ...]:
    """Tables with what was suppressed taken out."""
    return tuple(as_published(table, threshold) for table in tables)
