"""The records of the read side."""

from stats.models.counts import CountedMonth, DirtyMonth, MonthlyCount, Verification

__all__ = ["CountedMonth", "DirtyMonth", "MonthlyCount", "Verification"]
