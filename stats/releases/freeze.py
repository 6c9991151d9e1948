"""Freezing a period: counted, verified, protected, and copied in one transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from cases.actions import audit
from cases.retired import retired_among
from cases.seal.state import sealed_head
from hotline.accounts.permissions import Permission
from hotline.days import hotline_day
from stats.building.breakdowns import as_told
from stats.counting import verify
from stats.counting.recount_sql import definitions
from stats.counting.rollups import settle
from stats.counting.snapshot import one_snapshot
from stats.coverage import Status
from stats.disclosure.tables import protect
from stats.models import FrozenCell, FrozenLine, FrozenPassport, FrozenTable, Release
from stats.periods import Period
from stats.publication import HEADLINE, Reason, ReleaseStatus
from stats.releases.canonical import Frozen, canonical, digest
from stats.releases.draft import Draft, draft
from stats.releases.earlier import earlier_releases
from stats.releases.reading import all_facts, frozen_of, passports_of, period_of
from stats.releases.rows import frozen_passports, frozen_table
from stats.tables import Table

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from hotline.accounts.models import User
    from stats.publication import ReleaseFacts

# The advisory lock that releases are made under, one at a time. Any constant: nothing else locks by it.
LOCK = 0x52454C45
ATTEMPTS = 5
DIGEST_IN_LOG = 40  # what a value of the audit log has room for; of 64


class Rule(StrEnum):
    """What a wish to freeze can break."""

    NOT_ALLOWED = "not_allowed"
    NOT_BEGUN = "not_begun"
    NOT_ENDED = "not_ended"
    NOT_FINAL = "not_final"
    IS_FINAL = "is_final"
    NO_REASON = "no_reason"
    REASON = "reason"
    DIFFERS = "differs"
    UNSETTLED = "unsettled"
    NOTHING = "nothing"
    RETIRED = "retired"


MESSAGES: "dict[Rule, StrOrPromise]" = {
    Rule.NOT_ALLOWED: _("Only an administrator can freeze figures."),
    Rule.NOT_BEGUN: _("This period has not begun."),
    Rule.NOT_ENDED: _("This period has not ended: it can be frozen as provisional only."),
    Rule.NOT_FINAL: _("There is no final release of this period to revise."),
    Rule.IS_FINAL: _("This period has a final release: what has changed since is a revision."),
    Rule.NO_REASON: _("A revision needs a reason: late entry, correction or definition."),
    Rule.REASON: _("Only a revision has a reason."),
    Rule.DIFFERS: _("The counts differ from the records. Run verify_counts and mend it first."),
    Rule.UNSETTLED: _("Records of this period keep changing. Try again in a quiet moment."),
    Rule.NOTHING: _("Nothing was recorded in this period."),
    Rule.RETIRED: _("Records of this period were removed at the end of their time. Its figures stay as published."),
}


class FreezeError(Exception):
    """Why a period can not be frozen so; as text for people, in their language."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule.value)
        self.rule = rule

    def __str__(self) -> str:
        return str(MESSAGES[self.rule])


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be frozen, and as what; ``reason`` for a revision only."""

    period: Period
    status: ReleaseStatus
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told how a freeze goes, and can stop it by raising an error.

    ``step`` is told how many of how many steps are done, between transactions. ``made`` is told of the release in the
    very transaction that writes it: what is written by it stands or falls with the release.
    """

    step: Callable[[int, int], None]
    made: Callable[[Release], None]


NOBODY = Watch(lambda _done, _of: None, lambda _release: None)


def freeze(wish: Wish, *, by: "User | None", now: datetime, watch: Watch = NOBODY) -> Release:
    """Freeze a period and give the release it has become. ``by`` None: somebody at the server's own terminal.

    Recounts what waits, has the counts verified by the independent recount, and then, in one transaction: figures,
    breakdowns, coverage, passports and definitions are copied, cells to be suppressed are marked, the digest is
    chained to the release before, and the audit log says who did it. Waits for another release that is being made.

    Raises ``FreezeError``; nothing has then been written.
    """
    if by is not None and not by.may(Permission.RELEASES_FREEZE):
        raise FreezeError(Rule.NOT_ALLOWED)
    with _one_at_a_time():
        check(wish, all_facts(), now=now)
        _recount_and_verify(wish.period, now=now, watch=watch)
        for _attempt in range(ATTEMPTS):
            release = _freeze_if_settled(wish, by=by, now=now, watch=watch)
            if release:
                return release
            settle((*wish.period.before.months, *wish.period.months), now=now)
    raise FreezeError(Rule.UNSETTLED)


