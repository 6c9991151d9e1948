"""What the made-up years add up to. Mostly data.

2024 meets the article's figures ("ruim 127.000", "ruim 600.000", ...), 2023 the number Offlimits published; the rest is
invented. Nothing in it is a real report.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

# Every made-up report's key begins so: "demo data", as far as hex digits can say it.
KEY_PREFIX = "de30da7a"


@dataclass(frozen=True, kw_only=True)
class YearPlan:
    """A whole year's totals, in reports and URLs. ``details_from``: since when the answers on sex, age and
    self-generated were recorded; ``self_generated`` counts from that day. ``girls``: the share of girls or both where
    the sex is determined; ``under_12``: the share of bands under 12 where the age of self-generated is.
    """

    year: int
    reports: int
    urls: int
    confirmed: int
    self_generated: int
    girls: float
    under_12: float
    details_from: date

    def scaled(self, scale: float) -> "YearPlan":
        """The same year at another size."""
        return replace(
            self,
            reports=max(1, round(self.reports * scale)),
            urls=max(2, round(self.urls * scale)),
            confirmed=max(1, round(self.confirmed * scale)),
            self_generated=round(self.self_generated * scale),
        )


YEARS = (
    YearPlan(
        year=2023, reports=108_316, urls=503_904, confirmed=268_912, self_generated=29_736,
        girls=0.951, under_12=0.702, details_from=date(2023, 8, 1),
    ),
    YearPlan(
        year=2024, reports=127_438, urls=600_731, confirmed=230_586, self_generated=74_291,
        girls=0.964, under_12=0.754, details_from=date(2024, 1, 1),
    ),
    YearPlan(
        year=2025, reports=133_905, urls=618_277, confirmed=239_148, self_generated=81_467,
        girls=0.957, under_12=0.768, details_from=date(2025, 1, 1),
    ),
    YearPlan(
        year=2026, reports=139_672, urls=641_320, confirmed=247_903, self_generated=88_912,
        girls=0.961, under_12=0.779, details_from=date(2026, 1, 1),
    ),
)  # fmt: skip

YEARLY_GROWTH = 1.04


def plans_until(last: int) -> list[YearPlan]:
    """The years from 2023 to ``last``; after those above, each as the one before, and a little more of it."""
    plans = list(YEARS)
    while plans[-1].year < last:
        year = plans[-1].year + 1
        plans.append(replace(plans[-1].scaled(YEARLY_GROWTH), year=year, details_from=date(year, 1, 1)))
    return [plan for plan in plans if plan.year <= last]


# Busier after the summer, and at the start of the year; fewer in the holidays.
MONTH_WEIGHTS = (1.08, 1.0, 1.04, 0.97, 0.98, 0.92, 0.86, 0.9, 1.03, 1.09, 1.1, 1.03)
WEEKDAY_WEIGHTS = (1.25, 1.15, 1.1, 1.08, 1.05, 0.7, 0.67)

SOURCES = {
    "public": 0.46,
    "partner_hotline": 0.31,
    "proactive": 0.08,
    "police": 0.05,
    "industry": 0.05,
    "helpline": 0.03,
    "other": 0.02,
}
# URLs of a report: most have one, a few have very many.
URL_COUNTS = {1: 50.0, 2: 15.0, 3: 9.0, 4: 6.0, 5: 4.5, 7: 4.0, 10: 4.0, 15: 3.0, 22: 2.0, 35: 1.4, 60: 0.7, 120: 0.16}
CONFIRMED_OUTCOMES = {"confirmed_baseline": 0.86, "confirmed_national": 0.14}
OTHER_OUTCOMES = {
    "not_illegal": 0.42,
    "not_found": 0.22,
    "age_undetermined": 0.13,
    "duplicate": 0.11,
    "no_access": 0.08,
    "out_of_remit": 0.04,
}
# Of the confirmed URLs that are not 'yes'. The empty answer is one that was left out.
NOT_SELF_GENERATED = {"no": 0.86, "undetermined": 0.12, "": 0.02}
SEXES = {"girls": 0.8655, "boys": 0.0337, "both": 0.037, "undetermined": 0.056, "": 0.0078}
GIRLS = ("girls", "both")
WITH_SEX = (*GIRLS, "boys")
SELF_GENERATED_AGES = {
    "0-2": 0.004,
    "3-5": 0.052,
    "6-9": 0.352,
    "10-11": 0.3,
    "12-13": 0.141,
    "14-15": 0.063,
    "16-17": 0.027,
    "undetermined": 0.055,
    "": 0.006,
}
UNDER_12 = ("0-2", "3-5", "6-9", "10-11")
WITH_AGE = (*UNDER_12, "12-13", "14-15", "16-17")
OTHER_AGES = {
    "0-2": 0.047,
    "3-5": 0.135,
    "6-9": 0.301,
    "10-11": 0.196,
    "12-13": 0.141,
    "14-15": 0.068,
    "16-17": 0.031,
    "undetermined": 0.073,
    "": 0.008,
}
HOSTING_COUNTRIES = {
    "NL": 0.57,
    "US": 0.11,
    "FR": 0.06,
    "DE": 0.05,
    "RU": 0.04,
    "UA": 0.03,
    "LU": 0.025,
    "SK": 0.02,
    "BG": 0.02,
    "CA": 0.015,
    "RO": 0.01,
    "not_traceable": 0.03,
    "undetermined": 0.015,
    "": 0.005,
}
SITE_TYPES = {
    "image_host": 0.46,
    "file_host": 0.14,
    "website": 0.12,
    "forum": 0.08,
    "image_board": 0.06,
    "social": 0.04,
    "link_site": 0.03,
    "banner_site": 0.02,
    "search": 0.01,
    "blog": 0.01,
    "archive": 0.005,
    "redirector": 0.01,
    "undetermined": 0.01,
    "": 0.005,
}

# Days before the last one -> share of that day's reports that nobody has begun, and that are assessed in part.
UNBEGUN: Mapping[int, float] = {0: 0.75, 1: 0.35, 2: 0.12, 3: 0.05, 4: 0.03, 5: 0.02, 6: 0.01}
HALF_DONE: Mapping[int, float] = {0: 0.1, 1: 0.2, 2: 0.15, 3: 0.1, 4: 0.06, 5: 0.05, 6: 0.04, 7: 0.03, 8: 0.02, 9: 0.02}
# What was assessed in whole longer ago than this is closed.
CLOSED_AFTER_DAYS = 2
