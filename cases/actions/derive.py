"""What follows from a report's findings and referrals and is never typed. Pure."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from cases.codes import ActionTaken, CountsAs, ReferralStatus


class Part(NamedTuple):
    """What the rules need of a finding: its outcome, what that counts as, and how many URLs."""

    outcome: str
    counts_as: str
    url_count: int


class Passing(NamedTuple):
    """What the rules need of a referral."""

    is_acknowledged: bool
    action: str | None


def derive_outcome(parts: Iterable[Part], precedence: Mapping[str, int]) -> str | None:
    """The most serious outcome among the findings (the lowest precedence), or None when there are none."""
    return min((part.outcome for part in parts), key=precedence.__getitem__, default=None)


def derive_referral_status(
    parts: Iterable[Part], passings: Collection[Passing], *, is_recorded: bool = True
) -> ReferralStatus | None:
    """How far the passing on has come: as far as the referral that has come least far.

    Nothing confirmed and nothing referred: not needed. All acted on: refused when all refused, else completed.
    None, 'not recorded', for a report that came in closed from elsewhere with confirmed URLs and no referrals.
    """
    has_confirmed = any(part.counts_as == CountsAs.CONFIRMED and part.url_count for part in parts)
    if not passings:
        if not has_confirmed:
            return ReferralStatus.NOT_NEEDED
        return ReferralStatus.TO_REFER if is_recorded else None
    waiting = [passing for passing in passings if passing.action is None]
    if any(not passing.is_acknowledged for passing in waiting):
        return ReferralStatus.REFERRED
    if waiting:
        return ReferralStatus.ACKNOWLEDGED
    if all(passing.action == ActionTaken.REFUSED for passing in passings):
        return ReferralStatus.REFUSED
    return ReferralStatus.COMPLETED
