"""Thousands of random releases, each attacked from outside. The attacker never learns what he may not."""

from random import Random

import pytest

from stats.disclosure.tables import protect
from stats.periods import Month, Period
from tests.stats.disclosure.alarm import alarms
from tests.stats.disclosure.worlds import BREAKDOWNS, release, world

PERIOD = Period(Month(2024, 3), 1)
CHUNKS = 40
EACH = 50


def random_release(seed: int):
    random = Random(seed)  # noqa: S311 - repeatable, not secret
    keys = sorted(random.sample(sorted(BREAKDOWNS), random.choice((1, 1, 2, 2, 3))))
    extra = [key for key in ("headline", "age_groups") if random.random() < 0.5]
    records = world(random, random.randint(1, 14), months=[PERIOD.start.number], codes=random.choice((2, 3, 4, 9)))
    return release(records, PERIOD, [*extra, *keys])


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_release_gives_nothing_away(chunk):
    for seed in range(chunk * EACH, (chunk + 1) * EACH):
        protected = protect(random_release(seed), period=PERIOD, threshold=5)
        assert protected.findings == (), seed
        assert alarms([(PERIOD, protected.tables, 0)]) == [], seed