def check(wish: Wish, releases: "list[ReleaseFacts]", *, now: datetime) -> None:
    """Refuse what does not follow on the releases there are.

    A period is frozen as provisional any number of times, then as final once, then it is revised.

    Raises ``FreezeError``.
    """
    today = hotline_day(now)
    of_period = [facts for facts in releases if facts.period == wish.period]
    has_final = any(facts.status is not ReleaseStatus.PROVISIONAL for facts in of_period)
    if wish.period.first > today:
        raise FreezeError(Rule.NOT_BEGUN)
    if retired_among(month.first for month in wish.period.months):
        raise FreezeError(Rule.RETIRED)
    if wish.status is not ReleaseStatus.PROVISIONAL and wish.period.until > today:
        raise FreezeError(Rule.NOT_ENDED)
    if wish.status is ReleaseStatus.REVISED and not has_final:
        raise FreezeError(Rule.NOT_FINAL)
    if wish.status is not ReleaseStatus.REVISED and has_final:
        raise FreezeError(Rule.IS_FINAL)
    if wish.status is ReleaseStatus.REVISED and wish.reason is None:
        raise FreezeError(Rule.NO_REASON)
    if wish.status is not ReleaseStatus.REVISED and wish.reason is not None:
        raise FreezeError(Rule.REASON)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """A lock of the session, taken before the transaction begins: its snapshot must hold the release before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _recount_and_verify(period: Period, *, now: datetime, watch: Watch) -> None:
    months = (*period.before.months, *period.months)
    steps = len(months) + 2
    for done, month in enumerate(months):
        watch.step(done, steps)
        settle([month], now=now)
    watch.step(len(months), steps)
    # All months at once: a pass over a year takes little more than one over a month.
    outcome = verify.verify_months(period.months, now=now)
    if outcome.differences:
        raise FreezeError(Rule.DIFFERS)
    if outcome.unsettled:
        raise FreezeError(Rule.UNSETTLED)
    watch.step(steps - 1, steps)


def _freeze_if_settled(wish: Wish, *, by: "User | None", now: datetime, watch: Watch) -> Release | None:
    with one_snapshot(read_only=False), transaction.atomic():
        found = draft(wish.period, today=hotline_day(now))
        if not found.is_settled:
            return None
        _refuse_nothing(found)
        release = _write(wish, _prepared(found, wish), by=by, now=now)
        _record(release, by=by, now=now)
        watch.made(release)
    return release


def _refuse_nothing(found: Draft) -> None:
    headline = next(table for table in found.tables if table.key == HEADLINE)
    if all(row.cells[0].status is Status.NOT_COLLECTED for row in headline.rows):
        raise FreezeError(Rule.NOTHING)


def _prepared(found: Draft, wish: Wish) -> tuple[Table, ...]:
    """The tables as they are frozen: what is to be suppressed marked, and provisional what is released as such."""
    protected = protect(
        found.tables, period=wish.period, threshold=settings.DISCLOSURE_THRESHOLD, earlier=earlier_releases(wish.period)
    ).tables
    if wish.status is not ReleaseStatus.PROVISIONAL:
        return tuple(protected)
    return tuple(_as_provisional(table) for table in protected)


def _as_provisional(table: Table) -> Table:
    rows = (
        replace(
            row,
            cells=tuple(
                replace(cell, status=Status.PROVISIONAL) if cell.status is Status.NORMAL and not cell.source else cell
                for cell in row.cells
            ),
        )
        for row in table.rows
    )
    return replace(table, rows=tuple(rows))


def _write(wish: Wish, tables: tuple[Table, ...], *, by: "User | None", now: datetime) -> Release:
    release = _new_release(wish, by=by, now=now)
    frozen = [frozen_table(release, position, table) for position, table in enumerate(tables)]
    passports = frozen_passports(release, as_told(next(table for table in tables if table.key == HEADLINE)))
    release.digest = digest(canonical(release, frozen, passports))
    release.save(force_insert=True)
    FrozenPassport.objects.bulk_create(passports)
    _write_tables(frozen)
    kept = canonical(release, frozen_of([release])[release.number], passports_of(release))
    if digest(kept) != release.digest:
        msg = "what was written is not what was to be frozen"
        raise RuntimeError(msg)
    return release


def _write_tables(frozen: list[Frozen]) -> None:
    FrozenTable.objects.bulk_create(one.table for one in frozen)
    lines, cells = [line for one in frozen for line in one.lines], [cell for one in frozen for cell in one.cells]
    # Their table has its key only now.
    for line in lines:
        line.table_id = line.table.pk
    for cell in cells:
        cell.table_id = cell.table.pk
    FrozenLine.objects.bulk_create(lines)
    FrozenCell.objects.bulk_create(cells, batch_size=2000)


def _new_release(wish: Wish, *, by: "User | None", now: datetime) -> Release:
    last = Release.objects.order_by("-number").first()
    is_revision = wish.status is ReleaseStatus.REVISED
    head = sealed_head()
    revisions = Release.objects.filter(
        first_month=wish.period.first, months=wish.period.length, status=ReleaseStatus.REVISED
    ).count()
    return Release(
        number=last.number + 1 if last else 1,
        first_month=wish.period.first,
        months=wish.period.length,
        status=wish.status.value,
        revision=revisions + 1 if is_revision else 0,
        reason=wish.reason.value if wish.reason else "",
        released_at=now.astimezone(UTC),
        released_date=hotline_day(now),
        actor=by.reference if by else None,
        definitions=definitions(),
        threshold=settings.DISCLOSURE_THRESHOLD,
        is_synthetic=settings.SYNTHETIC_DATA,
        previous_digest=last.digest if last else "",
        audit_block=head.number if head else None,
        audit_head=head.digest if head else "",
    )


def _record(release: Release, *, by: "User | None", now: datetime) -> None:
    period = str(period_of(release)).replace("..", "_")  # the log's values hold no dots
    changes: audit.Changes = {
        "period": [None, period],
        "status": [None, release.status],
        "digest": [None, release.digest[:DIGEST_IN_LOG]],
    }
    if release.reason:
        changes["reason"] = [None, release.reason]
    event = audit.Event(verb="freeze", subject="release", subject_key=str(release.number), changes=changes)
    audit.record(event, by=by, now=now)
