"""A made-up year of reports that adds up to its plan, exactly."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from random import Random

from cases.demo.plan import (
    CONFIRMED_OUTCOMES,
    GIRLS,
    HOSTING_COUNTRIES,
    KEY_PREFIX,
    MONTH_WEIGHTS,
    NOT_SELF_GENERATED,
    OTHER_AGES,
    OTHER_OUTCOMES,
    SELF_GENERATED_AGES,
    SEXES,
    SITE_TYPES,
    SOURCES,
    UNDER_12,
    URL_COUNTS,
    WEEKDAY_WEIGHTS,
    WITH_AGE,
    WITH_SEX,
    YearPlan,
)
from cases.demo.spread import Urn, apportion, counts_adding_up, with_share

# self-generated, sex and age band, as the file writes them.
Answers = tuple[str, str, str]
NOT_ASKED: Answers = ("", "", "")


@dataclass(slots=True)
class MadeReport:
    """A report of the file: its findings as the text of a row's cells after url_count, with their URLs."""

    key: str
    day: date
    source: str
    url_count: int
    findings: list[tuple[int, str]] = field(default_factory=list)


def days_of(plan: YearPlan) -> list[tuple[date, int]]:
    """How many reports come in on each day of the year."""
    first = date(plan.year, 1, 1)
    days = [first + timedelta(days=number) for number in range((date(plan.year + 1, 1, 1) - first).days)]
    weights = [MONTH_WEIGHTS[day.month - 1] * WEEKDAY_WEIGHTS[day.weekday()] for day in days]
    return list(zip(days, apportion(plan.reports, weights), strict=True))


def made_year(plan: YearPlan, seed: int) -> Iterator[MadeReport]:
    """The year's reports by day. The same plan and seed give the same reports."""
    random = Random(f"{seed}-{plan.year}")  # noqa: S311 - made-up data, the same each time
    days = [day for day, count in days_of(plan) for _ in range(count)]
    counts = counts_adding_up(random, plan.reports, plan.urls, URL_COUNTS)
    confirmed = confirmed_counts(random, counts, plan.confirmed)
    sources = random.choices(list(SOURCES), list(SOURCES.values()), k=plan.reports)
    findings = FindingMaker(random, plan, days, confirmed)
    for day, source, count, good in zip(days, sources, counts, confirmed, strict=True):
        yield MadeReport(_key(random), day, source, count, findings.of_report(day, count, good))


def _key(random: Random) -> str:
    digits = f"{random.getrandbits(96):024x}"
    return f"{KEY_PREFIX}-{digits[:4]}-{digits[4:8]}-{digits[8:12]}-{digits[12:]}"


def confirmed_counts(random: Random, counts: list[int], total: int) -> list[int]:
    """How many URLs of each report are confirmed: all, none or some, together ``total``."""
    share = total / sum(counts)
    confirmed = []
    for count in counts:
        draw = random.random()
        if count > 1 and draw < 0.2:  # noqa: PLR2004 - a fifth of the larger reports are mixed
            confirmed.append(min(count - 1, 1 + int(count * share * 2 * random.random())))
        else:
            confirmed.append(count if random.random() < share else 0)
    missing = total - sum(confirmed)
    places = list(range(len(counts)))
    random.shuffle(places)
    for place in places:
        room = counts[place] - confirmed[place] if missing > 0 else confirmed[place]
        step = min(room, abs(missing)) * (1 if missing > 0 else -1)
        confirmed[place] += step
        missing -= step
    return confirmed


class FindingMaker:
    """Makes the findings of one year's reports; the answers come from urns, so that they add up."""

    def __init__(self, random: Random, plan: YearPlan, days: list[date], confirmed: list[int]) -> None:
        self.random = random
        self.details_from = plan.details_from
        asked = sum(count for day, count in zip(days, confirmed, strict=True) if day >= plan.details_from)
        self._answers = Urn(random, answer_quotas(plan, asked))
        self._confirmed = _endless(random, CONFIRMED_OUTCOMES)
        self._other = _endless(random, OTHER_OUTCOMES)
        self._countries = _endless(random, HOSTING_COUNTRIES)
        self._site_types = _endless(random, SITE_TYPES)

    def of_report(self, day: date, url_count: int, confirmed: int) -> list[tuple[int, str]]:
        """The findings that assess all URLs of a report."""
        findings = []
        if confirmed:
            taken = self._answers.take(confirmed) if day >= self.details_from else [(NOT_ASKED, confirmed)]
            findings = [(count, self._details(count, answers)) for answers, count in taken]
        if other := url_count - confirmed:
            findings.append((other, f"{next(self._other)},{other},,,,,,"))
        return findings

    def _details(self, count: int, answers: Answers) -> str:
        self_generated, sex, age = answers
        first, _hyphen, last = age.partition("-")
        return (
            f"{next(self._confirmed)},{count},{self_generated},{sex},{first},{last},"
            f"{next(self._countries)},{next(self._site_types)}"
        )


def answer_quotas(plan: YearPlan, confirmed: int) -> dict[Answers, int]:
    """How many of so many confirmed URLs have which answers together."""
    self_generated = min(confirmed, plan.self_generated)
    sexes = with_share(SEXES, GIRLS, WITH_SEX, plan.girls)
    young = with_share(SELF_GENERATED_AGES, UNDER_12, WITH_AGE, plan.under_12)
    rest = apportion(confirmed - self_generated, list(NOT_SELF_GENERATED.values()))
    totals = {"yes": self_generated, **dict(zip(NOT_SELF_GENERATED, rest, strict=True))}
    quotas: dict[Answers, int] = {}
    for answer, total in totals.items():
        ages = young if answer == "yes" else list(OTHER_AGES.values())
        parts = apportion(total, [sex * age for sex, age in product(sexes, ages)])
        pairs = product(SEXES, OTHER_AGES)
        quotas |= {(answer, sex, age): part for (sex, age), part in zip(pairs, parts, strict=True)}
    return quotas


def _endless(random: Random, weights: dict[str, float]) -> Iterator[str]:
    codes, shares = list(weights), list(weights.values())
    while True:
        yield from random.choices(codes, shares, k=4096)
