"""The records of the read side."""

from stats.models.checks import AuditCheck, ChainCheck, RetentionRun
from stats.models.counts import CountedMonth, DirtyMonth, MonthlyCount, Verification
from stats.models.history import PublishedTotal
from stats.models.jobs import ExportJob, JobState, Kind, Step
from stats.models.releases import FrozenCell, FrozenLine, FrozenPassport, FrozenTable, Release
from stats.models.rules import CountingRule

__all__ = [
    "AuditCheck",
    "ChainCheck",
    "CountedMonth",
    "CountingRule",
    "DirtyMonth",
    "ExportJob",
    "FrozenCell",
    "FrozenLine",
    "FrozenPassport",
    "FrozenTable",
    "JobState",
    "Kind",
    "MonthlyCount",
    "PublishedTotal",
    "Release",
    "RetentionRun",
    "Step",
    "Verification",
]
