"""The records of the read side."""

from stats.models.counts import CountedMonth, DirtyMonth, MonthlyCount, Verification
from stats.models.releases import FrozenCell, FrozenLine, FrozenPassport, FrozenTable, Release

__all__ = [
    "CountedMonth",
    "DirtyMonth",
    "FrozenCell",
    "FrozenLine",
    "FrozenPassport",
    "FrozenTable",
    "MonthlyCount",
    "Release",
    "Verification",
]
