"""A few days of work at the made-up hotline, through the same actions as the pages."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import cycle
from math import ceil
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings

from cases.actions import findings, referrals, reports
from cases.actions.findings import Tally
from cases.actions.referrals import Answer, Sending
from cases.closed_months import EveryMonth
from cases.codes import ActionTaken, CountsAs, RecipientKind, ReferralStatus, State
from cases.models import AgeBand, Finding, HostingCountry, Outcome, Recipient, Report, Sex, SiteType
from hotline.accounts.models import User
from hotline.days import hotline_day

# How many reports get which treatment at scale 1, if there are as many.
TAKEN = 40
ASSESSED = 60
REFERRED = 160
# There is nobody to ask whether a month that has been published may change.
EVERY_MONTH = EveryMonth()
# Of ten referrals so many are acknowledged, and so many of those acted on.
ACKNOWLEDGED, ACTED = 7, 4


class Work:
    """The analysts take turns. Each step is a minute after the one before, and the last is now."""

    def __init__(self, *, analysts: list[User], recipients: list[Recipient], now: datetime, scale: float) -> None:
        self.random = Random("work")  # noqa: S311 - made-up data, the same each time
        self.analysts = cycle(analysts)
        self.recipients = {
            kind: [recipient for recipient in recipients if recipient.kind == kind] for kind in RecipientKind
        }
        self.now = now
        self.scale = min(1, scale)
        # Not before midnight in the hotline's zone: what is done on a day of its own could not speak of today.
        midnight = datetime.combine(hotline_day(now), time.min, tzinfo=ZoneInfo(settings.TIME_ZONE))
        self.moment = max(now - timedelta(hours=20), midnight)

    def do(self, say: Callable[[str], None]) -> None:
        """Refer, assess and take some of what is open, and tell how much."""
        say(f"  {self._refer()} reports referred")
        say(f"  {self._assess()} reports assessed")
        say(f"  {self._take()} reports taken")

    def _some(self, number: int) -> int:
        return ceil(number * self.scale)

    def _tick(self) -> datetime:
        self.moment = min(self.now, self.moment + timedelta(minutes=1))
        return self.moment

    def _refer(self) -> int:
        waiting = Report.objects.filter(state=State.ASSESSED, referral_status=ReferralStatus.TO_REFER)
        count = 0
        for report in waiting.oldest_first()[: self._some(REFERRED)]:
            for recipient, url_count in self._where_to(report):
                self._send(report, recipient, url_count)
            count += 1
        return count

    def _where_to(self, report: Report) -> Iterator[tuple[Recipient, int]]:
        """The Dutch routing rule: the host in the Netherlands, the hotline of the country, or the police."""
        parts: dict[Recipient, int] = {}
        confirmed = Finding.objects.filter(report=report, counts_as=CountsAs.CONFIRMED, url_count__gt=0)
        for finding in confirmed.select_related("hosting_country"):
            recipient = self._recipient(finding.hosting_country)
            parts[recipient] = parts.get(recipient, 0) + finding.url_count
        yield from parts.items()

    def _recipient(self, country: HostingCountry | None) -> Recipient:
        if country and country.code == "NL":
            return self.random.choice(self.recipients[RecipientKind.HOSTING_PROVIDER])
        hotlines = [one for one in self.recipients[RecipientKind.PARTNER_HOTLINE] if country and one.country == country]
        return (hotlines or self.recipients[RecipientKind.POLICE])[0]

    def _send(self, report: Report, recipient: Recipient, url_count: int) -> None:
        by, sent = next(self.analysts), max(report.received_date, hotline_day(self.now) - timedelta(days=1))
        sending = Sending(recipient=recipient, url_count=url_count, sent_date=sent)
        referral = referrals.send(by=by, now=self._tick(), report=report, sending=sending, confirmed=EVERY_MONTH)
        answer = self._answer(sent)
        if answer:
            referrals.answer(
                by=by, now=self._tick(), referral=referral, report=report, answer=answer, confirmed=EVERY_MONTH
            )

    def _answer(self, sent: date) -> Answer | None:
        draw = self.random.randrange(10)
        if draw >= ACKNOWLEDGED:
            return None
        if draw >= ACTED:
            return Answer(acknowledged_date=sent)
        action = self.random.choices(
            [ActionTaken.REMOVED, ActionTaken.DISABLED, ActionTaken.RESTRICTED, ActionTaken.REFUSED], [85, 9, 3, 3]
        )[0]
        return Answer(acknowledged_date=sent, acted_date=hotline_day(self.now), action=action)

    def _take(self) -> int:
        return sum(1 for _ in range(self._some(TAKEN)) if reports.take_next(by=next(self.analysts), now=self._tick()))

    def _assess(self) -> int:
        count = 0
        for _ in range(self._some(ASSESSED)):
            by = next(self.analysts)
            report = reports.take_next(by=by, now=self._tick())
            if report is None:
                break
            findings.replace(
                by=by, now=self._tick(), report=report, tallies=[self._tally(report)], confirmed=EVERY_MONTH
            )
            reports.finish(by=by, now=self._tick(), report=report)
            count += 1
        return count

    def _tally(self, report: Report) -> Tally:
        if self.random.random() < 0.5:  # noqa: PLR2004 - one in two
            outcome = Outcome.objects.get(pk=self.random.choice(["not_illegal", "not_found"]))
            return Tally(outcome=outcome, url_count=report.url_count)
        return Tally(
            outcome=Outcome.objects.get(pk="confirmed_baseline"),
            url_count=report.url_count,
            self_generated=self.random.choice(["yes", "no"]),
            sex=Sex.objects.get(pk="girls"),
            age_band=AgeBand.objects.get(pk=self.random.choice(["6-9", "10-11", "12-13"])),
            hosting_country=HostingCountry.objects.get(pk=self.random.choice(["NL", "NL", "DE", "US"])),
            site_type=SiteType.objects.get(pk=self.random.choice(["image_host", "file_host"])),
        )
