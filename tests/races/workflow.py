"""The machine: random workflows through the product's own actions, beside the independent count of tests.races.ledger.

After each step the audit log holds exactly the events that the step leaves. At a drain, and at the end of each run,
the rollup's cells are the ledger's, the product's own verification agrees, and every release holds what it held.
Each run is one transaction, rolled back.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cases.actions import findings, referrals, reports, triage
from cases.actions.closing import NOTHING_CONFIRMED, ClosedMonthError
from cases.actions.errors import ActionError
from cases.actions.findings import Tally
from cases.actions.referrals import Answer, Sending
from cases.actions.reports import Intake
from cases.closed_months import EveryMonth
from cases.models import (
    AgeBand,
    AuditEvent,
    HostingCountry,
    Outcome,
    Recipient,
    Referral,
    Report,
    Sex,
    SiteType,
    Source,
)
from hotline.accounts.models import User
from stats.counting.rollups import recount_waiting, waiting_months
from stats.counting.verify import verify
from stats.models import MonthlyCount
from stats.models.releases import Reason, ReleaseStatus
from stats.periods import Period
from stats.releases.chain import check_chain
from stats.releases.freeze import Wish, freeze
from tests.make import AMSTERDAM
from tests.races.ledger import DETAILS, KNOWN, SERIOUS_FIRST, Case, Line, Passed, expected, month

BEGIN = datetime(2026, 2, 2, 11, 0, tzinfo=AMSTERDAM)
# The edges of months and of a year, a leap day, and a day that is long past.
DAYS = (
    *(date(2024, 2, 29), date(2025, 11, 30), date(2025, 12, 1), date(2025, 12, 31)),
    *(date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1)),
)
MOST_RELEASES = 3
STEPS_BETWEEN_DRAINS = 8
EVERY_MONTH = EveryMonth()
LISTS = {"sex": Sex, "age_band": AgeBand, "hosting_country": HostingCountry, "site_type": SiteType}
CONTENT = """
SELECT md5(string_agg(c::text, ',' ORDER BY c.id)) FROM stats_frozencell c
JOIN stats_frozentable t ON t.id = c.table_id WHERE t.release_id = %s
"""
HEADLINE = """
SELECT l.key, c.value::bigint FROM stats_frozentable t
JOIN stats_frozenline l ON l.table_id = t.id AND NOT l.is_column
JOIN stats_frozencell c ON c.table_id = t.id AND c."row" = l.position AND c."column" = 0
WHERE t.release_id = %s AND t.key = 'headline' AND l.unit <> 'percent'
"""
HEADLINE_FIGURES = ("reports", "urls", "urls_assessed", "urls_confirmed", "referred", "acted_on", "sent", "removed")


@dataclass
class House:
    """Who works there, whom it refers to, and its code lists: made once, committed."""

    analyst: User
    lead: User
    administrator: User
    recipients: list[Recipient]
    sources: dict[str, Source] = field(default_factory=lambda: Source.objects.in_bulk(["public", "police"]))
    outcomes: dict[str, Outcome] = field(default_factory=Outcome.objects.in_bulk)
    details: dict[str, dict[str, object]] = field(
        default_factory=lambda: {name: model.objects.in_bulk() for name, model in LISTS.items()}
    )


numbers = st.integers(0, 999)
lines_drawn = st.lists(
    st.tuples(
        st.sampled_from(SERIOUS_FIRST),
        st.integers(0, 5),
        st.sampled_from((None, "yes", "no")),
        st.sampled_from((None, "girls", "undetermined")),
        st.sampled_from((None, "10-11", "undetermined")),
        st.sampled_from((None, "NL", "US")),
        st.sampled_from((None, "forum")),
    ),
    max_size=3,
)


def lines_of(drawn: list[tuple], urls: int) -> list[Line]:
    """Lines that fit into so many URLs; only confirmed ones have details."""
    found, left = [], urls
    for outcome, weight, self_generated, *details in drawn:
        line = Line(outcome, min(weight, left), self_generated, tuple(details))
        found.append(line if line.is_confirmed else Line(outcome, line.urls))
        left -= line.urls
    return found


class Workflow(RuleBasedStateMachine):
    """One run. ``told`` counts over all runs what was done; a run that Hypothesis broke off is 'begun' only."""

    house: House
    told: Counter
    # One run in so many makes releases: they take longer than all else.
    release_runs = 10
    steps = 50

    def __init__(self) -> None:
        super().__init__()
        self.run = transaction.atomic()
        self.run.__enter__()
        self.now = BEGIN
        self.cases: dict[int, Case] = {}
        self.events: list[tuple[str, str]] = []
        self.last_event = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.closed: set[str] = set()
        self.contents: dict[int, str] = {}
        self.may_freeze = False
        self.undrained = 0
        self.taken = 0
        self.told["begun"] += 1

    def teardown(self) -> None:
        try:
            self.settled()
        finally:
            transaction.set_rollback(True)
            self.run.__exit__(None, None, None)
        self.told["runs"] += self.taken >= self.steps

    # What every step goes through.

    @property
    def today(self) -> date:
        return self.now.date()

    def days(self) -> tuple[date, ...]:
        """The days that a report can come in on, today too."""
        return (*DAYS, self.today)

    def one(self, pick: int, *states: str) -> tuple[Report, Case]:
        """One of the reports in these states, as it stands in the database."""
        keys = [key for key, case in self.cases.items() if case.state in states]
        key = keys[pick % len(keys)]
        return Report.objects.get(pk=key), self.cases[key]

    def has(self, *states: str) -> bool:
        return any(case.state in states for case in self.cases.values())

    def do(self, action, touched: list[date], **arguments):
        """Take an action. A month that is closed is asked about first, and nothing is written until it is confirmed."""
        if self.closed & {month(day) for day in touched}:
            with pytest.raises(ClosedMonthError):
                action(now=self.now, confirmed=NOTHING_CONFIRMED, **arguments)
            self.told["asked about a closed month"] += 1
            return action(now=self.now, confirmed=EVERY_MONTH, **arguments)
        return action(now=self.now, confirmed=NOTHING_CONFIRMED if self.closed else EVERY_MONTH, **arguments)

    def left(self, *events: tuple[str, str]) -> None:
        """These events are to be in the log now, and no others."""
        self.events += events

    @invariant()
    def events_are_one_for_one(self) -> None:
        rows = list(
            AuditEvent.objects.filter(pk__gt=self.last_event).order_by("pk").values_list("pk", "verb", "subject")
        )
        assert [(verb, subject) for _pk, verb, subject in rows] == self.events
        if rows:
            self.last_event = rows[-1][0]
        self.told["events"] += len(rows)
        self.told["steps"] += 1
        self.taken += 1
        self.undrained += 1
        self.events.clear()

    def tallies(self, lines: list[Line]) -> list[Tally]:
        details = self.house.details
        return [
            Tally(
                outcome=self.house.outcomes[line.outcome],
                url_count=line.urls,
                self_generated=line.self_generated,
                **{name: code and details[name][code] for name, code in zip(DETAILS, line.details, strict=True)},
            )
            for line in lines
        ]

    @staticmethod
    def counted_on(case: Case) -> list[date]:
        return [case.day, *(one.sent for one in case.passed.values())]

    # The steps.

    @initialize(
        kind=st.integers(0, 9),
        first=st.lists(st.tuples(numbers, st.integers(1, 12), lines_drawn), min_size=2, max_size=5),
    )
    def open(self, kind: int, first: list[tuple]) -> None:
        """A few reports, so that there is something to do."""
        self.may_freeze = kind % self.release_runs == 0
        for day, urls, drawn in first:
            self.log_one(day, "public", urls, drawn)

    @rule(day=numbers, source=st.sampled_from(("public", "police")), urls=st.integers(0, 12), drawn=lines_drawn)
    def log(self, day: int, source: str, urls: int, drawn: list[tuple]) -> None:
        self.log_one(day, source, urls, drawn)

    def log_one(self, day: int, source: str, urls: int, drawn: list[tuple]) -> None:
        received, lines = self.days()[day % len(self.days())], lines_of(drawn, urls)
        intake = Intake(received_date=received, source=self.house.sources[source], url_count=urls)
        report = self.do(reports.log, [received], by=self.house.lead, intake=intake, tallies=self.tallies(lines))
        case = Case(received, source, urls, lines=lines)
        if lines:
            case.state = "assessed" if case.assessed >= urls else "in_triage"
        case.stand_again()
        self.cases[report.pk] = case
        self.left(("log", "report"), *[("assess", "finding")] * len(lines))

    @precondition(lambda self: self.has("received"))
    @rule(pick=numbers)
    def take(self, pick: int) -> None:
        report, case = self.one(pick, "received")
        reports.take(by=self.house.analyst, now=self.now, report=report)
        case.state = "in_triage"
        self.left(("take", "report"))

    @precondition(lambda self: self.has("in_triage"))
    @rule(pick=numbers)
    def put_back(self, pick: int) -> None:
        report, case = self.one(pick, "in_triage")
        reports.put_back(by=self.house.analyst, now=self.now, report=report)
        case.state = "received"
        self.left(("put_back", "report"))

    @precondition(lambda self: self.has("in_triage"))
    @rule(pick=numbers, drawn=lines_drawn, kept=st.integers(0, 2), finishes=st.booleans())
    def assess(self, pick: int, drawn: list[tuple], kept: int, finishes: bool) -> None:
        """Some lines stay, others go and come; with none left to assess the triage is finished."""
        report, case = self.one(pick, "in_triage")
        stay = case.lines[:kept]
        lines = [*stay, *lines_of(drawn, case.urls - sum(line.urls for line in stay))]
        gone, come = Counter(case.lines) - Counter(lines), Counter(lines) - Counter(case.lines)
        touched = self.counted_on(case) if gone or come else []
        action = triage.decide if finishes else findings.replace
        self.do(action, touched, by=self.house.analyst, report=report, tallies=self.tallies(lines))
        case.lines = lines
        case.stand_again()
        self.left(
            ("assess", "report"), *[("retract", "finding")] * gone.total(), *[("assess", "finding")] * come.total()
        )
        if finishes and lines and case.assessed == case.urls:
            case.state = "assessed"
            self.left(("finish", "report"))

    @precondition(lambda self: self.has("received", "in_triage"))
    @rule(pick=numbers, day=numbers, source=st.sampled_from(("public", "police")), more=st.integers(0, 4))
    def amend(self, pick: int, day: int, source: str, more: int) -> None:
        """Another day (back-dated, over the edge of a year), source or number; never below what is spoken of."""
        report, case = self.one(pick, "received", "in_triage")
        received = self.days()[day % len(self.days())]
        urls = max(case.assessed, *(one.urls for one in case.passed.values()), 0) + more
        changed = (received, source, urls) != (case.day, case.source, case.urls)
        intake = Intake(received_date=received, source=self.house.sources[source], url_count=urls)
        touched = [case.day, received] if changed else []
        self.do(reports.amend, touched, by=self.house.analyst, report=report, intake=intake)
        case.day, case.source, case.urls = received, source, urls
        self.left(("amend", "report"))

    @precondition(lambda self: any(case.urls for case in self.cases.values() if case.state in {"assessed", "referred"}))
    @rule(pick=numbers, to=numbers, urls=numbers, days_ago=st.sampled_from((0, 1, 33)))
    def refer(self, pick: int, to: int, urls: int, days_ago: int) -> None:
        report, case = self.one(pick, "assessed", "referred")
        if not case.urls:
            return
        recipient = self.house.recipients[to % len(self.house.recipients)]
        sent = max(case.day, self.today - timedelta(days=days_ago))
        what = Sending(recipient=recipient, url_count=1 + urls % case.urls, sent_date=sent)
        made = self.do(referrals.send, [case.day, sent], by=self.house.analyst, report=report, sending=what)
        case.passed[made.pk] = Passed(recipient.kind, what.url_count, sent)
        case.state = "referred"
        case.stand_again()
        self.left(("refer", "report"), ("refer", "referral"))

    @precondition(lambda self: any(case.passed for case in self.cases.values() if case.state == "referred"))
    @rule(
        pick=numbers,
        which=numbers,
        took=st.sampled_from((0, 1, 20)),
        acknowledges=st.booleans(),
        action=st.sampled_from((None, "removed", "disabled", "restricted", "none", "refused")),
    )
    def answer(self, pick: int, which: int, took: int, acknowledges: bool, action: str | None) -> None:
        """What a recipient did, or that it is taken back."""
        keys = [key for key, case in self.cases.items() if case.state == "referred" and case.passed]
        case, key = self.cases[keys[pick % len(keys)]], keys[pick % len(keys)]
        pk = list(case.passed)[which % len(case.passed)]
        one = case.passed[pk]
        done = min(one.sent + timedelta(days=took), self.today)
        told = Answer(
            acknowledged_date=done if acknowledges else None, acted_date=done if action else None, action=action
        )
        changed = told != Answer(acknowledged_date=one.acknowledged, acted_date=one.acted, action=one.action)
        self.do(
            referrals.answer,
            [case.day, one.sent] if changed else [],
            by=self.house.analyst,
            referral=Referral.objects.get(pk=pk),
            report=Report.objects.get(pk=key),
            answer=told,
        )
        one.acknowledged, one.acted, one.action = told.acknowledged_date, told.acted_date, told.action
        case.stand_again()
        self.left(("refer", "report"), ("answer", "referral"))

    @precondition(lambda self: self.has("assessed", "referred"))
    @rule(pick=numbers)
    def close(self, pick: int) -> None:
        """Unless confirmed URLs wait to be referred: then nothing is written."""
        report, case = self.one(pick, "assessed", "referred")
        if case.referral_status == "to_refer":
            with pytest.raises(ActionError, match="to_refer"):
                reports.close(by=self.house.lead, now=self.now, report=report)
            return
        reports.close(by=self.house.lead, now=self.now, report=report)
        case.state = "closed"
        self.left(("close", "report"))

    @precondition(lambda self: self.has("assessed", "referred", "closed"))
    @rule(pick=numbers)
    def reopen(self, pick: int) -> None:
        report, case = self.one(pick, "assessed", "referred", "closed")
        reports.reopen(by=self.house.lead, now=self.now, report=report)
        case.state = "in_triage"
        self.left(("reopen", "report"))

    @precondition(lambda self: any(case.state != "void" for case in self.cases.values()))
    @rule(pick=numbers)
    def void(self, pick: int) -> None:
        report, case = self.one(pick, "received", "in_triage", "assessed", "referred", "closed")
        self.do(reports.void, self.counted_on(case), by=self.house.lead, report=report)
        case.state = "void"
        self.left(("void", "report"))

    @precondition(lambda self: self.has("void"))
    @rule(pick=numbers)
    def restore(self, pick: int) -> None:
        report, case = self.one(pick, "void")
        self.do(reports.restore, self.counted_on(case), by=self.house.lead, report=report)
        case.state = "in_triage"
        self.left(("restore", "report"))

    @precondition(
        lambda self: (
            self.undrained % STEPS_BETWEEN_DRAINS == 3 and any(case.state != "void" for case in self.cases.values())
        )
    )
    @rule(pick=numbers)
    def come_too_late(self, pick: int) -> None:
        """Someone with an older page: refused, and nothing is written."""
        report, _case = self.one(pick, "received", "in_triage", "assessed", "referred", "closed")
        report.version += 1
        with pytest.raises(ActionError, match="changed_meanwhile"):
            reports.void(by=self.house.lead, now=self.now, report=report, confirmed=EVERY_MONTH)

    @precondition(lambda self: self.now < BEGIN + timedelta(days=120))
    @rule(days=st.sampled_from((1, 27, 40)))
    def time_goes_by(self, days: int) -> None:
        """What is entered from now on of earlier days is entered late."""
        self.now += timedelta(days=days)

    @precondition(lambda self: self.undrained > STEPS_BETWEEN_DRAINS)
    @rule()
    def drain(self) -> None:
        self.settled()

    @precondition(lambda self: self.may_freeze and self.cases and len(self.contents) < MOST_RELEASES)
    @rule(pick=numbers, is_final=st.booleans())
    def publish(self, pick: int, is_final: bool) -> None:
        """Freeze a month that has ended: as provisional or final, and once final as a revision."""
        ended = sorted({month(day) for day in DAYS} - {month(self.today)})
        which = ended[pick % len(ended)]
        status = ReleaseStatus.FINAL if is_final else ReleaseStatus.PROVISIONAL
        if which in self.closed:
            status = ReleaseStatus.REVISED
        reason = Reason.CORRECTION if status is ReleaseStatus.REVISED else None
        wish = Wish(period=Period.parse(which), status=status, reason=reason)
        release = freeze(wish, by=self.house.administrator, now=self.now)
        if status is not ReleaseStatus.PROVISIONAL:
            self.closed.add(which)
        self.left(("freeze", "release"))
        frozen = dict(self.query(HEADLINE, release.number))
        count = expected(list(self.cases.values()))
        assert {name: frozen[name] for name in HEADLINE_FIGURES} == {
            name: count[which, name, "total", ""] for name in HEADLINE_FIGURES
        }
        ((self.contents[release.number],),) = self.query(CONTENT, release.number)
        self.told["releases"] += 1

    # What has to hold.

    def settled(self) -> None:
        """Recount what waits, as ticks do; then counts, verification and releases are right."""
        for _tick in range(3):
            if not waiting_months():
                break
            recount_waiting(now=self.now)
        rows = MonthlyCount.objects.filter(breakdown__in=KNOWN, value__gt=0).order_by()
        found = {
            (month(first), figure, breakdown, code): value
            for first, figure, breakdown, code, value in rows.values_list(
                "month", "figure", "breakdown", "code_a", "value"
            )
        }
        assert found == dict(expected(list(self.cases.values())))
        outcome = verify(now=self.now)
        assert outcome.agrees, [str(difference) for difference in outcome.differences]
        for number, content in self.contents.items():
            assert self.query(CONTENT, number) == [(content,)]
        if self.contents:
            assert check_chain().findings == ()
        self.undrained = 0
        self.told["drains"] += 1
        self.told["cells"] += len(found) + outcome.cells

    @staticmethod
    def query(sql: str, *parameters: object) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()
